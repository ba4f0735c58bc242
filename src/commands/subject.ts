import type { Job } from '../jobs/api';
import { groupName } from '../views/presentGroup';

/** What a command is about: a job, or all parts of a split submission when their group was chosen. */
export interface Subject {
  /** Of the job or of the group. */
  readonly id: string;
  readonly name: string;
  readonly job: Job;
  /** Path of the requests. */
  readonly requests: string | undefined;
  readonly isGroup: boolean;
}

/** @param args what the command was given @param job the one that was chosen by them; of a group, any part */
export function subjectOf([target]: readonly unknown[], job: Job): Subject {
  const isGroup =
    typeof target === 'object' && target !== null && 'kind' in target && target.kind === 'group';
  if (isGroup && job.group !== undefined) {
    return { id: job.group.id, name: groupName(job), job, requests: job.group.path, isGroup };
  }
  return { id: job.id, name: job.displayName, job, requests: job.requestFile?.path, isGroup: false };
}
