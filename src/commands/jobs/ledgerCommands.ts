import { l10n } from 'vscode';
import { formatCount } from '../../views/format';
import { isAdoptable } from '../../views/jobTraits';
import type { CommandHandler } from '../context';
import { Refusal } from '../refusal';
import { chooseJobs } from '../targets';

/** Writes all that is known of jobs to a file, for another machine or a backup. */
export const exportJobs: CommandHandler = async (context) => {
  const engine = await context.engine();
  const target = await context.workbench.pickNewFile(l10n.t('Export Jobs'), 'batchwright-jobs.jsonl');
  const count = await engine.exportLedger(target);
  context.ui.flash(
    count === 1 ? l10n.t('Exported 1 job.') : l10n.t('Exported {0} jobs.', formatCount(count)),
  );
};

/** Adds jobs of an exported file that are not known here. */
export const importJobs: CommandHandler = async (context) => {
  const engine = await context.engine();
  const source = await context.workbench.pickFile(l10n.t('Import Jobs'));
  const { added, known, unfinished, broken } = await context.ui.progress(l10n.t('Importing jobs'), () =>
    engine.importLedger(source),
  );
  const text = l10n.t('Jobs added: {0}. Known already: {1}.', formatCount(added), formatCount(known));
  const notes = [
    ...(unfinished > 0
      ? [
          l10n.t(
            'Left to the machine that exported them, because they were never submitted: {0}.',
            unfinished,
          ),
        ]
      : []),
    ...(broken.length > 0 ? [l10n.t('Lines that could not be read: {0}.', broken.length)] : []),
  ];
  for (const { line, reason } of broken) context.log.warn(`Import, line ${line}: ${reason}`);
  if (broken.length > 0) {
    const action = { kind: 'command', label: l10n.t('Show Log'), command: 'batchwright.showLog' } as const;
    throw new Refusal([text, ...notes].join(' '), action, 'warning');
  }
  await context.ui.notify('information', [text, ...notes].join(' '));
};

/** Makes jobs that were created elsewhere ours: they survive restarts, and their end is told. */
export const adoptJob: CommandHandler = async (context, args) => {
  const engine = await context.engine();
  const jobs = await chooseJobs(context, engine, args, {
    title: l10n.t('Adopt Which Jobs?'),
    fits: isAdoptable,
    none: l10n.t('All jobs of the list were created here.'),
  });
  for (const job of jobs) await engine.adopt(job.id);
  context.ui.flash(jobs.length === 1 ? l10n.t('Adopted 1 job.') : l10n.t('Adopted {0} jobs.', jobs.length));
};
