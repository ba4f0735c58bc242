import * as z from 'zod';

export const jobStates = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const;

/** What a job answers: Gemini generation, Gemini embeddings, or OpenAI-style lines. */
export const jobKinds = ['generate', 'embed', 'openai'] as const;
export type JobKind = (typeof jobKinds)[number];

/** Ways in which a job can be made to go wrong. */
export const jobFaults = {
  stuck: 'never leaves PENDING, until it expires',
  expire: 'ends EXPIRED without results',
  fail: 'ends FAILED without results',
  'all-rows-failed': 'ends SUCCEEDED although every row failed',
  shuffle: 'results come in another order',
  missing: 'every third row has no result',
  duplicate: 'every third row has its result twice',
  unexpected: 'results hold rows nobody asked for',
  'late-output': 'SUCCEEDED is said some seconds before the results are there',
} as const;
export type JobFault = keyof typeof jobFaults;
export const jobFaultNames = Object.keys(jobFaults) as JobFault[];

/** The faults that a display name asks for: `nightly run [[sandbox:stuck]]`. */
export function faultsInName(displayName: string | undefined): JobFault[] {
  const words = [...(displayName ?? '').matchAll(/\[\[sandbox:([a-z-]+)\]\]/g)].map((match) => match[1]);
  return jobFaultNames.filter((name) => words.includes(name));
}

/** A job as it is kept. Times that end in `At` are milliseconds, the others as the wire has them. */
export const jobRecord = z.object({
  id: z.string(),
  sequence: z.number(),
  kind: z.enum(jobKinds),
  model: z.string(),
  displayName: z.string().optional(),
  priority: z.string().optional(),
  webhook: z
    .object({ uris: z.array(z.string()), userMetadata: z.record(z.string(), z.unknown()).optional() })
    .optional(),
  /** `files/…` of the input; absent for inline jobs. */
  inputFile: z.string().optional(),
  state: z.enum(jobStates),
  createdAt: z.number(),
  createTime: z.string(),
  updateTime: z.string(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  endTime: z.string().optional(),
  rows: z.number(),
  /** Input tokens, where there was a limit for them when the job was created. */
  tokens: z.number().optional(),
  succeeded: z.number(),
  failed: z.number(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
  cancelRequestedAt: z.number().optional(),
  /** Deleted while it was running: gone for everybody, but it holds its place until it ends. */
  deleted: z.boolean(),
  faults: z.array(z.enum(jobFaultNames)),
  /** From when the results can be seen. */
  outputFrom: z.number().optional(),
  outputBytes: z.number(),
  /** Facts that only the OpenAI layer has. */
  openai: z
    .object({
      endpoint: z.string(),
      completionWindow: z.string(),
      metadata: z.record(z.string(), z.string()).optional(),
      /** Served as a service of its own, with its own files; else as Gemini's compatible layer. */
      standalone: z.boolean(),
      /** What is wrong with the input; the job fails with it. */
      errors: z.array(z.object({ code: z.string(), message: z.string(), line: z.number().nullable() })),
      /** `file-…` of the results and of the rows that failed, once there are such rows. */
      outputFile: z.string().optional(),
      errorFile: z.string().optional(),
    })
    .optional(),
});
export type JobRecord = z.infer<typeof jobRecord>;

export function isFinal(job: JobRecord): boolean {
  return job.state !== 'PENDING' && job.state !== 'RUNNING';
}
