import { readLineBatches } from '../../util/lines';

/** A longer line (an image, usually) is not worth reading for a sample: its tokens do not depend on its bytes. */
const maxLineBytes = 4 << 20;
const windowBytes = 64 << 10;

/**
 * Up to `count` lines, evenly spread over a file of any size without reading it whole. Long lines are likelier to be hit than
 * short ones, as it should be where totals are estimated by ratio.
 */
export async function sampleLines(
  path: string,
  sizeBytes: number,
  count: number,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const offsets = new Set<number>();
  const lines: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const from = Math.floor((sizeBytes / count) * n);
    const line = await lineAfter(path, from, signal);
    if (line === undefined || offsets.has(line.offset)) continue;
    offsets.add(line.offset);
    lines.push(line.text);
  }
  return lines;
}

/** The first whole line that begins at or after `from`. */
async function lineAfter(
  path: string,
  from: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly offset: number; readonly text: string } | undefined> {
  // One byte earlier: a line that begins exactly at `from` is whole, too.
  const start = Math.max(0, from - 1);
  let isFirst = start > 0;
  const batches = readLineBatches(path, { start, chunkBytes: windowBytes, ...(signal && { signal }) });
  for await (const batch of batches) {
    for (const { offset, bytes } of batch) {
      if (offset > from + maxLineBytes) return undefined;
      const skipped = isFirst;
      isFirst = false;
      if (skipped || bytes.length > maxLineBytes) continue;
      const text = bytes.toString('utf8');
      if (text.trim() !== '') return { offset, text };
    }
  }
  return undefined;
}
