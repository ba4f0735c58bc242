import { NameAt, Place } from '../layout';
import { state } from './state';

/**
 * What the string at `at` stands for in a table of names: the address of a shape, or the number of an enum value; 0 when it is not
 * there. Leaves the place behind it in `nameEnd`, and the number of its bit in `nameBit`.
 */
export function lookUp(at: u32, slots: u32, mask: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  let first = v128.load(at + 1);
  let second = i64x2.splat(0);
  let length: u32;
  const quotes = i8x16.splat(0x22);
  const found = i8x16.bitmask(i8x16.eq(first, quotes));
  if (found != 0) {
    length = ctz(found);
    first = v128.and(first, v128.load(Place.masks + 16 - length));
  } else {
    second = v128.load(at + 17);
    const further = i8x16.bitmask(i8x16.eq(second, quotes));
    if (further != 0) {
      const rest = <u32>ctz(further);
      second = v128.and(second, v128.load(Place.masks + 16 - rest));
      length = 16 + rest;
    } else {
      if (load<u8>(at, 33) != 0x22) return 0;
      length = 32;
    }
  }
  const hash =
    (i64x2.extract_lane(first, 0) ^ (i64x2.extract_lane(first, 1) * 0x2545f4914f6cdd1d)) *
      0x9e3779b97f4a7c15 +
    length;
  let slot: u32 = (<u32>((<u64>hash) >> 40)) & mask;
  while (true) {
    const entry = slots + slot * NameAt.size;
    const target = load<u32>(entry, NameAt.target);
    if (target == 0) return 0;
    const differs = v128.or(
      v128.xor(first, v128.load(entry, NameAt.text)),
      v128.xor(second, v128.load(entry + 16, NameAt.text)),
    );
    if (!v128.any_true(differs) && load<u32>(entry, NameAt.length) == length) {
      state.nameEnd = at + length + 2;
      state.nameBit = load<u32>(entry, NameAt.bit);
      return target;
    }
    slot = (slot + 1) & mask;
  }
}
