import { isFinalState } from '../shared/job';
import type { Job } from './api';

/** What deleting some jobs means, so that a person can be asked once and in full. */
export interface RemovalPlan {
  /** Still running: deleting does not stop them, and they go on to cost. */
  readonly running: readonly Job[];
  /** Have results at the service that are not on this machine; deleting destroys them. */
  readonly unsaved: readonly Job[];
  /** Not at the service (any more); only the record here goes. */
  readonly localOnly: readonly Job[];
  readonly all: readonly Job[];
}

/**
 * Whether the service keeps the job whatever one does: OpenAI-compatible services have no call to delete one. Their jobs bear
 * names of their own kind, unlike those of the Gemini API and its OpenAI-compatible layer.
 */
export function isKeptByService(job: Job): boolean {
  if (job.dialect !== 'openai' || job.gone || job.name === undefined) return false;
  return !/^(openai\/)?batches\//.test(job.name);
}

export function planRemoval(jobs: readonly Job[]): RemovalPlan {
  const atService = jobs.filter((job) => job.phase === 'submitted' && !job.gone);
  return {
    running: atService.filter((job) => !isFinalState(job.state)),
    unsaved: atService.filter((job) => job.output !== undefined && job.results === undefined),
    localOnly: jobs.filter((job) => !atService.includes(job)),
    all: jobs,
  };
}

export interface RemovalOptions {
  /** Ask the service to stop running jobs before they are deleted. */
  readonly cancelRunning: boolean;
  /** Fetch results that are not here yet; a job whose results cannot be fetched is kept. */
  readonly saveResults: boolean;
  /** For results of jobs that were not submitted from here. */
  readonly directory?: string;
  readonly signal?: AbortSignal;
}

/** What became of one job; each happened if it is named. */
export interface Removal {
  readonly id: string;
  readonly displayName: string;
  readonly cancelled: boolean;
  /** Path of the results that were fetched. */
  readonly saved?: string;
  readonly deleted: boolean;
  /** Why it was not deleted, or what else went wrong. */
  readonly error?: Error;
}

/** What {@link removeJobs} does with one job. */
export interface RemovalSteps {
  cancel(id: string): Promise<void>;
  /** Also says which id the job has from then on: a job from elsewhere gets a record. */
  save(id: string): Promise<{ readonly path: string; readonly id: string }>;
  delete(id: string): Promise<void>;
}

/** Deletes several jobs, one after another, and says for each what was done. A failure leaves that job and goes on. */
export async function removeJobs(
  jobs: readonly Job[],
  options: RemovalOptions,
  steps: RemovalSteps,
): Promise<readonly Removal[]> {
  const plan = planRemoval(jobs);
  const removals: Removal[] = [];
  for (const job of jobs) {
    if (options.signal?.aborted === true) break;
    removals.push(await removeOne(job, plan, options, steps));
  }
  return removals;
}

async function removeOne(
  job: Job,
  plan: RemovalPlan,
  options: RemovalOptions,
  steps: RemovalSteps,
): Promise<Removal> {
  const { id, displayName } = job;
  let cancelled = false;
  let saved: string | undefined;
  try {
    if (options.cancelRunning && plan.running.includes(job)) {
      await steps.cancel(id);
      cancelled = true;
    }
    const kept = options.saveResults && plan.unsaved.includes(job) ? await steps.save(id) : undefined;
    saved = kept?.path;
    await steps.delete(kept?.id ?? id);
    return { id, displayName, cancelled, deleted: true, ...(saved !== undefined && { saved }) };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return {
      id,
      displayName,
      cancelled,
      deleted: false,
      error: failure,
      ...(saved !== undefined && { saved }),
    };
  }
}
