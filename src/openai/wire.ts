import * as z from 'zod';
import { familiar, readableEntries } from '../http/tolerant';

/** What OpenAI-compatible services send, read tolerantly: anything missing or odd counts as absent where that is possible. */

const text = z.string().optional().nullable().catch(undefined);
const number = z.number().optional().nullable().catch(undefined);
const count = z.coerce.number().nonnegative().catch(0).default(0);
/** Seconds since the epoch; some services write them as text, or as a date. */
const time = z
  .union([z.number(), z.string().transform(seconds).pipe(z.number())])
  .optional()
  .nullable()
  .catch(undefined);

function seconds(words: string): number {
  return /^\d+(\.\d+)?$/.test(words) ? Number(words) : Date.parse(words) / 1000;
}

const batch = z.object({
  id: z.string().min(1),
  endpoint: text,
  model: text,
  errors: z
    .object({
      data: z
        .array(z.object({ code: text, message: text, line: number }))
        .nullable()
        .catch([])
        .default([]),
    })
    .optional()
    .nullable()
    .catch(undefined),
  input_file_id: text,
  status: text,
  output_file_id: text,
  error_file_id: text,
  created_at: time,
  in_progress_at: time,
  finalizing_at: time,
  completed_at: time,
  failed_at: time,
  expired_at: time,
  cancelling_at: time,
  cancelled_at: time,
  request_counts: z
    .object({ total: count, completed: count, failed: count })
    .optional()
    .nullable()
    .catch(undefined),
  metadata: z.record(z.string(), z.unknown()).optional().nullable().catch(undefined),
});
export type WireBatch = z.infer<typeof batch>;
export const batchSchema = batch;

const file = z.object({
  id: z.string().min(1),
  bytes: count,
  created_at: time,
  expires_at: time,
  filename: text,
  status: text,
});
export type WireFile = z.infer<typeof file>;
export const fileSchema = file;

/** Some services give the bare list, all of it at once. */
function pageOf<T>(entry: z.ZodType<T>) {
  return z.preprocess(
    (page) => (Array.isArray(page) ? { data: page } : page),
    familiar({
      data: readableEntries(entry),
      has_more: z.boolean().catch(false).default(false),
      last_id: text,
    }),
  );
}
export const batchPage = pageOf(batch);
export const filePage = pageOf(file);
export const modelPage = pageOf(z.object({ id: z.string().min(1) }));

/** The answer to a request that was tried, as far as it takes to know it for one. */
export const trialAnswer = familiar({}, ['choices', 'data', 'output', 'id', 'object', 'usage']);
