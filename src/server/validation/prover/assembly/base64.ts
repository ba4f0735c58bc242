import { state } from './state';

/** Base64 of either alphabet, at least a byte of it. Leaves the number of its characters in `dataLength`. */
export function base64(at: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  const start = at + 1;
  let p = start;
  while (true) {
    const strange = v128.or(
      v128.or(strangers(v128.load(p)), strangers(v128.load(p, 16))),
      v128.or(strangers(v128.load(p, 32)), strangers(v128.load(p, 48))),
    );
    if (v128.any_true(strange)) break;
    p += 64;
  }
  while (true) {
    const strange = i8x16.bitmask(strangers(v128.load(p)));
    if (strange != 0) {
      p += ctz(strange);
      break;
    }
    p += 16;
  }
  const kept = p - start;
  while (load<u8>(p) == 0x3d && p - start - kept < 3) p += 1;
  const length = p - start;
  const padding = length - kept;
  if (load<u8>(p) != 0x22 || kept == 0 || padding > 2) return 0;
  if (padding == 0 ? (length & 3) == 1 : (length & 3) != 0) return 0;
  state.dataLength = length;
  return p + 1;
}

/**
 * Ones where a byte is in neither alphabet. Each half of a byte is looked up; a byte is in where both halves share a bit, of which
 * there is one for each set of columns in a table of ASCII.
 */
function strangers(block: v128): v128 {
  const columns = i8x16(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0);
  // 2x: + - /, 3x: 0-9, 4x and 6x: letters from 1 on, 5x: letters to 10 and _, 7x: letters to 10
  const rows = i8x16(26, 30, 30, 30, 30, 30, 30, 30, 30, 30, 28, 5, 4, 5, 4, 13);
  const low = v128.and(block, i8x16.splat(15));
  const high = v128.and(i16x8.shr_u(block, 4), i8x16.splat(15));
  const shared = v128.and(i8x16.swizzle(columns, high), i8x16.swizzle(rows, low));
  return i8x16.eq(shared, i8x16.splat(0));
}
