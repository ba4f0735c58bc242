import { ShapeFlag } from '../layout';
import { isDigit } from './characters';
import { addTokens, textWeight } from './tokens';

/** A string; its escapes must be JSON's, and of surrogates it must have whole pairs. */
export function text(at: u32, flags: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  let p = at + 1;
  if (load<u8>(p) == 0x22) return (flags & ShapeFlag.notEmpty) != 0 ? 0 : p + 1;
  const counted = (flags & ShapeFlag.counted) != 0;
  const quotes = i8x16.splat(0x22);
  const slashes = i8x16.splat(0x5c);
  const controls = i8x16.splat(0x1f);
  const start = p;
  let digits: u32 = 0;
  let highs: u32 = 0;
  let longs: u32 = 0;
  let leads: u32 = 0;
  while (true) {
    // Nothing but plain characters, 64 at a time. The line feed at the end of the line stops at the latest.
    while (true) {
      const a = v128.load(p);
      const b = v128.load(p, 16);
      const c = v128.load(p, 32);
      const d = v128.load(p, 48);
      // The least of two is a control character where one of them is.
      const least = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
      const stops = v128.or(
        v128.or(
          v128.or(
            v128.or(i8x16.eq(a, quotes), i8x16.eq(b, quotes)),
            v128.or(i8x16.eq(c, quotes), i8x16.eq(d, quotes)),
          ),
          v128.or(
            v128.or(i8x16.eq(a, slashes), i8x16.eq(b, slashes)),
            v128.or(i8x16.eq(c, slashes), i8x16.eq(d, slashes)),
          ),
        ),
        i8x16.eq(i8x16.min_u(least, controls), least),
      );
      if (v128.any_true(stops)) break;
      p += 64;
      if (!counted) continue;
      // Digits are sampled: one block of four stands for all.
      digits += popcnt(digitMask(a)) << 2;
      if (i8x16.bitmask(v128.or(v128.or(a, b), v128.or(c, d))) == 0) continue;
      highs +=
        popcnt(i8x16.bitmask(a)) +
        popcnt(i8x16.bitmask(b)) +
        popcnt(i8x16.bitmask(c)) +
        popcnt(i8x16.bitmask(d));
      leads += popcnt(leadMask(a)) + popcnt(leadMask(b)) + popcnt(leadMask(c)) + popcnt(leadMask(d));
      longs += popcnt(longMask(a)) + popcnt(longMask(b)) + popcnt(longMask(c)) + popcnt(longMask(d));
    }
    let stop: i32;
    do {
      const block = v128.load(p);
      stop = i8x16.bitmask(
        v128.or(
          v128.or(i8x16.eq(block, quotes), i8x16.eq(block, slashes)),
          i8x16.eq(i8x16.min_u(block, controls), block),
        ),
      );
      const length: u32 = stop == 0 ? 16 : <u32>ctz(stop);
      if (counted) {
        const kept: i32 = (1 << length) - 1;
        digits += popcnt(digitMask(block) & kept);
        const high = i8x16.bitmask(block) & kept;
        if (high != 0) {
          highs += popcnt(high);
          leads += popcnt(leadMask(block) & kept);
          longs += popcnt(longMask(block) & kept);
        }
      }
      p += length;
    } while (stop == 0);
    const c = load<u8>(p);
    if (c == 0x22) break;
    if (c != 0x5c) return 0;
    p = escape(p);
    if (p == 0) return 0;
  }
  if (counted) {
    const bytes = p - start;
    // What is sampled may come out at more than there is.
    const ascii = bytes - highs;
    addTokens(textWeight(ascii, digits < ascii ? digits : ascii, leads - longs, longs));
  }
  return p + 1;
}

function digitMask(block: v128): i32 {
  const fromZero = i8x16.sub(block, i8x16.splat(0x30));
  return i8x16.bitmask(i8x16.eq(i8x16.min_u(fromZero, i8x16.splat(9)), fromZero));
}

/** First bytes of characters beyond ASCII. */
function leadMask(block: v128): i32 {
  return i8x16.bitmask(i8x16.ge_u(block, i8x16.splat(<i8>0xc0)));
}

/** First bytes of characters of three bytes or four. */
function longMask(block: v128): i32 {
  return i8x16.bitmask(i8x16.ge_u(block, i8x16.splat(<i8>0xe0)));
}

/** An escape sequence, both halves of a pair together. */
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
      const unit = codeUnit(at + 2);
      if (unit > 0xffff) return 0;
      if (unit < 0xd800 || unit > 0xdfff) return at + 6;
      if (unit > 0xdbff || load<u16>(at, 6) != 0x755c) return 0;
      const low = codeUnit(at + 8);
      return low >= 0xdc00 && low <= 0xdfff ? at + 12 : 0;
    }
    default:
      return 0;
  }
}

/** Four hexadecimal digits; more than 16 bits when they are none. */
function codeUnit(at: u32): u32 {
  let code: u32 = 0;
  for (let p = at; p < at + 4; p += 1) {
    const c = load<u8>(p);
    const lower = c | 0x20;
    if (isDigit(c)) code = (code << 4) | (c - 0x30);
    else if (lower >= 0x61 && lower <= 0x66) code = (code << 4) | (lower - 0x57);
    else return 0x10000;
  }
  return code;
}
