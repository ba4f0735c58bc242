// AssemblyScript, compiled to ../scanWasm.ts: goes over the long things of a results line, strings above all, 16 bytes at a time. Both
// functions are strict: what JSON.parse would refuse, they refuse. They may look at bytes behind `end` (there is room behind the
// buffer), but what they find there is never part of an answer.

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const FIRST_PRINTABLE: u8 = 0x20;
const DEEPEST: u32 = 64;

/** Where the quote is that ends the string which `at` is in; -1 when it does not end before `end` or is no string of JSON. */
export function stringEnd(at: u32, end: u32): i32 {
  while (at < end) {
    const bytes = v128.load(at);
    const stops = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))),
      i8x16.lt_u(bytes, i8x16.splat(FIRST_PRINTABLE)),
    );
    const hits = i8x16.bitmask(stops);
    if (hits == 0) {
      at += 16;
      continue;
    }
    at += ctz(hits);
    if (at >= end) return -1;
    const byte: u32 = load<u8>(at);
    if (byte == QUOTE) return at;
    if (byte != BACKSLASH) return -1;
    const length = escapeLength(at + 1);
    if (length == 0) return -1;
    at += 1 + length;
  }
  return -1;
}

/** Bytes of the escape behind its backslash; 0 for none that JSON knows. */
function escapeLength(at: u32): u32 {
  switch (<u32>load<u8>(at)) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 1;
    case 0x75: // u
      return isHex(at + 1) && isHex(at + 2) && isHex(at + 3) && isHex(at + 4) ? 5 : 0;
    default:
      return 0;
  }
}

function isHex(at: u32): bool {
  const byte: u32 = load<u8>(at);
  const letter = (byte | 0x20) - 0x61;
  return byte - 0x30 <= 9 || letter <= 5;
}

/** Behind the object or array at `at`; -1 when it does not end before `end`, is no JSON or too deep. */
export function nestedEnd(at: u32, end: u32): i32 {
  const behind = valueEnd(at, end, 0);
  return behind == 0 || behind > end ? -1 : behind;
}

/** Behind the value at `at`, maybe behind `end` as well; 0 where there is none. */
function valueEnd(at: u32, end: u32, depth: u32): u32 {
  switch (<u32>load<u8>(at)) {
    case QUOTE:
      return behindString(at, end);
    case 0x5b: // [
      return arrayEnd(at + 1, end, depth + 1);
    case 0x7b: // {
      return objectEnd(at + 1, end, depth + 1);
    case 0x74: // true
      return load<u32>(at) == 0x65757274 ? at + 4 : 0;
    case 0x66: // false
      return load<u32>(at + 1) == 0x65736c61 ? at + 5 : 0;
    case 0x6e: // null
      return load<u32>(at) == 0x6c6c756e ? at + 4 : 0;
    default:
      return numberEnd(at);
  }
}

function behindString(at: u32, end: u32): u32 {
  const found = stringEnd(at + 1, end);
  return found == -1 ? 0 : found + 1;
}

/** `at` is behind the bracket that opens the array. */
function arrayEnd(at: u32, end: u32, depth: u32): u32 {
  if (depth > DEEPEST) return 0;
  at = blankEnd(at, end);
  if (<u32>load<u8>(at) == 0x5d) return at + 1;
  while (at < end) {
    at = valueEnd(at, end, depth);
    if (at == 0) return 0;
    at = blankEnd(at, end);
    const byte: u32 = load<u8>(at);
    if (byte == 0x5d) return at + 1;
    if (byte != 0x2c) return 0;
    at = blankEnd(at + 1, end);
  }
  return 0;
}

/** `at` is behind the brace that opens the object. */
function objectEnd(at: u32, end: u32, depth: u32): u32 {
  if (depth > DEEPEST) return 0;
  at = blankEnd(at, end);
  if (<u32>load<u8>(at) == 0x7d) return at + 1;
  while (at < end) {
    if (<u32>load<u8>(at) != QUOTE) return 0;
    at = behindString(at, end);
    if (at == 0) return 0;
    at = blankEnd(at, end);
    if (<u32>load<u8>(at) != 0x3a) return 0;
    at = valueEnd(blankEnd(at + 1, end), end, depth);
    if (at == 0) return 0;
    at = blankEnd(at, end);
    const byte: u32 = load<u8>(at);
    if (byte == 0x7d) return at + 1;
    if (byte != 0x2c) return 0;
    at = blankEnd(at + 1, end);
  }
  return 0;
}

function blankEnd(at: u32, end: u32): u32 {
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte != 0x20 && byte != 0x09 && byte != 0x0d && byte != 0x0a) break;
    at += 1;
  }
  return at;
}

/** Behind the number at `at`, 0 where there is none. */
function numberEnd(at: u32): u32 {
  if (<u32>load<u8>(at) == 0x2d) at += 1;
  const whole = digitsEnd(at);
  if (whole == at) return 0;
  // No number but 0 begins with one.
  if (<u32>load<u8>(at) == 0x30 && whole != at + 1) return 0;
  at = whole;
  if (<u32>load<u8>(at) == 0x2e) {
    const fraction = digitsEnd(at + 1);
    if (fraction == at + 1) return 0;
    at = fraction;
  }
  if (((<u32>load<u8>(at)) | 0x20) == 0x65) {
    at += 1;
    const sign: u32 = load<u8>(at);
    if (sign == 0x2b || sign == 0x2d) at += 1;
    const exponent = digitsEnd(at);
    if (exponent == at) return 0;
    at = exponent;
  }
  return at;
}

function digitsEnd(at: u32): u32 {
  while (<u32>load<u8>(at) - 0x30 <= 9) at += 1;
  return at;
}
