import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { outcomes } from '../../shared/outcome';

/** The format that this version writes. Raise it, and add a step to `migrations`, whenever the meaning of a field changes. */
export const recordVersion = 2;

const dialect = z.enum(['gemini', 'gemini-embed', 'openai']);
const count = z.number().int().nonnegative();
/** Milliseconds since the epoch. */
const time = z.number();
const text = z.string();
const name = z.string().min(1);

/** The service's description of a job, as kept on disk. */
export const remoteJobSchema = z.object({
  name,
  displayName: text,
  model: text,
  dialect,
  state: name,
  counts: z.object({ total: count, succeeded: count, failed: count, pending: count }),
  createdAt: text.exactOptional(),
  updatedAt: text.exactOptional(),
  endedAt: text.exactOptional(),
  inputFile: text.exactOptional(),
  output: z
    .union([
      z.object({ kind: z.literal('file'), file: text, errorFile: text.exactOptional() }),
      z.object({ kind: z.literal('inline') }),
    ])
    .exactOptional(),
  error: z.object({ code: z.number().exactOptional(), message: text }).exactOptional(),
});

/** A request file as it was when it was submitted. */
export const requestFileSchema = z.object({
  path: text,
  sizeBytes: count,
  modifiedAt: time,
  sha256: text,
  rows: count,
});
export const resultsFileSchema = z.object({
  path: text,
  sizeBytes: count,
  rows: count,
  announcedRows: count.exactOptional(),
});

export const outcomesSchema = z.record(z.enum(outcomes), count);
export const usageSchema = z.object({ input: count, output: count, thinking: count, cached: count });

/** Where the service announces the end of a job. */
export const webhookSchema = z.object({
  uris: z.array(text),
  userMetadata: z.record(text, text).exactOptional(),
});

/**
 * How far a submission is. Each step is on disk before the next call to the service:
 * - `prepared`: the intent and its token; nothing was sent, or an upload is on its way.
 * - `uploaded`: the request file is at the service as `inputFile`; no creation was sent.
 * - `creating`: a creation was sent, or is about to be; whether there is a job only the service knows.
 * - `submitted`: the job exists and has `name`.
 */
const step = z.enum(['prepared', 'uploaded', 'creating', 'submitted']);

const common = {
  version: z.literal(recordVersion),
  /** Part of a file's name, so nothing that could lead out of the directory. */
  id: z.string().regex(/^[\w-]{1,100}$/),
  /** Counts the replacements of the record; the file's name says it too. */
  revision: z.number().int().positive(),
  /** Who wrote the last few revisions, this one included: see recordFiles.ts. */
  trail: z.array(z.string()).exactOptional(),
};

const live = z.object({
  ...common,
  connectionId: name,
  /** Without the token. */
  displayName: text,
  /** In the display name at the service. Absent for jobs that were adopted. */
  token: name.exactOptional(),
  model: name,
  dialect,
  /** By this machine's clock. */
  createdAt: time,
  step,
  /** The window that works on the submission, or did last; see windows.ts. */
  owner: text.exactOptional(),
  origin: z.enum(['here', 'elsewhere']),
  requestFile: requestFileSchema.exactOptional(),
  priority: z.number().int().exactOptional(),
  webhook: webhookSchema.exactOptional(),
  /** The requests are sent in the creation itself; nothing is uploaded. */
  inline: z.boolean().exactOptional(),
  inputFile: z.object({ name, expiresAt: text.exactOptional() }).exactOptional(),
  /** When the last creation was sent, by this machine's clock. */
  creatingAt: time.exactOptional(),
  /** The last creation had no clear answer, and its job was not found in the list: a person decides whether it is sent again. */
  unconfirmed: z.boolean().exactOptional(),
  name: name.exactOptional(),
  /** What the service last said, without running counts: those live in the shared list. */
  remote: remoteJobSchema.exactOptional(),
  /** The service's clock minus this machine's, in milliseconds, when the job was created. */
  clockOffsetMs: z.number().exactOptional(),
  /** Why a submission stopped half way. */
  interruption: z.object({ message: text, kind: text, at: time }).exactOptional(),
  /** Why a submission waits for its turn, and since when. */
  queue: z
    .object({
      since: time,
      triedAt: time,
      reason: text,
      /** How often the service refused it. */
      refusals: count,
      /** It waits for the network and not for room. */
      offline: z.boolean().exactOptional(),
    })
    .exactOptional(),
  /** The person gave it up while it was being created: cancel it as soon as its name is known. */
  cancelWanted: z.boolean().exactOptional(),
  results: resultsFileSchema.exactOptional(),
  /** Where an unfinished download was going. */
  resultsTarget: text.exactOptional(),
  outcomes: outcomesSchema.exactOptional(),
  usage: usageSchema.exactOptional(),
  parentId: text.exactOptional(),
  group: z.object({ id: name, part: count, of: count, path: text.exactOptional() }).exactOptional(),
  /** Input tokens of all requests, estimated before the submission. */
  estimatedTokens: count.exactOptional(),
  /** The uploaded request file was deleted at the service, as the settings asked. */
  inputDeleted: z.boolean().exactOptional(),
  /** The service no longer knows the job. */
  gone: z.boolean().exactOptional(),
  /** The person was told that the job ended. */
  announced: z.boolean().exactOptional(),
});

/** Left behind by a removal, so that a window which still holds the record cannot bring it back. */
const tombstone = z.object({ ...common, deleted: z.literal(true) });

/** One job or submission in the ledger. Fields that this version does not know are carried along. */
export type JobRecord = Readonly<z.infer<typeof live>>;
export type Tombstone = Readonly<z.infer<typeof tombstone>>;

export type ParsedRecord =
  | { readonly kind: 'record'; readonly record: JobRecord }
  | { readonly kind: 'deleted'; readonly record: Tombstone }
  | { readonly kind: 'newer'; readonly reason: string }
  | { readonly kind: 'broken'; readonly reason: string };

const looseLive = live.loose();

type Fields = Readonly<Record<string, unknown>>;

/** Old version -> how its records become those of the next. */
const migrations: ReadonlyMap<number, (record: Fields) => Fields> = new Map([
  // Adopted jobs had an empty token instead of none.
  [1, ({ token, ...rest }) => (token === '' || token === undefined ? rest : { ...rest, token })],
]);

const versioned = z.looseObject({
  version: z.number().int().positive(),
  id: z.unknown(),
  deleted: z.unknown().optional(),
});

/** Reads one record of any version that ever was, kept in the file of `id`. Never throws. */
export function parseRecord(json: string, id: string): ParsedRecord {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { kind: 'broken', reason: l10n.t('It is not JSON.') };
  }
  const head = versioned.safeParse(value);
  if (!head.success) return { kind: 'broken', reason: l10n.t('It has no version.') };
  let current = head.data;
  if (current.version > recordVersion) {
    return {
      kind: 'newer',
      reason: l10n.t('A newer version of the extension wrote it (format {0}).', current.version),
    };
  }
  while (current.version < recordVersion) {
    const migrate = migrations.get(current.version);
    if (migrate === undefined)
      return { kind: 'broken', reason: l10n.t('Format {0} is unknown.', current.version) };
    current = versioned.parse({ ...migrate(current), version: current.version + 1 });
  }
  if (current.id !== id)
    return { kind: 'broken', reason: l10n.t('It stands under the name of another record.') };
  if (current.deleted === true) {
    const parsed = tombstone.safeParse(current);
    return parsed.success ? { kind: 'deleted', record: parsed.data } : broken(parsed.error);
  }
  const parsed = looseLive.safeParse(current);
  return parsed.success ? { kind: 'record', record: parsed.data } : broken(parsed.error);
}

function broken(error: z.ZodError): ParsedRecord {
  const issue = error.issues[0];
  const problem = issue?.message ?? '';
  const reason =
    issue === undefined || issue.path.length === 0
      ? l10n.t('The record is not as expected ({0}).', problem)
      : l10n.t('"{0}" is not as expected ({1}).', issue.path.join('.'), problem);
  return { kind: 'broken', reason };
}
