import type { FileHandle } from 'node:fs/promises';
import { linesPerMark, type SegmentResult } from './protocol';

const chunkBytes = 1 << 18;
const LF = 0x0a;

/** Fetches single lines of a file that has been scanned, by number, with the marks that the scan left. */
export class LineReader {
  private readonly firstLines: number[] = [];

  constructor(
    private readonly handle: FileHandle,
    private readonly results: readonly SegmentResult[],
  ) {
    let line = 0;
    for (const { lines } of results) {
      this.firstLines.push(line);
      line += lines;
    }
  }

  /** The text of a line without its line break; undefined when there is none of that number. */
  async read(line: number): Promise<string | undefined> {
    const index = this.firstLines.findLastIndex((first) => first <= line);
    const result = this.results[index];
    const within = line - (this.firstLines[index] ?? 0);
    const mark = result?.marks[Math.floor(within / linesPerMark)];
    if (mark === undefined) return undefined;
    return this.lineAfter(mark, within % linesPerMark);
  }

  /** The line that begins `skip` line breaks after `offset`. */
  private async lineAfter(offset: number, skip: number): Promise<string> {
    const pieces: Buffer[] = [];
    let left = skip;
    for (let at = offset; ; at += chunkBytes) {
      const chunk = Buffer.alloc(chunkBytes);
      const { bytesRead } = await this.handle.read(chunk, 0, chunkBytes, at);
      let rest = chunk.subarray(0, bytesRead);
      for (; left > 0; left -= 1) {
        const end = rest.indexOf(LF);
        if (end === -1) break;
        rest = rest.subarray(end + 1);
      }
      if (left === 0) {
        const end = rest.indexOf(LF);
        pieces.push(end === -1 ? rest : rest.subarray(0, end));
        if (end !== -1) break;
      }
      if (bytesRead < chunkBytes) break;
    }
    return Buffer.concat(pieces).toString('utf8').replace(/\r$/, '');
  }
}
