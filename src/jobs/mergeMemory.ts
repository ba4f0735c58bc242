import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import { errorCode } from '../util/files';
import { outcomesSchema, resultsFileSchema, usageSchema } from './ledger/record';
import type { MergedResults } from './runs';

const memorySchema = z.object({
  version: z.literal(1),
  /** The jobs whose answers went into the file. */
  from: z.array(z.string()),
  modifiedAt: z.number(),
  merged: z.object({
    file: resultsFileSchema,
    counts: outcomesSchema,
    usage: usageSchema,
    runs: z.number(),
    unfinished: z.number(),
  }),
});

/** Remembers in the file `path` what was made of the answers of the jobs `from`. */
export async function rememberMerge(
  path: string,
  from: readonly string[],
  merged: MergedResults,
): Promise<void> {
  const { mtimeMs } = await stat(merged.file.path);
  const memory: z.infer<typeof memorySchema> = { version: 1, from: [...from], modifiedAt: mtimeMs, merged };
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, JSON.stringify(memory), { fsync: false });
}

/** What was made of the answers of exactly these jobs, if its file is still as it was. */
export async function recallMerge(path: string, from: readonly string[]): Promise<MergedResults | undefined> {
  const memory = memorySchema.safeParse(await readJson(path)).data;
  if (memory?.from.join() !== from.join()) return undefined;
  const { file } = memory.merged;
  const now = await stat(file.path).catch(() => undefined);
  return now?.size === file.sizeBytes && now.mtimeMs === memory.modifiedAt ? memory.merged : undefined;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    // A memory that is not there or cannot be read is no memory: the file is made anew.
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
