import * as z from 'zod';
import { familiar, readableEntries } from '../http/tolerant';

/**
 * What the Gemini API sends, read tolerantly: either casing, counts as text or number, anything missing. A field that is not as
 * expected counts as missing; only what no reader can do without makes a document unreadable.
 */

const text = z.string().optional().catch(undefined);

/** int64 comes as text, and zero usually not at all. */
const count = z
  .union([z.string(), z.number()])
  .transform(Number)
  .pipe(z.number().nonnegative())
  .catch(0)
  .default(0);

const flag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')])
  .optional()
  .catch(undefined);

const status = z
  .object({ code: z.coerce.number().int().optional().catch(undefined), message: text })
  .optional()
  .catch(undefined);

/** `collection/id`, perhaps within others. */
const resourceName = /^[^\s/]+(?:\/[^\s/]+)+$/;

/** Inline results, nested once or twice. The skimmer left the number of elements in place of the elements. */
const inlineCount: z.ZodType<number> = z
  .union([
    z.array(z.number()).transform((counts) => counts[0] ?? 0),
    z.object({ inlinedResponses: z.array(z.number()) }).transform((inner) => inner.inlinedResponses[0] ?? 0),
  ])
  .catch(0)
  .default(0);

const output = z
  .object({
    responsesFile: text,
    fileName: text,
    inlinedResponses: inlineCount,
    inlinedEmbedContentResponses: inlineCount,
  })
  .optional()
  .catch(undefined);

const batch = z.object({
  '@type': text,
  name: text,
  model: text,
  displayName: text,
  inputConfig: z.object({ fileName: text }).optional().catch(undefined),
  output,
  dest: output,
  createTime: text,
  updateTime: text,
  endTime: text,
  state: text,
  batchStats: z
    .object({
      requestCount: count,
      successfulRequestCount: count,
      failedRequestCount: count,
      pendingRequestCount: count,
    })
    .optional()
    .catch(undefined),
});

/** An operation around a batch, or the batch itself. */
const operation = batch.extend({
  metadata: batch.optional().catch(undefined),
  done: flag,
  response: output,
  error: status,
});
export type WireOperation = z.infer<typeof operation>;

/** Names are those of resources, such as `batches/x`: without one a job is unreadable. */
const named = operation.refine(
  (value) => [value.name, value.metadata?.name].some((name) => resourceName.test(name ?? '')),
  'no name',
);

/** A created, fetched or changed job. */
export const operationSchema = camelCase(named);

const nextPageToken = text;

export const operationPage = camelCase(
  familiar({
    operations: readableEntries(named),
    batches: readableEntries(named),
    // Where the service could not look: such a list must not be taken for all there is.
    unreachable: z.array(z.unknown()).length(0).nullish(),
    nextPageToken,
  }),
);

const file = z.object({
  name: z.string().regex(resourceName),
  displayName: text,
  mimeType: text,
  sizeBytes: count,
  createTime: text,
  expirationTime: text,
  sha256Hash: text,
  uri: text,
  state: text,
  error: status,
});
export type WireFile = z.infer<typeof file>;
export const fileSchema = camelCase(file);
/** The answer to a finished upload. */
export const uploadedFile = camelCase(z.union([z.object({ file }).transform((value) => value.file), file]));
export const filePage = camelCase(familiar({ files: readableEntries(file), nextPageToken }));

const model = z.object({
  name: z.string().min(1),
  displayName: text,
  description: text,
  inputTokenLimit: z.coerce.number().optional().catch(undefined),
  outputTokenLimit: z.coerce.number().optional().catch(undefined),
  supportedGenerationMethods: z.array(z.string()).catch([]).default([]),
});
export type WireModel = z.infer<typeof model>;
export const modelPage = camelCase(familiar({ models: readableEntries(model), nextPageToken }));

export const tokenCount = camelCase(
  familiar({ totalTokens: count }, ['promptTokensDetails', 'cachedContentTokenCount', 'cacheTokensDetails']),
);

/** The answer to a request that was tried, as far as it takes to know it for one. */
export const trialAnswer = camelCase(
  familiar({}, [
    'candidates',
    'promptFeedback',
    'usageMetadata',
    'modelVersion',
    'responseId',
    'embedding',
    'embeddings',
  ]),
);

const cachedContent = z.object({
  name: z.string().min(1),
  displayName: text,
  model: z.string(),
  expireTime: text,
  usageMetadata: z
    .object({ totalTokenCount: z.coerce.number().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
export type WireCachedContent = z.infer<typeof cachedContent>;
export const cachedContentPage = camelCase(
  familiar({ cachedContents: readableEntries(cachedContent), nextPageToken }),
);

const webhook = z.object({
  id: text,
  name: text,
  uri: z.string(),
  subscribedEvents: z.array(z.string()).catch([]).default([]),
  state: text,
  createTime: text,
  updateTime: text,
  newSigningSecret: text,
  signingSecrets: z
    .array(z.object({ truncatedSecret: z.string(), expireTime: text }))
    .catch([])
    .default([]),
});
export type WireWebhook = z.infer<typeof webhook>;
export const webhookSchema = camelCase(webhook);
export const webhookPage = camelCase(familiar({ webhooks: readableEntries(webhook), nextPageToken }));
export const rotatedSecret = camelCase(
  z.union([
    z.object({ secret: z.string().min(1) }).transform((value) => value.secret),
    z.object({ newSigningSecret: z.string().min(1) }).transform((value) => value.newSigningSecret),
  ]),
);

/** Anything that is JSON: for answers that say nothing. */
export const anything = z.unknown();

/** Reads names in either casing. */
function camelCase<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess(camelNames, schema);
}

function camelNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camelNames(member),
    ]),
  );
}
