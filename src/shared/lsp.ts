import * as z from 'zod';

/**
 * What the language client and server say to each other beyond the protocol. Positions are LSP positions: zero-based,
 * characters are UTF-16 units.
 */
export const lspMethods = {
  /** Request: stream a file of any size from disk through the same checks as an open document. */
  validateFile: 'batchwright/validateFile',
  /** Notification, server to client: how far a validateFile is. */
  validateProgress: 'batchwright/validateProgress',
  /** Notification, server to client: what an open document is and what its lines add up to. */
  documentState: 'batchwright/documentState',
  /** Notification, client to server: what a person says a document is; null gives the decision back to its content. */
  setKind: 'batchwright/setKind',
  /** Notification, client to server: which lines are on the screen, so that they are checked first. */
  visibleLines: 'batchwright/visibleLines',
  /**
   * Notification, server to client: requests refer to files of the Files API, and what is known of them is not there or old.
   * Only for clients that say they answer.
   */
  filesWanted: 'batchwright/filesWanted',
  /** Notification, client to server: all files that the service has for the key in use. */
  knownFiles: 'batchwright/knownFiles',
  /** Request: the edits that turn every line of a document into lines of another dialect. */
  convertLines: 'batchwright/convertLines',
} as const;

/** The scheme of documents that hold a single request laid out over many lines (*Edit as JSON*). */
export const requestScheme = 'batchwright-request';

/**
 * Links to a picture that is too large to stand in a hover: `batchwright-media:LINE,START,END`, where its base64 is in the
 * document. Only for clients that say they follow them.
 */
export const mediaScheme = 'batchwright-media';

const fileKind = z.enum(['gemini', 'gemini-embed', 'openai', 'gemini-bare', 'results', 'none']);

export const documentState = z.object({
  uri: z.string(),
  version: z.number(),
  kind: fileKind,
  /** Whether `kind` is a person's word and not what the content looks like. */
  overridden: z.boolean(),
  /** Sums over the lines checked so far; `complete` says whether those are all. */
  rows: z.number().int(),
  tokens: z.number().int(),
  errors: z.number().int(),
  complete: z.boolean(),
});
export type DocumentState = z.infer<typeof documentState>;

export const setKindParams = z.object({ uri: z.string(), kind: fileKind.nullable() });
export type SetKindParams = z.infer<typeof setKindParams>;

/** Zero-based, `end` exclusive. */
export const visibleLinesParams = z.object({
  uri: z.string(),
  start: z.number().int(),
  end: z.number().int(),
});
export type VisibleLinesParams = z.infer<typeof visibleLinesParams>;

export const knownFilesParams = z.object({
  /** Origin of the service. */
  origin: z.string(),
  /** `expiresAt`: milliseconds since the epoch. */
  files: z.array(z.object({ name: z.string(), expiresAt: z.number().optional() })),
});
export type KnownFilesParams = z.infer<typeof knownFilesParams>;

export const convertLinesParams = z.object({
  uri: z.string(),
  to: z.enum(['gemini', 'openai']),
  /** What OpenAI lines are to name as their model. */
  model: z.string().optional(),
});
export type ConvertLinesParams = z.infer<typeof convertLinesParams>;

export const convertedLines = z.object({
  /** The document's version the edits are for. */
  version: z.number(),
  /** New text of whole lines; those not named stay. */
  lines: z.array(z.object({ line: z.number().int(), text: z.string() })),
  /** What could not be carried over, each once, with the first line that it happened on. */
  notes: z.array(z.object({ line: z.number().int(), message: z.string() })),
  /** Models that the lines named and no longer do: a Gemini job names its model itself. */
  models: z.array(z.string()),
});
export type ConvertedLines = z.infer<typeof convertedLines>;

export const validateFileParams = z.object({
  /** `file:` URI. */
  uri: z.string(),
  /** Names the run in progress notifications. */
  token: z.string(),
  /** How many problems to return; the rest is only counted. */
  maxProblems: z.number().int().positive(),
  /** What a person says the file is; its content decides where nobody did. */
  kind: fileKind.optional(),
  /** Whether the file's SHA-256 is wanted, which takes longer than the check. Default: it is. */
  hash: z.boolean().optional(),
});
export type ValidateFileParams = z.infer<typeof validateFileParams>;

export const validateProgress = z.object({
  token: z.string(),
  bytes: z.number(),
  totalBytes: z.number(),
});
export type ValidateProgress = z.infer<typeof validateProgress>;

export const lineProblem = z.object({
  line: z.number().int(),
  start: z.number().int(),
  end: z.number().int(),
  /** The line that `end` is on, where the problem takes more than one. */
  lastLine: z.number().int().optional(),
  severity: z.enum(['error', 'warning', 'information', 'hint']),
  code: z.string(),
  message: z.string(),
  /** Other places of the file that it has to do with. */
  related: z
    .array(
      z.object({
        line: z.number().int(),
        start: z.number().int(),
        end: z.number().int(),
        message: z.string(),
      }),
    )
    .optional(),
});
export type LineProblem = z.infer<typeof lineProblem>;

export const validationSummary = z.object({
  kind: fileKind,
  /** Request lines, blank lines not counted. */
  rows: z.number().int(),
  bytes: z.number().int(),
  errors: z.number().int(),
  warnings: z.number().int(),
  /** The first ones in file order, at most `maxProblems`. */
  problems: z.array(lineProblem),
  /** Input tokens by the local estimate, all rows. */
  estimatedTokens: z.number().int(),
  /** SHA-256 of the bytes, lower-case hex; empty when it was not asked for. */
  sha256: z.string(),
});
export type ValidationSummary = z.infer<typeof validationSummary>;
