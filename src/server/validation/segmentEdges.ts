import { readSync } from 'node:fs';
import { opensObject, spreadObject } from '../../dialects';

/** What lies around a segment, where an object over several lines may begin before it or end behind it. */

const LF = 0x0a;
const chunkBytes = 1 << 16;
/** Objects that begin further before a segment are not looked for. */
const mostBack = 1 << 20;
/** A longer line is no part of an object over several lines. */
const longestLine = 8 << 20;

export interface FileLine {
  /** Its first byte. */
  readonly offset: number;
  /** Without its line break; cut where it is very long. */
  readonly text: string;
}

/** The lines of a file from the beginning of one on, read as they are asked for. */
export function* linesFrom(fd: number, start: number): Generator<FileLine> {
  let pieces: Buffer[] = [];
  let length = 0;
  let offset = start;
  for (let at = start; ;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const read = readSync(fd, chunk, 0, chunkBytes, at);
    at += read;
    let rest = chunk.subarray(0, read);
    for (let end = rest.indexOf(LF); end !== -1; end = rest.indexOf(LF)) {
      pieces.push(rest.subarray(0, end));
      yield { offset, text: textOf(pieces) };
      rest = rest.subarray(end + 1);
      offset = at - rest.length;
      pieces = [];
      length = 0;
    }
    length += rest.length;
    if (length < longestLine) pieces.push(rest);
    if (read > 0) continue;
    if (length > 0) yield { offset, text: textOf(pieces) };
    return;
  }
}

function textOf(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8').replace(/\r$/, '');
}

/**
 * How many lines at the beginning of a segment belong to an object that began before it.
 * @param start the segment's first byte
 * @param isAlone whether a line is a request of its own
 */
export function linesInto(fd: number, start: number, isAlone: (text: string) => boolean): number {
  for (let back = chunkBytes; ; back *= 4) {
    const from = Math.max(0, start - back);
    const before = linesBefore(fd, from, start);
    const apart = before.findLastIndex((line, index) => index > 0 && areApart(before[index - 1], line));
    if (apart === -1 && from > 0 && back < mostBack) continue;
    return linesBehind(fd, before.slice(Math.max(0, apart)), start, isAlone);
  }
}

/** The whole lines that begin in a stretch of the file. */
function linesBefore(fd: number, from: number, to: number): FileLine[] {
  const lines: FileLine[] = [];
  // One byte early, so that a line that begins right there counts as whole.
  for (const line of linesFrom(fd, Math.max(0, from - 1))) {
    if (line.offset >= to) break;
    lines.push(line);
  }
  return from === 0 ? lines : lines.slice(1);
}

/** Whether no object can have both of two lines: behind the first, a value or a text, the second can only begin anew. */
function areApart(first: FileLine | undefined, second: FileLine): boolean {
  return /\}\s*$/.test(first?.text.slice(-20) ?? '') && /^\s{0,20}\{"\w/.test(second.text);
}

/** How many lines behind `start` belong to objects that begin on one of the lines before it. */
function linesBehind(
  fd: number,
  before: readonly FileLine[],
  start: number,
  isAlone: (text: string) => boolean,
): number {
  let passed = -1;
  for (const { offset, text } of before) {
    if (offset <= passed || !opensObject(text)) continue;
    const read: FileLine[] = [];
    const spread = spreadObject(
      (function* () {
        for (const line of linesFrom(fd, offset)) {
          if (isAlone(line.text)) return;
          read.push(line);
          yield line.text;
        }
      })(),
    );
    if (spread === undefined) continue;
    passed = read.at(-1)?.offset ?? offset;
    if (passed >= start) return read.filter((line) => line.offset >= start).length;
  }
  return 0;
}
