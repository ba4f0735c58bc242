// AssemblyScript, compiled to prover.wasm: proves request lines good in one pass over their bytes, 16 at a time where it can.
// It knows the messages by the tables that tables.ts lays out in its memory and answers "good" or "cannot say": what it cannot
// say, the JavaScript checker looks at. So it may give up on anything, but must never call good what the checker would not.
// The bytes are known to be UTF-8. Every reader takes the place where its token begins and returns the place behind it, or 0.

// Kinds of shapes; tables.ts has the same numbers.
const MESSAGE: u32 = 1;
const LIST: u32 = 2;
const MAP: u32 = 3;
const ENUM: u32 = 4;
const STRING: u32 = 5;
const BOOL: u32 = 6;
const INT32: u32 = 7;
const NUMBER: u32 = 8;
const BYTES: u32 = 9;
const STRUCT: u32 = 10;
const VALUE: u32 = 11;
const KEY: u32 = 12;
const FUNCTION_NAME: u32 = 13;
const MIME_TYPE: u32 = 14;

// Flags of shapes.
const NOT_EMPTY: u32 = 1;
const COUNTED: u32 = 2;
const CAPTURED: u32 = 4;
const ABOVE_MIN: u32 = 8;

// Flags of messages.
const ONE_OF_FIRST: u32 = 1;
const GENERATION: u32 = 2;
const BLOB: u32 = 4;

// What dialects/tokens.ts weighs characters with.
const DIGIT_WEIGHT: f64 = 0.7;
const ASCII_WEIGHT: f64 = 0.24;
const ALPHABET_WEIGHT: f64 = 0.34;
const IDEOGRAPH_WEIGHT: f64 = 0.75;
const IMAGE_TOKENS: f64 = 258;

const DEEPEST: u32 = 100;
const MOST_NAMES: u32 = 48;

/** Where hashes of names of open objects are kept: 8 bytes each, for 100 levels. */
let namesBase: u32 = 0;
let hashesOut: u32 = 0;
let startsOut: u32 = 0;
let mostLines: u32 = 0;
let rootShape: u32 = 0;

let end: u32 = 0;
let depth: u32 = 0;
let namesTop: u32 = 0;
let tokens: f64 = 0;
let captured: f64 = 0;
let enumIndex: u32 = 0;
let dataLength: u32 = 0;
let mediaKind: u32 = 0;
let keyHigh: i32 = 0;
let keyLow: i32 = 0;

let lineCount: u32 = 0;
let rowCount: u32 = 0;
let tokenSum: f64 = 0;

export function configure(names: u32, hashes: u32, starts: u32, most: u32, root: u32): void {
  namesBase = names;
  hashesOut = hashes;
  startsOut = starts;
  mostLines = most;
  rootShape = root;
}

export function lines(): u32 {
  return lineCount;
}

export function rows(): u32 {
  return rowCount;
}

export function tokensOfLines(): f64 {
  return tokenSum;
}

/**
 * Proves lines from `from` on, up to the one that begins after `lastStart` or that cannot be proved. Returns where that one
 * begins. Each line must end with a line feed before `to`; 32 bytes behind `to` must be readable.
 */
export function run(from: u32, to: u32, lastStart: u32): u32 {
  end = to;
  lineCount = 0;
  rowCount = 0;
  tokenSum = 0;
  let at = from;
  while (at < to && at <= lastStart && lineCount < mostLines) {
    let p = blanks(at);
    let isRow = false;
    if (load<u8>(p) != 0x0a) {
      tokens = 0;
      depth = 0;
      namesTop = namesBase;
      p = value(p, rootShape);
      if (p == 0) break;
      p = blanks(p);
      if (load<u8>(p) != 0x0a) break;
      isRow = true;
    }
    if (p >= to) break;
    const slot = lineCount << 3;
    if (isRow) {
      store<f64>(hashesOut + slot, hashOfKey());
      rowCount += 1;
      tokenSum += tokens;
    } else {
      store<f64>(hashesOut + slot, NaN);
    }
    store<u32>(startsOut + (lineCount << 2), at);
    lineCount += 1;
    at = p + 1;
  }
  return at;
}

function blanks(at: u32): u32 {
  let p = at;
  while (true) {
    const c = load<u8>(p);
    if (c != 0x20 && c != 0x09 && c != 0x0d) return p;
    p += 1;
  }
}

function value(at: u32, shape: u32): u32 {
  switch (load<u32>(shape)) {
    case MESSAGE:
      return message(at, load<u32>(shape, 4));
    case LIST:
      return list(at, shape);
    case MAP:
      return map(at, load<u32>(shape, 4), (load<u32>(shape, 24) & COUNTED) != 0);
    case ENUM:
      return enumValue(at, shape);
    case STRING:
      return text(at, load<u32>(shape, 24));
    case BOOL:
      return flag(at);
    case INT32:
    case NUMBER:
      return number(at, shape);
    case BYTES:
      return bytes(at);
    case STRUCT:
      if (load<u8>(at) != 0x7b) return 0;
      return countedJson(at, shape);
    case VALUE:
      return countedJson(at, shape);
    case KEY:
      return key(at);
    case FUNCTION_NAME:
      return functionName(at);
    case MIME_TYPE:
      return mimeType(at);
    default:
      return 0;
  }
}

function message(at: u32, table: u32): u32 {
  if (load<u8>(at) != 0x7b) return 0;
  depth += 1;
  if (depth > DEEPEST) return 0;
  let seen: u64 = 0;
  let limit: f64 = 0;
  let responseType: u32 = 0;
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x7d) {
    p += 1;
  } else {
    while (true) {
      const field = fieldAt(p, table);
      if (field == 0) return 0;
      p = nameEnd;
      const bit: u64 = (<u64>1) << load<u32>(field);
      if ((seen & bit) != 0) return 0;
      seen |= bit;
      p = blanks(p);
      if (load<u8>(p) != 0x3a) return 0;
      const shape = load<u32>(field, 4);
      p = value(blanks(p + 1), shape);
      if (p == 0) return 0;
      if ((load<u32>(shape, 24) & CAPTURED) != 0) {
        if (load<u32>(shape) == ENUM) responseType = enumIndex;
        else limit = captured;
      }
      p = blanks(p);
      const c = load<u8>(p);
      p = blanks(p + 1);
      if (c == 0x2c) continue;
      if (c != 0x7d) return 0;
      // blanks() went past those behind the bracket, which does no harm.
      break;
    }
  }
  depth -= 1;
  return isConsistent(table, seen, limit, responseType) ? p : 0;
}

/** What a message must have, must not have together, and what only the checker can judge. */
function isConsistent(table: u32, seen: u64, limit: f64, responseType: u32): bool {
  const required = load<u64>(table, 8);
  if ((seen & required) != required) return false;
  if ((seen & load<u64>(table, 16)) != 0) return false;
  const groups = load<u32>(table, 24);
  for (let group: u32 = 0; group < groups; group += 1) {
    if (popcnt<u64>(seen & load<u64>(table + (group << 3), 32)) > 1) return false;
  }
  const flags = load<u32>(table, 28);
  if ((flags & ONE_OF_FIRST) != 0 && (seen & load<u64>(table, 32)) == 0) return false;
  if ((flags & BLOB) != 0) tokens += blobTokens();
  if ((flags & GENERATION) == 0) return true;
  const limitBit = load<u64>(table, 72);
  const thinkingBit = load<u64>(table, 80);
  const schemaBit = load<u64>(table, 88);
  if ((seen & schemaBit) != 0 && (responseType == 0 || responseType > 2)) return false;
  return (seen & limitBit) == 0 || ((seen & thinkingBit) == 0 && limit >= 512);
}

let nameEnd: u32 = 0;

/** The entry for the string at `at` in a table of names; 0 when there is none. Leaves the place behind it in `nameEnd`. */
function fieldAt(at: u32, table: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  let hash: u32 = 0x811c9dc5;
  let p = at + 1;
  while (true) {
    const c = load<u8>(p);
    if (c == 0x22) break;
    if (c == 0x5c || c < 0x20) return 0;
    hash = (hash ^ c) * 0x01000193;
    p += 1;
  }
  nameEnd = p + 1;
  const length = p - at - 1;
  const entries = load<u32>(table);
  const mask = load<u32>(table, 4);
  let slot = hash & mask;
  while (true) {
    const entry = entries + (slot << 4);
    const found = load<u32>(entry, 12);
    if (found == 0) return 0;
    if (
      load<u32>(entry) == hash &&
      load<u32>(entry, 4) == length &&
      same(load<u32>(entry, 8), at + 1, length)
    )
      return found;
    slot = (slot + 1) & mask;
  }
}

function same(a: u32, b: u32, length: u32): bool {
  for (let i: u32 = 0; i < length; i += 1) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
  }
  return true;
}

function list(at: u32, shape: u32): u32 {
  if (load<u8>(at) != 0x5b) return 0;
  depth += 1;
  if (depth > DEEPEST) return 0;
  const element = load<u32>(shape, 4);
  const most = load<u32>(shape, 28);
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x5d) {
    depth -= 1;
    return (load<u32>(shape, 24) & NOT_EMPTY) != 0 ? 0 : p + 1;
  }
  let count: u32 = 0;
  while (true) {
    p = value(p, element);
    if (p == 0) return 0;
    count += 1;
    if (count > most) return 0;
    p = blanks(p);
    const c = load<u8>(p);
    p += 1;
    if (c == 0x5d) break;
    if (c != 0x2c) return 0;
    p = blanks(p);
  }
  depth -= 1;
  return p;
}

/** An object with free names, each value of one shape; shape 0: any. Names must differ. */
function map(at: u32, element: u32, counted: bool): u32 {
  if (load<u8>(at) != 0x7b) return 0;
  depth += 1;
  if (depth > DEEPEST) return 0;
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x7d) {
    depth -= 1;
    return p + 1;
  }
  const first = namesTop;
  let count: u32 = 0;
  while (true) {
    const name = p;
    p = freeName(p);
    if (p == 0) return 0;
    if (counted) tokens += rounded(<f64>(p - name - 2) * ASCII_WEIGHT);
    for (let i: u32 = 0; i < count; i += 1) {
      if (load<u64>(first + (i << 3)) == freeHash) return 0;
    }
    if (count == MOST_NAMES) return 0;
    store<u64>(namesTop, freeHash);
    namesTop += 8;
    count += 1;
    p = blanks(p);
    if (load<u8>(p) != 0x3a) return 0;
    p = blanks(p + 1);
    p = element == 0 ? json(p) : value(p, element);
    if (p == 0) return 0;
    p = blanks(p);
    const c = load<u8>(p);
    p += 1;
    if (c == 0x7d) break;
    if (c != 0x2c) return 0;
    p = blanks(p);
  }
  namesTop = first;
  depth -= 1;
  return p;
}

let freeHash: u64 = 0;

function freeName(at: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  let hash: u64 = 0xcbf29ce484222325;
  let p = at + 1;
  while (true) {
    const c = load<u8>(p);
    if (c == 0x22) break;
    if (c == 0x5c || c < 0x20) return 0;
    hash = (hash ^ c) * 0x100000001b3;
    p += 1;
  }
  freeHash = hash;
  return p + 1;
}

function countedJson(at: u32, shape: u32): u32 {
  const p = json(at);
  if (p != 0 && (load<u32>(shape, 24) & COUNTED) != 0) tokens += rounded(<f64>(p - at) * ASCII_WEIGHT);
  return p;
}

/** Any JSON value. */
function json(at: u32): u32 {
  switch (load<u8>(at)) {
    case 0x22:
      return text(at, 0);
    case 0x7b:
      return map(at, 0, false);
    case 0x5b:
      return jsonList(at);
    case 0x74:
    case 0x66:
      return flag(at);
    case 0x6e:
      return load<u32>(at) == 0x6c6c756e ? at + 4 : 0;
    default:
      return digits(at);
  }
}

function jsonList(at: u32): u32 {
  depth += 1;
  if (depth > DEEPEST) return 0;
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x5d) {
    depth -= 1;
    return p + 1;
  }
  while (true) {
    p = json(p);
    if (p == 0) return 0;
    p = blanks(p);
    const c = load<u8>(p);
    p += 1;
    if (c == 0x5d) break;
    if (c != 0x2c) return 0;
    p = blanks(p);
  }
  depth -= 1;
  return p;
}

function flag(at: u32): u32 {
  if (load<u32>(at) == 0x65757274) return at + 4;
  return load<u32>(at) == 0x736c6166 && load<u8>(at, 4) == 0x65 ? at + 5 : 0;
}

function enumValue(at: u32, shape: u32): u32 {
  const found = fieldAt(at, load<u32>(shape, 4));
  if (found == 0) return 0;
  enumIndex = found;
  if ((load<u32>(shape, 24) & COUNTED) != 0) tokens += 2;
  return nameEnd;
}

let numberValue: f64 = 0;
let isWhole: bool = false;

/** A number without an exponent, of few enough digits to be exact enough for a comparison. */
function digits(at: u32): u32 {
  let p = at;
  const negative = load<u8>(p) == 0x2d;
  if (negative) p += 1;
  const first = p;
  let whole: f64 = 0;
  while (isDigit(load<u8>(p))) {
    whole = whole * 10 + <f64>(load<u8>(p) - 0x30);
    p += 1;
  }
  if (p == first || p - first > 15 || (load<u8>(first) == 0x30 && p - first > 1)) return 0;
  isWhole = true;
  if (load<u8>(p) == 0x2e) {
    isWhole = false;
    p += 1;
    const fraction = p;
    let scale: f64 = 0.1;
    while (isDigit(load<u8>(p))) {
      whole += <f64>(load<u8>(p) - 0x30) * scale;
      scale *= 0.1;
      p += 1;
    }
    if (p == fraction || p - fraction > 17) return 0;
  }
  const c = load<u8>(p) | 0x20;
  if (c == 0x65) return 0;
  numberValue = negative ? -whole : whole;
  return p;
}

function isDigit(c: u8): bool {
  return c >= 0x30 && c <= 0x39;
}

function number(at: u32, shape: u32): u32 {
  const p = digits(at);
  if (p == 0) return 0;
  if (load<u32>(shape) == INT32 && (!isWhole || numberValue < -2147483648 || numberValue > 2147483647))
    return 0;
  const min = load<f64>(shape, 8);
  if (numberValue < min || numberValue > load<f64>(shape, 16)) return 0;
  if (numberValue == min && (load<u32>(shape, 24) & ABOVE_MIN) != 0) return 0;
  captured = numberValue;
  return p;
}

/** A string; its escapes must be JSON's and must not be halves of pairs. */
function text(at: u32, flags: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  let p = at + 1;
  if (load<u8>(p) == 0x22) return (flags & NOT_EMPTY) != 0 ? 0 : p + 1;
  const quotes = i8x16.splat(0x22);
  const slashes = i8x16.splat(0x5c);
  const controls = i8x16.splat(0x20);
  const zeros = i8x16.splat(0x30);
  const tens = i8x16.splat(10);
  const two = i8x16.splat(<i8>0xc0);
  const three = i8x16.splat(<i8>0xe0);
  const counted = (flags & COUNTED) != 0;
  let digitCount: u32 = 0;
  let beyondAscii: u32 = 0;
  let shorts: u32 = 0;
  let longs: u32 = 0;
  const start = p;
  while (true) {
    if (p >= end) return 0;
    const block = v128.load(p);
    const stops = v128.or(
      v128.or(i8x16.eq(block, quotes), i8x16.eq(block, slashes)),
      i8x16.lt_u(block, controls),
    );
    const stop = i8x16.bitmask(stops);
    const length: u32 = stop == 0 ? 16 : <u32>ctz<i32>(stop);
    if (counted) {
      const kept: i32 = (1 << length) - 1;
      digitCount += <u32>popcnt<i32>(i8x16.bitmask(i8x16.lt_u(i8x16.sub(block, zeros), tens)) & kept);
      const high = i8x16.bitmask(block) & kept;
      if (high != 0) {
        beyondAscii += <u32>popcnt<i32>(high);
        const leads = i8x16.bitmask(i8x16.ge_u(block, two)) & kept;
        const long = i8x16.bitmask(i8x16.ge_u(block, three)) & kept;
        longs += <u32>popcnt<i32>(long);
        shorts += <u32>popcnt<i32>(leads & ~long);
      }
    }
    p += length;
    if (stop == 0) continue;
    const c = load<u8>(p);
    if (c == 0x22) break;
    if (c != 0x5c) return 0;
    p = escape(p);
    if (p == 0) return 0;
  }
  if (p >= end) return 0;
  if (counted) {
    const plain = p - start - beyondAscii - digitCount;
    tokens += rounded(
      <f64>plain * ASCII_WEIGHT +
        <f64>digitCount * DIGIT_WEIGHT +
        <f64>shorts * ALPHABET_WEIGHT +
        <f64>longs * IDEOGRAPH_WEIGHT,
    );
  }
  return p + 1;
}

function rounded(estimate: f64): f64 {
  return max<f64>(1, nearest<f64>(estimate));
}

function escape(at: u32): u32 {
  switch (load<u8>(at, 1)) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2;
    case 0x75: {
      let code: u32 = 0;
      for (let i: u32 = 2; i < 6; i += 1) {
        const c = load<u8>(at + i);
        const lower = c | 0x20;
        if (isDigit(c)) code = (code << 4) | (c - 0x30);
        else if (lower >= 0x61 && lower <= 0x66) code = (code << 4) | (lower - 0x57);
        else return 0;
      }
      return code >= 0xd800 && code <= 0xdfff ? 0 : at + 6;
    }
    default:
      return 0;
  }
}

/** Base64 of either alphabet, at least a byte of it. */
function bytes(at: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  const start = at + 1;
  let p = start;
  const lowerBit = i8x16.splat(0x20);
  const a = i8x16.splat(0x61);
  const letters = i8x16.splat(26);
  const zero = i8x16.splat(0x30);
  const ten = i8x16.splat(10);
  while (true) {
    if (p >= end) return 0;
    const block = v128.load(p);
    const letter = i8x16.lt_u(i8x16.sub(v128.or(block, lowerBit), a), letters);
    const digit = i8x16.lt_u(i8x16.sub(block, zero), ten);
    const sign = v128.or(
      v128.or(i8x16.eq(block, i8x16.splat(0x2b)), i8x16.eq(block, i8x16.splat(0x2f))),
      v128.or(i8x16.eq(block, i8x16.splat(0x2d)), i8x16.eq(block, i8x16.splat(0x5f))),
    );
    const other = ~i8x16.bitmask(v128.or(v128.or(letter, digit), sign)) & 0xffff;
    if (other == 0) {
      p += 16;
      continue;
    }
    p += <u32>ctz<i32>(other);
    break;
  }
  const kept = p - start;
  while (load<u8>(p) == 0x3d && p - start - kept < 3) p += 1;
  const length = p - start;
  const padding = length - kept;
  if (p >= end || load<u8>(p) != 0x22 || kept == 0 || padding > 2) return 0;
  if (padding == 0 ? (length & 3) == 1 : (length & 3) != 0) return 0;
  dataLength = length;
  return p + 1;
}

function blobTokens(): f64 {
  const length = (<f64>dataLength * 3) / 4;
  switch (mediaKind) {
    case 1:
      return ceil<f64>((length / 8000) * 32);
    case 2:
      return max<f64>(1, ceil<f64>(length / 50000)) * IMAGE_TOKENS;
    case 3:
      return nearest<f64>(length * ASCII_WEIGHT);
    default:
      return IMAGE_TOKENS;
  }
}

function mimeType(at: u32): u32 {
  const p = text(at, NOT_EMPTY);
  if (p == 0) return 0;
  const four = load<u32>(at, 1);
  mediaKind = 0;
  // audi, vide, text, appl(ication/pdf)
  if (four == 0x69647561 || four == 0x65646976) mediaKind = 1;
  else if (four == 0x74786574) mediaKind = 3;
  else if (four == 0x6c707061 && p - at == 17 && load<u32>(at, 12) == 0x6664702f) mediaKind = 2;
  return p;
}

function functionName(at: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  let p = at + 1;
  while (true) {
    const c = load<u8>(p);
    if (c == 0x22) break;
    const lower = c | 0x20;
    if (!isDigit(c) && (lower < 0x61 || lower > 0x7a) && c != 0x5f && c != 0x3a && c != 0x2e && c != 0x2d)
      return 0;
    p += 1;
  }
  const length = p - at - 1;
  if (length == 0 || length > 128) return 0;
  tokens += rounded(<f64>length * ASCII_WEIGHT);
  return p + 1;
}

/** The key: plain characters, the first of them no blank. Its hash is that of keyHash.ts. */
function key(at: u32): u32 {
  if (load<u8>(at) != 0x22 || load<u8>(at, 1) <= 0x20 || load<u8>(at, 1) > 0x7e) return 0;
  let high: i32 = 0xdeadbeef;
  let low: i32 = 0x41c6ce57;
  let p = at + 1;
  while (true) {
    const c = load<u8>(p);
    if (c == 0x22) break;
    if (c == 0x5c || c < 0x20) return 0;
    high = (high ^ (<i32>c)) * <i32>0x9e3779b1;
    low = (low ^ (<i32>c)) * <i32>0x5f356495;
    p += 1;
  }
  if (p == at + 1) return 0;
  keyHigh = high;
  keyLow = low;
  return p + 1;
}

function hashOfKey(): f64 {
  let high = keyHigh;
  let low = keyLow;
  high =
    ((high ^ (<i32>((<u32>high) >>> 16))) * <i32>0x85ebca6b) ^
    ((low ^ (<i32>((<u32>low) >>> 13))) * <i32>0xc2b2ae35);
  low =
    ((low ^ (<i32>((<u32>low) >>> 16))) * <i32>0x85ebca6b) ^
    ((high ^ (<i32>((<u32>high) >>> 13))) * <i32>0xc2b2ae35);
  return <f64>(high & 0x1fffff) * 4294967296 + <f64>(<u32>low);
}
