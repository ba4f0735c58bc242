import { Limit, Place } from '../layout';
import { asNumber, hashBytes } from './hash';
import { state } from './state';

/** The key: no escapes, and the first character no blank. Leaves its hash in `keyHash`. */
export function key(at: u32): u32 {
  const first = load<u8>(at, 1);
  if (load<u8>(at) != 0x22 || first <= 0x20 || first > 0x7e) return 0;
  const end = plainEnd(at + 1);
  if (end == 0 || end == at + 1 || end - at > <u32>Limit.keyLength) return 0;
  state.keyHash = asNumber(hashBytes(at + 1, end - at - 1, 0));
  return end + 1;
}

/** The closing quote of a string without escapes; 0 when it has some. */
export function plainEnd(at: u32): u32 {
  let p = at;
  while (true) {
    const block = v128.load(p);
    const stop = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
        i8x16.lt_u(block, i8x16.splat(0x20)),
      ),
    );
    if (stop != 0) {
      p += ctz(stop);
      return load<u8>(p) == 0x22 ? p : 0;
    }
    p += 16;
  }
}

/** The model that the checker has seen last; a line with another one is its affair. */
export function model(at: u32): u32 {
  const length = load<u32>(Place.modelLength);
  if (length == 0 || load<u8>(at) != 0x22 || load<u8>(at + length, 1) != 0x22) return 0;
  return memory.compare(Place.model, at + 1, length) == 0 ? at + length + 2 : 0;
}
