import { Limit, MessageAt, MessageFlag, Place, ShapeAt, ShapeFlag, ShapeKind, Slot } from '../layout';
import { base64 } from './base64';
import { blanks } from './characters';
import { isConsistent } from './consistency';
import { cacheName, duration, fileUri, functionName, mimeType, timestamp } from './formats';
import { countedJson, flag, isNull, map } from './freeJson';
import { key, model } from './keys';
import { lookUp } from './names';
import { number } from './numbers';
import { isCoherent } from './schema';
import { state } from './state';
import { text } from './strings';
import { PICTURE_TOKENS } from './tokens';

/** A value of a shape, or of one of those that may stand in its place. */
export function value(at: u32, shape: u32): u32 {
  const depth = state.depth;
  const namesTop = state.namesTop;
  const tokens = state.tokens;
  let p = only(at, shape);
  for (let other = load<u32>(shape, ShapeAt.otherwise); p == 0 && other != 0;) {
    state.depth = depth;
    state.namesTop = namesTop;
    state.tokens = tokens;
    p = only(at, other);
    other = load<u32>(other, ShapeAt.otherwise);
  }
  if (p != 0 && (load<u32>(shape, ShapeAt.flags) & ShapeFlag.picture) != 0) state.tokens += PICTURE_TOKENS;
  return p;
}

function only(at: u32, shape: u32): u32 {
  const kind = load<u32>(shape, ShapeAt.kind);
  const flags = load<u32>(shape, ShapeAt.flags);
  switch (kind) {
    case ShapeKind.message:
      return message(at, load<u32>(shape, ShapeAt.target));
    case ShapeKind.list:
      return list(at, shape, flags);
    case ShapeKind.map:
      return map(at, load<u32>(shape, ShapeAt.target), flags);
    case ShapeKind.enumValue:
      return enumValue(at, load<u32>(shape, ShapeAt.target), flags);
    case ShapeKind.text:
      return text(at, flags);
    case ShapeKind.bool:
      return flag(at);
    case ShapeKind.int32:
    case ShapeKind.int64:
    case ShapeKind.number:
      return number(at, shape, kind);
    case ShapeKind.bytes:
      return base64(at);
    case ShapeKind.struct:
      return load<u8>(at) == 0x7b ? countedJson(at, flags) : 0;
    case ShapeKind.any:
      return countedJson(at, flags);
    case ShapeKind.key:
      return key(at);
    case ShapeKind.model:
      return model(at);
    case ShapeKind.functionName:
      return functionName(at);
    case ShapeKind.mimeType:
      return mimeType(at);
    case ShapeKind.fileUri:
      return fileUri(at, flags);
    case ShapeKind.cacheName:
      return cacheName(at);
    case ShapeKind.duration:
      return duration(at);
    case ShapeKind.timestamp:
      return timestamp(at);
    default:
      return 0;
  }
}

function message(at: u32, table: u32): u32 {
  if (load<u8>(at) != 0x7b) return 0;
  state.depth += 1;
  if (state.depth > <u32>Limit.depth) return 0;
  const names = load<u32>(table, MessageAt.names);
  const mask = load<u32>(table, MessageAt.nameMask);
  const firstName = state.namesTop;
  let named: u64 = 0;
  let set: u64 = 0;
  // Of a schema; those in it come and go before all of its fields are known.
  let type: f64 = 0;
  let required: u32 = 0;
  let ordered: u32 = 0;
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x7d) {
    p += 1;
  } else {
    while (true) {
      const shape = lookUp(p, names, mask);
      if (shape == 0) return 0;
      const bit: u64 = (<u64>1) << state.nameBit;
      // Twice, perhaps in two spellings.
      if ((named & bit) != 0) return 0;
      named |= bit;
      p = blanks(state.nameEnd);
      if (load<u8>(p) != 0x3a) return 0;
      p = blanks(p + 1);
      if (isNull(p)) {
        // The same as not given.
        p += 4;
      } else {
        const begin = p;
        p = value(p, shape);
        if (p == 0) return 0;
        set |= bit;
        const slot = load<u32>(shape, ShapeAt.slot);
        if (slot != 0) {
          store<f64>(Place.slots + (slot << 3), state.captured);
          if (slot == Slot.schemaType) type = state.captured;
          else if (slot == Slot.required) required = begin;
          else if (slot == Slot.ordered) ordered = begin;
        }
      }
      p = blanks(p);
      const c = load<u8>(p);
      p += 1;
      if (c == 0x7d) break;
      if (c != 0x2c) return 0;
      p = blanks(p);
    }
  }
  state.depth -= 1;
  if (!isConsistent(table, set)) return 0;
  if ((load<u32>(table, MessageAt.flags) & MessageFlag.schema) == 0) return p;
  const coherent = isCoherent(table, set, type, required, ordered, firstName);
  state.namesTop = firstName;
  return coherent ? p : 0;
}

/** A list. Leaves in `captured` which enum values are in it, one bit each. */
function list(at: u32, shape: u32, flags: u32): u32 {
  if (load<u8>(at) != 0x5b) return 0;
  state.depth += 1;
  if (state.depth > <u32>Limit.depth) return 0;
  const element = load<u32>(shape, ShapeAt.target);
  const most = load<u32>(shape, ShapeAt.maxCount);
  const ofEnum = load<u32>(element, ShapeAt.kind) == ShapeKind.enumValue;
  let values: u32 = 0;
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x5d) {
    if ((flags & ShapeFlag.notEmpty) != 0) return 0;
    p += 1;
  } else {
    let count: u32 = 0;
    while (true) {
      p = value(p, element);
      if (p == 0) return 0;
      if (ofEnum) values |= 1 << ((<u32>state.captured) & 31);
      count += 1;
      if (count > most) return 0;
      p = blanks(p);
      const c = load<u8>(p);
      p += 1;
      if (c == 0x5d) break;
      if (c != 0x2c) return 0;
      p = blanks(p);
    }
  }
  state.captured = <f64>values;
  state.depth -= 1;
  return p;
}

/** One of a set of names; its number is left in `captured`. */
function enumValue(at: u32, names: u32, flags: u32): u32 {
  const found = lookUp(at, load<u32>(names), load<u32>(names, 4));
  if (found == 0) return 0;
  state.captured = <f64>found;
  if ((flags & ShapeFlag.counted) != 0) state.tokens += 2;
  return state.nameEnd;
}

/** Forgets what was remembered of the line before. */
export function forget(): void {
  for (let slot: u32 = 0; slot < <u32>Slot.count; slot += 1) store<f64>(Place.slots + (slot << 3), NaN);
}
