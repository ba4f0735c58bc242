import { z } from 'zod';

/**
 * What the language client and server say to each other beyond the protocol. Positions are LSP positions: zero-based,
 * characters are UTF-16 units.
 */
export const lspMethods = {
  /** Request: stream a file of any size from disk through the same checks as an open document. */
  validateFile: 'batchwright/validateFile',
  /** Notification, server to client: how far a validateFile is. */
  validateProgress: 'batchwright/validateProgress',
} as const;

export const validateFileParams = z.object({
  /** `file:` URI. */
  uri: z.string(),
  /** Names the run in progress notifications. */
  token: z.string(),
  /** How many problems to return; the rest is only counted. */
  maxProblems: z.number().int().positive(),
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
  severity: z.enum(['error', 'warning', 'information', 'hint']),
  code: z.string(),
  message: z.string(),
});
export type LineProblem = z.infer<typeof lineProblem>;

export const validationSummary = z.object({
  kind: z.enum(['gemini', 'gemini-embed', 'openai', 'gemini-bare', 'results', 'none']),
  /** Request lines, blank lines not counted. */
  rows: z.number().int(),
  bytes: z.number().int(),
  errors: z.number().int(),
  warnings: z.number().int(),
  /** The first ones in file order, at most `maxProblems`. */
  problems: z.array(lineProblem),
  /** Input tokens by the local estimate, all rows. */
  estimatedTokens: z.number().int(),
  /** SHA-256 of the bytes, lower-case hex. */
  sha256: z.string(),
});
export type ValidationSummary = z.infer<typeof validationSummary>;
