import { l10n } from 'vscode';
import type { Job } from '../../jobs/api';
import { isCancelled } from '../../util/async';
import type { CommandContext } from '../context';
import { describeFailure } from '../failure';
import { Refusal } from '../refusal';

/** What to do with each of several jobs, and how to account for it. */
export interface JobsAction {
  readonly title: string;
  readonly act: (job: Job, signal: AbortSignal) => Promise<void>;
  /** Said when all went well. */
  readonly done: (count: number) => string;
  /** Said when some did not; the reason of the first follows. */
  readonly failed: (failed: number, all: number) => string;
}

/** Does something with one job after the other. One that fails does not keep the rest from being done; all is accounted for. */
export async function forEachJob(
  context: CommandContext,
  jobs: readonly Job[],
  action: JobsAction,
): Promise<void> {
  const failures: { readonly job: Job; readonly error: unknown }[] = [];
  await context.ui.progress(action.title, async ({ report, signal }) => {
    for (const [index, job] of jobs.entries()) {
      signal.throwIfAborted();
      report(job.displayName, index / jobs.length);
      try {
        await action.act(job, signal);
      } catch (error) {
        if (isCancelled(error)) throw error;
        failures.push({ job, error });
      }
    }
  });
  const [first] = failures;
  if (first === undefined) {
    context.ui.flash(action.done(jobs.length));
    return;
  }
  if (jobs.length === 1) throw first.error;
  for (const { job, error } of failures)
    context.log.warn(`${action.title}: ${job.name ?? job.id}: ${String(error)}`);
  const reason = describeFailure(first.error)?.message ?? '';
  throw new Refusal(
    l10n.t('{0} “{1}”: {2}', action.failed(failures.length, jobs.length), first.job.displayName, reason),
    { kind: 'command', label: l10n.t('Show Log'), command: 'batchwright.showLog' },
  );
}
