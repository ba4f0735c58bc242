import { Limit, ShapeFlag } from '../layout';
import { blanks } from './characters';
import { hashBytes } from './hash';
import { plainEnd } from './keys';
import { digits } from './numbers';
import { hollow } from './sketch';
import { state } from './state';
import { text } from './strings';
import { addPlain } from './tokens';
import { value } from './values';

/** Any JSON value in which no object has a name twice. */
export function json(at: u32): u32 {
  switch (load<u8>(at)) {
    case 0x22:
      return text(at, 0);
    case 0x7b:
      return map(at, 0, 0);
    case 0x5b:
      return list(at);
    case 0x74:
    case 0x66:
      return flag(at);
    case 0x6e:
      return isNull(at) ? at + 4 : 0;
    default:
      return digits(at);
  }
}

/** Free JSON that counts as input. */
export function countedJson(at: u32, flags: u32): u32 {
  const p = json(at);
  if (p != 0 && (flags & ShapeFlag.counted) != 0) addPlain(p - at);
  return p;
}

export function isNull(at: u32): bool {
  return load<u32>(at) == 0x6c6c756e;
}

/** true or false, in `captured` as 1 or 0. */
export function flag(at: u32): u32 {
  const isTrue = load<u32>(at) == 0x65757274;
  state.captured = isTrue ? 1 : 0;
  if (isTrue) return at + 4;
  return load<u32>(at) == 0x736c6166 && load<u8>(at, 4) == 0x65 ? at + 5 : 0;
}

function list(at: u32): u32 {
  state.depth += 1;
  if (state.depth > <u32>Limit.depth) return 0;
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x5d) {
    state.depth -= 1;
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
  state.depth -= 1;
  return p;
}

/** An object with free names, each value of one shape; shape 0: any. Names must differ; they may be counted, and kept. */
export function map(at: u32, element: u32, flags: u32): u32 {
  if (load<u8>(at) != 0x7b) return 0;
  state.depth += 1;
  if (state.depth > <u32>Limit.depth) return 0;
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x7d) {
    state.depth -= 1;
    return p + 1;
  }
  const first = state.namesTop;
  while (true) {
    const name = p;
    p = freeName(p, first);
    if (p == 0) return 0;
    if ((flags & ShapeFlag.counted) != 0) addPlain(p - name - 2);
    p = blanks(p);
    if (load<u8>(p) != 0x3a) return 0;
    p = blanks(p + 1);
    if (element != 0) p = value(p, element);
    else p = state.sketching ? hollow(name, p) : json(p);
    if (p == 0) return 0;
    p = blanks(p);
    const c = load<u8>(p);
    p += 1;
    if (c == 0x7d) break;
    if (c != 0x2c) return 0;
    p = blanks(p);
  }
  if ((flags & ShapeFlag.keptNames) == 0) state.namesTop = first;
  state.depth -= 1;
  return p;
}

/** A name without escapes that is not among those from `first` on; it is put there. */
function freeName(at: u32, first: u32): u32 {
  if (load<u8>(at) != 0x22) return 0;
  const end = plainEnd(at + 1);
  if (end == 0 || state.namesTop - first == Limit.freeNames * 8) return 0;
  const hash = hashBytes(at + 1, end - at - 1, 0);
  for (let known = first; known < state.namesTop; known += 8) {
    if (load<u64>(known) == hash) return 0;
  }
  store<u64>(state.namesTop, hash);
  state.namesTop += 8;
  return end + 1;
}
