import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../util/async';
import { jsonOf } from './jsonOf';
import { parseWithCalls, readResultLine } from './resultLine';
import type { ResultSet } from './resultSet';
import { readPieces, type PieceOptions } from './rowPieces';

/** Milliseconds without a turn of the event loop. */
const atOnceMs = 15;

/**
 * What the rows of a results file hold, eight bytes each: that two contents which are compared share them by chance happens in no
 * lifetime.
 */
export class ContentDigests {
  private constructor(private readonly halves: Int32Array) {}

  /**
   * Reads the file once, in its order, whatever order the rows are compared in.
   * @param wanted 1 for each row that is to have a digest
   */
  static async read(
    { resultLines, results }: ResultSet,
    wanted: Uint8Array,
    options: PieceOptions & { readonly onProgress?: (fraction: number) => void },
  ): Promise<ContentDigests> {
    const halves = new Int32Array(2 * results.rows);
    let pause = performance.now() + atOnceMs;
    for await (const piece of readPieces(resultLines, results, options)) {
      for (let row = piece.fromRow; row < piece.toRow; row += 1) {
        if (wanted[row] !== 1) continue;
        const digest = hash('sha1', contentOf(piece.text(row)), 'buffer');
        halves[2 * row] = digest.readInt32LE(0);
        halves[2 * row + 1] = digest.readInt32LE(4);
        if (performance.now() < pause) continue;
        await nextTurn();
        throwIfCancelled(options.signal);
        pause = performance.now() + atOnceMs;
      }
      options.onProgress?.(piece.toRow / results.rows);
    }
    return new ContentDigests(halves);
  }

  /** Whether two rows hold the same. Of rows that are too long to be read that is not known, and taken for no. */
  same(row: number, other: ContentDigests, otherRow: number): boolean {
    const [first, second] = [this.halves[2 * row], this.halves[2 * row + 1]];
    const unknown = first === 0 && second === 0;
    return !unknown && first === other.halves[2 * otherRow] && second === other.halves[2 * otherRow + 1];
  }
}

/** The part of a line that a person would compare. */
export function contentOf(text: string): string {
  const line = readResultLine(text, parseWithCalls);
  if (line === undefined) return text;
  const parts = line.candidates.map((candidate) =>
    candidate.parts.map((part) => Object.entries(part).filter(([name]) => name !== 'thoughtSignature')),
  );
  return jsonOf([line.error?.code, line.error?.message, line.blockReason, parts, line.embedding]);
}
