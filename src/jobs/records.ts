import { randomBytes } from 'node:crypto';
import type { CreateJobRequest } from '../shared/batchService';
import type { RemoteJob } from '../shared/job';
import { decodeDisplayName, encodeDisplayName } from './displayName';
import type { NewRecord } from './ledger/ledger';
import type { JobRecord } from './ledger/record';

/** A copy without some optional fields. */
export function without(record: JobRecord, ...fields: readonly (keyof JobRecord)[]): JobRecord {
  const copy: JobRecord = { ...record };
  for (const field of fields) Reflect.deleteProperty(copy, field);
  return copy;
}

/** An id that no other window can come up with; ids sort by the time of their creation. */
export function newId(now: number): string {
  return `job-${Math.max(0, Math.floor(now)).toString(36).padStart(9, '0')}-${randomBytes(6).toString('hex')}`;
}

/** A record for a job that was created elsewhere. */
export function adoptedRecord(connectionId: string, remote: RemoteJob, now: number): NewRecord {
  return {
    id: newId(now),
    connectionId,
    displayName: decodeDisplayName(remote.displayName).name || remote.name,
    model: remote.model,
    dialect: remote.dialect,
    createdAt: now,
    step: 'submitted',
    origin: 'elsewhere',
    name: remote.name,
    remote,
  };
}

/** The request file of a submission, which every submission has. */
export function requestFileOf(record: JobRecord): NonNullable<JobRecord['requestFile']> {
  if (record.requestFile === undefined) throw new Error(`The submission ${record.id} has no request file.`);
  return record.requestFile;
}

/** Under this name a webhook's metadata carries the token of the submission. */
export const webhookTokenKey = 'batchwright';

type Webhook = NonNullable<CreateJobRequest['webhook']>;

/** A token, and the webhook that says it: it comes back with each delivery and names the submission that it is about. */
export function withToken(token: string, webhook: Webhook | undefined): Pick<JobRecord, 'token' | 'webhook'> {
  if (webhook === undefined) return { token };
  const userMetadata = { ...webhook.userMetadata, [webhookTokenKey]: token };
  return { token, webhook: { uris: [...webhook.uris], userMetadata } };
}

/** The display name of a submission at the service, token included; also that of its uploaded file. */
export function remoteNameOf(record: JobRecord): string {
  if (record.token === undefined) throw new Error(`The submission ${record.id} has no token.`);
  return encodeDisplayName(record.displayName, record.token, requestFileOf(record).sha256);
}

/**
 * Whether a job at the service is what came of a submission: by the token in its name or, where a service does not keep names, by
 * the file that was uploaded for this submission alone.
 */
export function isJobOf(record: JobRecord, job: RemoteJob): boolean {
  const { token } = decodeDisplayName(job.displayName);
  if (token !== undefined && record.token !== undefined) return token === record.token;
  return job.inputFile !== undefined && job.inputFile === record.inputFile?.name;
}
