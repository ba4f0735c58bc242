import path from 'node:path';
import { l10n } from 'vscode';
import { exists } from '../../util/files';
import type { CommandHandler } from '../context';
import { Refusal } from '../refusal';
import { subjectOf } from '../subject';
import { chooseJob } from '../targets';

/** Opens the file that a job was submitted from. */
export const openRequestFile: CommandHandler = async (context, args) => {
  const job = await chooseJob(context, await context.engine(), args, {
    title: l10n.t('Open the Requests of Which Job?'),
    fits: (one) => one.requestFile !== undefined,
    none: l10n.t('No job of the list was submitted from a file on this machine.'),
  });
  const file = subjectOf(args, job).requests ?? '';
  if (!(await exists(file))) {
    throw new Refusal(
      l10n.t('“{0}” is not at {1} any more.', path.basename(file), path.dirname(file)),
      undefined,
      'warning',
    );
  }
  await context.workbench.open(file);
};
