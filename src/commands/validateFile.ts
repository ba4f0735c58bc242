import path from 'node:path';
import { l10n } from 'vscode';
import { formatApproximate, formatCount } from '../views/format';
import type { CommandHandler } from './context';
import { checkRequestFile, checkValidation } from './requestFileChecks';
import { fileInFront, saved, validate } from './requestFile';
import { givenFiles } from './targets';

/** Checks a file of any size and says what was found. */
export const validateFile: CommandHandler = async (context, args) => {
  const [given] = givenFiles(args) ?? [await fileInFront(context)];
  if (given === undefined) return;
  const file = (await saved(context, given)).fsPath;
  await checkRequestFile(file, Number.POSITIVE_INFINITY);
  const summary = await validate(context, file);
  checkValidation(file, summary);
  const found = l10n.t(
    '“{0}”: {1} requests, about {2} tokens, no errors.',
    path.basename(file),
    formatCount(summary.rows),
    formatApproximate(summary.estimatedTokens),
  );
  const warnings =
    summary.warnings === 0 ? '' : ` ${l10n.t('Warnings: {0}.', formatCount(summary.warnings))}`;
  await context.ui.notify(summary.warnings === 0 ? 'information' : 'warning', found + warnings);
};
