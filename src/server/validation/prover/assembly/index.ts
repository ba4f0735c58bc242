// AssemblyScript, compiled to WebAssembly by ../compile.mjs: proves request lines good in one pass over their bytes, many at a time
// where it can. It knows the messages by the tables that tables.ts lays out in its memory and answers "good" or "cannot say": what
// it cannot say, the JavaScript checker looks at. So it may give up on anything, but must never call good what the checker would not.
// The bytes are known to be UTF-8, and the last one of them a line feed. Every reader takes the place where its token begins and
// returns the place behind it, or 0. Up to 64 bytes behind the last line are read.
import { Place } from '../layout';
import { blanks } from './characters';
import { asNumber, hashBytes } from './hash';
import { isSound, sketchOf } from './sketch';
import { state } from './state';
import { forget, value } from './values';

/** Where the hashes and the beginnings of proved lines go, and how many fit. */
let hashesOut: u32 = 0;
let startsOut: u32 = 0;
let mostLines: u32 = 0;
/** The shape of lines. */
let root: u32 = 0;

let lineCount: u32 = 0;
let rowCount: u32 = 0;
let tokenSum: f64 = 0;
let pieces: u64 = 0;

export function configure(names: u32, hashes: u32, starts: u32, most: u32): void {
  state.namesBase = names;
  hashesOut = hashes;
  startsOut = starts;
  mostLines = most;
}

/** The shape that lines must have from now on. */
export function expectRoot(shape: u32): void {
  root = shape;
}

/** Hints that may be passed over from now on. */
export function tolerate(hints: u32): void {
  state.tolerated = hints;
}

export function lines(): u32 {
  return lineCount;
}

export function rows(): u32 {
  return rowCount;
}

/** Of the lines of the last run, or of the texts of the last sketch. */
export function tokens(): f64 {
  return tokenSum;
}

/** Whether the line of the last sketch is sound JSON. */
export function sound(): bool {
  return isSound;
}

/** The hash of the last sketch's key, NaN when it has none. */
export function keyHash(): f64 {
  return state.keyHash;
}

/** The hash of a key whose pieces are put to Place.key one after the other. */
export function hashPiece(length: u32, isFirst: bool): f64 {
  pieces = hashBytes(Place.key, length, isFirst ? 0 : pieces);
  return asNumber(pieces);
}

/** A number for what is left of the line from `at` to its line feed at `end` without its key and its texts. */
export function sketch(at: u32, end: u32): f64 {
  begin();
  state.keyHash = NaN;
  const number = sketchOf(at, end);
  tokenSum = state.tokens;
  return number;
}

/**
 * Proves lines from `from` on, up to the one that begins at `to` or after `lastStart`, or that cannot be proved. Returns where that
 * one begins.
 */
export function run(from: u32, to: u32, lastStart: u32): u32 {
  lineCount = 0;
  rowCount = 0;
  tokenSum = 0;
  let at = from;
  while (at < to && at <= lastStart && lineCount < mostLines) {
    let p = blanks(at);
    let hash = NaN;
    if (load<u8>(p) != 0x0a) {
      p = row(p);
      if (p == 0) break;
      hash = state.keyHash;
      rowCount += 1;
      tokenSum += state.tokens;
    }
    store<f64>(hashesOut + (lineCount << 3), hash);
    store<u32>(startsOut + (lineCount << 2), at);
    lineCount += 1;
    at = p + 1;
  }
  return at;
}

/** Where the line feed behind a request is; 0 when it cannot be proved. */
function row(at: u32): u32 {
  begin();
  const end = value(at, root);
  if (end == 0) return 0;
  const p = blanks(end);
  return load<u8>(p) == 0x0a ? p : 0;
}

function begin(): void {
  state.depth = 0;
  state.tokens = 0;
  state.namesTop = state.namesBase;
  forget();
}
