import { severityOf, type RuleSettings } from '../../../dialects';
import type { ScanSettings } from '../protocol';
import { hintRules } from './facts';
import { Limit, Place } from './layout';
import { proverModule } from './module';
import { layOutTables, type Tables } from './tables';

/** What the compiled module exports; see assembly/index.ts. */
interface ProverExports {
  readonly memory: WebAssembly.Memory;
  configure(names: number, hashes: number, starts: number, most: number): void;
  expectRoot(shape: number): void;
  tolerate(hints: number): void;
  run(from: number, to: number, lastStart: number): number;
  lines(): number;
  rows(): number;
  tokens(): number;
  sketch(at: number, end: number): number;
  sound(): number;
  keyHash(): number;
  hashPiece(length: number, isFirst: number): number;
}

/** Most lines of one run. */
export const mostLines = 1 << 15;
/** Behind the bytes, since the prover reads in blocks. */
const slack = 128;
const pageBytes = 1 << 16;
const longestModel: number = Limit.modelLength;

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
  /** Where a line begins in the window. */
  start(line: number): number;
}

const nothingProved: ProvedLines = Object.freeze({
  bytes: 0,
  lines: 0,
  rows: 0,
  tokens: 0,
  hashes: new Float64Array(0),
  start: () => NaN,
});

/** What an OpenAI line names. */
export interface LineNames {
  readonly model?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** A line without its key and its texts. */
export interface Sketch {
  /** The same for lines with the same sketch. */
  readonly number: number;
  /** Whether the line is surely JSON that says what it says once. If not, only what stands before that place is left out. */
  readonly isSound: boolean;
  /** Of the texts that were left out. */
  readonly tokens: number;
  /** NaN when it has none, or is not sound. */
  readonly keyHash: number;
}

/** The messages of a file's lines; of OpenAI lines by their endpoint. Lines of other kinds are never proved. */
const rootsByKind: Readonly<
  Partial<Record<NonNullable<ScanSettings['kind']>, Readonly<Record<string, string>>>>
> = {
  gemini: { '': 'GeminiLine' },
  'gemini-embed': { '': 'GeminiEmbedLine' },
  openai: { '/v1/chat/completions': 'OpenAiChatLine', '/v1/embeddings': 'OpenAiEmbeddingsLine' },
};

/**
 * Proves lines good without parsing them, right where they were read to: {@link window} is memory that the prover sees. Of a line
 * that it cannot prove it can make a sketch. Bytes must be UTF-8.
 */
export class LineProver {
  /** Where the bytes of lines are put. */
  readonly window: Buffer;
  private readonly exports: ProverExports;
  private readonly memory: Buffer;
  private readonly windowAt: number;
  private readonly hashes: Float64Array;
  private readonly starts: Uint32Array;
  private readonly rules: RuleSettings;
  /** Where the shapes of lines are, by endpoint; of a kind that has none under ''. */
  private readonly roots: ReadonlyMap<string, number>;
  /** A shape of zeros, which nothing fits. */
  private readonly nothingAt: number;
  private expectedModel: string | undefined;

  /** @param capacity bytes of the window */
  constructor({ kind, rules, files }: Pick<ScanSettings, 'kind' | 'rules' | 'files'>, capacity: number) {
    this.rules = rules;
    this.exports = new WebAssembly.Instance(proverModule()).exports as unknown as ProverExports;
    const roots = (kind === undefined ? undefined : rootsByKind[kind]) ?? {};
    const tables: Tables = layOutTables(Object.values(roots), {
      refuseDeprecated: severityOf('deprecated-field', rules) !== 'off',
      filesKnown: files !== undefined,
    });
    this.roots = new Map(Object.keys(roots).map((name, index) => [name, tables.roots[index] ?? 0]));
    this.nothingAt = aligned(Place.tables + tables.bytes.length);
    const namesAt = this.nothingAt + 64;
    const hashesAt = aligned(namesAt + Limit.freeNames * 8 * (Limit.depth + 1));
    const startsAt = hashesAt + mostLines * 8;
    this.windowAt = startsAt + mostLines * 4;
    const pages = Math.ceil((this.windowAt + capacity + slack) / pageBytes);
    this.exports.memory.grow(Math.max(0, pages - this.exports.memory.buffer.byteLength / pageBytes));
    const { buffer } = this.exports.memory;
    this.memory = Buffer.from(buffer);
    this.memory.fill(0xff, Place.masks, Place.masks + 16);
    this.memory.set(tables.bytes, Place.tables);
    this.window = this.memory.subarray(this.windowAt, this.windowAt + capacity);
    this.hashes = new Float64Array(buffer, hashesAt, mostLines);
    this.starts = new Uint32Array(buffer, startsAt, mostLines);
    this.exports.configure(namesAt, hashesAt, startsAt, mostLines);
    this.expect({});
    this.countOnly(false);
  }

  /** Whether lines with mere hints count as good from now on: where nothing but errors and warnings is counted. */
  countOnly(on: boolean): void {
    let tolerated = 0;
    for (const [hint, code] of hintRules) {
      const severity = severityOf(code, this.rules);
      if (severity === 'off' || (on && severity !== 'error' && severity !== 'warning')) tolerated |= hint;
    }
    this.exports.tolerate(tolerated);
  }

  /**
   * What OpenAI lines must name to be proved; before both are known none is.
   * Nothing at all begins anew; what is left out otherwise stays as it was.
   */
  expect({ model, endpoint }: LineNames): void {
    const anew = model === undefined && endpoint === undefined;
    if (anew || model !== undefined) this.expectModel(model);
    if (!anew && (endpoint === undefined || !this.roots.has(endpoint))) return;
    this.exports.expectRoot(this.roots.get(endpoint ?? '') ?? this.nothingAt);
  }

  private expectModel(model: string | undefined): void {
    if (model === this.expectedModel) return;
    this.expectedModel = model;
    const text = model !== undefined && /^[\w.:/@-]+$/.test(model) ? Buffer.from(model) : Buffer.alloc(0);
    const fits = text.length <= longestModel;
    this.memory.writeUInt32LE(fits ? text.length : 0, Place.modelLength);
    if (fits) this.memory.set(text, Place.model);
  }

  /**
   * Proves lines from `from` on, until one that it cannot prove, or that begins behind `lastStart`, or at `to`. Places are in the
   * window; `to` must be right behind a line feed.
   */
  prove(from: number, to: number, lastStart: number): ProvedLines {
    const { windowAt, exports, starts } = this;
    const end = exports.run(windowAt + from, windowAt + to, windowAt + Math.min(lastStart, to)) - windowAt;
    const lines = exports.lines();
    if (lines === 0) return nothingProved;
    return {
      bytes: end - from,
      lines,
      rows: exports.rows(),
      tokens: exports.tokens(),
      hashes: this.hashes.subarray(0, lines),
      start: (line) => (starts[line] ?? 0) - windowAt,
    };
  }

  /** The sketch of the line from `from` to its line feed at `end`. */
  sketch(from: number, end: number): Sketch {
    const { exports, windowAt } = this;
    const number = exports.sketch(windowAt + from, windowAt + end);
    const isSound = exports.sound() === 1;
    return { number, isSound, tokens: exports.tokens(), keyHash: isSound ? exports.keyHash() : NaN };
  }

  /**
   * 53 bits of hash over a key's UTF-8 bytes, as an exact number. Two different keys may share one: whoever finds equal hashes
   * compares the keys. NaN for an empty key.
   */
  hashKey(key: string): number {
    const bytes = Buffer.from(key);
    let hash = NaN;
    for (let at = 0; at < bytes.length; at += Limit.keyLength) {
      const length = bytes.copy(this.memory, Place.key, at, at + Limit.keyLength);
      hash = this.exports.hashPiece(length, at === 0 ? 1 : 0);
    }
    return hash;
  }
}

function aligned(address: number): number {
  return (address + 15) & ~15;
}
