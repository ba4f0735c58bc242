import * as z from 'zod';

/** What a verified delivery says. It is a hint to look at the service, never a fact about the job. */
export interface Delivery {
  /** The sender's event type, e.g. `batch.succeeded`. */
  readonly type: string;
  /** `batches/…` when the payload names a job in any form we know. */
  readonly jobName?: string;
  /** What the submission asked the service to send along, e.g. the ledger's token. */
  readonly userMetadata: Readonly<Record<string, string>>;
}

const text = z.string().catch('');
const metadata = z.record(z.string(), z.unknown()).catch({});
const payload = z.object({
  type: z.string(),
  data: z
    .object({ id: text, name: text, batch: text, user_metadata: metadata, userMetadata: metadata })
    .partial()
    .catch({}),
  user_metadata: metadata.optional(),
  userMetadata: metadata.optional(),
});

/** Reads a payload in any of the forms seen or plausible; undefined when it is no event at all. */
export function readDelivery(body: string): Delivery | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = payload.safeParse(json);
  if (!parsed.success) return undefined;
  const { type, data, user_metadata, userMetadata } = parsed.data;
  const jobName = [data.name, data.batch, data.id].map(jobNameOf).find((name) => name !== undefined);
  const merged = { ...user_metadata, ...userMetadata, ...data.user_metadata, ...data.userMetadata };
  const texts = Object.entries(merged).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { type, userMetadata: Object.fromEntries(texts), ...(jobName === undefined ? {} : { jobName }) };
}

/** The reference shows `batch_123456`, jobs are called `batches/…`, and a bare id is plausible: all name the same job. */
function jobNameOf(id: string | undefined): string | undefined {
  const match = /^(?:(?:.*\/)?batches\/|batch[_-])?([A-Za-z0-9_-]{1,128})$/.exec(id ?? '');
  return match?.[1] === undefined ? undefined : `batches/${match[1]}`;
}
