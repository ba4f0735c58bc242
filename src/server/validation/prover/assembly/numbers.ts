import { ShapeAt, ShapeFlag, ShapeKind } from '../layout';
import { isDigit } from './characters';
import { state } from './state';

/** Powers of ten up to here, and whole numbers of this many digits, are exact; so are their products and quotients, once rounded. */
const MOST_DIGITS: u32 = 15;
const MOST_POWER: i32 = 22;

/** A number of which the value is exactly what JSON.parse makes of it; left in `captured`. */
export function digits(at: u32): u32 {
  let p = at;
  const negative = load<u8>(p) == 0x2d;
  if (negative) p += 1;
  const first = p;
  let mantissa: u64 = 0;
  while (isDigit(load<u8>(p))) {
    mantissa = mantissa * 10 + (load<u8>(p) - 0x30);
    p += 1;
  }
  let count = p - first;
  if (count == 0 || (load<u8>(first) == 0x30 && count > 1)) return 0;
  let power: i32 = 0;
  if (load<u8>(p) == 0x2e) {
    p += 1;
    const fraction = p;
    while (isDigit(load<u8>(p))) {
      mantissa = mantissa * 10 + (load<u8>(p) - 0x30);
      p += 1;
    }
    if (p == fraction) return 0;
    count += p - fraction;
    power = -(<i32>(p - fraction));
  }
  if (count > MOST_DIGITS) return 0;
  if ((load<u8>(p) | 0x20) == 0x65) {
    p += 1;
    const sign = load<u8>(p);
    if (sign == 0x2b || sign == 0x2d) p += 1;
    const exponentAt = p;
    let exponent: i32 = 0;
    while (isDigit(load<u8>(p)) && p - exponentAt < 4) {
      exponent = exponent * 10 + (load<u8>(p) - 0x30);
      p += 1;
    }
    if (p == exponentAt || isDigit(load<u8>(p))) return 0;
    power += sign == 0x2d ? -exponent : exponent;
  }
  if (power > MOST_POWER || power < -MOST_POWER) return 0;
  let value = <f64>mantissa;
  if (power != 0) {
    let scale: f64 = 1;
    for (let i = power < 0 ? -power : power; i > 0; i -= 1) scale *= 10;
    value = power < 0 ? value / scale : value * scale;
  }
  state.captured = negative ? -value : value;
  return p;
}

/** A number of a kind within its range. 64-bit integers may be strings. */
export function number(at: u32, shape: u32, kind: u32): u32 {
  const quoted = kind == ShapeKind.int64 && load<u8>(at) == 0x22;
  let p = digits(quoted ? at + 1 : at);
  if (p == 0) return 0;
  if (quoted) {
    if (load<u8>(p) != 0x22) return 0;
    p += 1;
  }
  const value = state.captured;
  if (kind != ShapeKind.number && floor(value) != value) return 0;
  if (kind == ShapeKind.int32 && (value < -2147483648 || value > 2147483647)) return 0;
  if (kind == ShapeKind.int64 && abs(value) > 9007199254740992) return 0;
  const min = load<f64>(shape, ShapeAt.min);
  if (value < min || value > load<f64>(shape, ShapeAt.max)) return 0;
  const flags = load<u32>(shape, ShapeAt.flags);
  if (value == min && (flags & ShapeFlag.aboveMin) != 0) return 0;
  if ((flags & ShapeFlag.tokens) != 0) state.tokens += 1;
  return p;
}
