import { severityOf } from '../../../dialects';
import type { ScanSettings } from '../protocol';
import { proverModule } from './module';
import { layOutTables } from './tables';

/** What the compiled module exports; see assembly/prover.ts. */
interface ProverExports {
  readonly memory: WebAssembly.Memory;
  configure(names: number, hashes: number, starts: number, most: number, root: number): void;
  run(from: number, to: number, lastStart: number): number;
  lines(): number;
  rows(): number;
  tokensOfLines(): number;
}

/** Most lines of one run. */
const mostLines = 1 << 15;
/** Behind the bytes, since the prover reads in blocks. */
const slack = 64;
const pageBytes = 1 << 16;
/** The module keeps nothing of its own below this. */
const tablesAt = 1024;
const namesBytes = 48 * 8 * 101;

/** What a run proved, of use until the next one. */
export interface ProvedLines {
  /** Bytes of the proved lines, line breaks included. */
  readonly bytes: number;
  readonly lines: number;
  /** Lines with something on them. */
  readonly rows: number;
  readonly tokens: number;
  /** For each line the hash of its key, NaN for a blank one. */
  readonly hashes: Float64Array;
  /** For each line where it begins, from the beginning of what was loaded. */
  readonly starts: Uint32Array;
}

/** The most bytes that a prover of {@link proverFor} takes at a time. */
export const mostLoaded = 4 << 20;

const provers = new Map<string, LineProver>();

/**
 * The prover for a file's lines; undefined where there is none for its dialect, or where rules want to hear of more than the
 * prover knows. Shared by all scans of a thread: load and prove without waiting in between.
 */
export function proverFor({ kind, rules }: ScanSettings): LineProver | undefined {
  if (kind !== 'gemini' && kind !== 'gemini-embed') return undefined;
  if (severityOf('deprecated-field', rules) !== 'off') return undefined;
  const known = provers.get(kind);
  if (known !== undefined) return known;
  const prover = new LineProver(kind, mostLoaded);
  provers.set(kind, prover);
  return prover;
}

const nothingProved: ProvedLines = Object.freeze({
  bytes: 0,
  lines: 0,
  rows: 0,
  tokens: 0,
  hashes: new Float64Array(0),
  starts: new Uint32Array(0),
});

/** Proves lines of one kind good without parsing them. Bytes must be UTF-8. */
export class LineProver {
  private readonly exports: ProverExports;
  private readonly bytesAt: number;
  private readonly hashes: Float64Array;
  private readonly starts: Uint32Array;
  private readonly memory: Uint8Array;

  /** @param kind of the lines @param capacity the most bytes that can be loaded at a time */
  constructor(
    kind: 'gemini' | 'gemini-embed',
    readonly capacity: number,
  ) {
    this.exports = new WebAssembly.Instance(proverModule()).exports as unknown as ProverExports;
    const tables = layOutTables(kind === 'gemini' ? 'GeminiLine' : 'GeminiEmbedLine', tablesAt);
    const namesAt = aligned(tablesAt + tables.bytes.length);
    const hashesAt = aligned(namesAt + namesBytes);
    const startsAt = hashesAt + mostLines * 8;
    this.bytesAt = startsAt + mostLines * 4;
    const pages = Math.ceil((this.bytesAt + capacity + slack) / pageBytes);
    this.exports.memory.grow(Math.max(0, pages - this.exports.memory.buffer.byteLength / pageBytes));
    const { buffer } = this.exports.memory;
    this.memory = new Uint8Array(buffer);
    this.memory.set(tables.bytes, tablesAt);
    this.hashes = new Float64Array(buffer, hashesAt, mostLines);
    this.starts = new Uint32Array(buffer, startsAt, mostLines);
    this.exports.configure(namesAt, hashesAt, startsAt, mostLines, tables.root);
  }

  /** Copies bytes in, for {@link prove} to look at. */
  load(bytes: Uint8Array): void {
    this.memory.set(bytes, this.bytesAt);
    this.memory.fill(0, this.bytesAt + bytes.length, this.bytesAt + bytes.length + slack);
  }

  /**
   * Proves lines from `from` on, until one that it cannot prove, or that begins behind `lastStart`, or has no line feed before `to`.
   * Places count from the beginning of what was loaded; `to` must be right behind a line feed.
   */
  prove(from: number, to: number, lastStart: number): ProvedLines {
    const { bytesAt } = this;
    const end = this.exports.run(bytesAt + from, bytesAt + to, bytesAt + Math.min(lastStart, to)) - bytesAt;
    const lines = this.exports.lines();
    if (lines === 0) return nothingProved;
    return {
      bytes: end - from,
      lines,
      rows: this.exports.rows(),
      tokens: this.exports.tokensOfLines(),
      hashes: this.hashes.subarray(0, lines),
      starts: this.starts.subarray(0, lines).map((start) => start - bytesAt),
    };
  }
}

function aligned(address: number): number {
  return (address + 15) & ~15;
}
