import { Limit, Place, ShapeFlag } from '../layout';
import { blanks } from './characters';
import { json } from './freeJson';
import { asNumber, hashBytes } from './hash';
import { key } from './keys';
import { state } from './state';
import { text } from './strings';

// A sketch of a line is what is left of it without its key and its texts. Lines with one sketch have the same faults, since the
// checker never looks into a text beyond whether it is empty. So the faults of one tell those of all. Where a line is no sound JSON,
// only what stands before that place is left out.

let keySeen: bool = false;

/** Whether the last line is an object of sound JSON, no deeper than may be, without a name twice and with a plain key at most. */
export let isSound: bool = false;

/** A number for the sketch of the line from `at` to `end`. Its tokens are those of the texts that were left out. */
export function sketchOf(at: u32, end: u32): f64 {
  state.sketching = true;
  state.holes = 0;
  keySeen = false;
  const line = blanks(at);
  const p = load<u8>(line) == 0x7b ? json(line) : 0;
  state.sketching = false;
  isSound = p != 0 && blanks(p) == end;
  let hash: u64 = isSound ? 1 : 0;
  let from = at;
  for (let hole: u32 = 0; hole < state.holes; hole += 1) {
    const place = Place.holes + (hole << 3);
    hash = hashBytes(from, load<u32>(place) - from, hash);
    from = load<u32>(place, 4);
  }
  return asNumber(hashBytes(from, end - from, hash));
}

/** The value of a property in a sketch: a hole where it is the line's key or a text. @param name where the name begins */
export function hollow(name: u32, at: u32): u32 {
  let p: u32;
  if (state.depth == 1 && isKeyName(name)) {
    // With two keys, or one that is special, the line is the checker's.
    if (keySeen) return 0;
    keySeen = true;
    p = key(at);
  } else if (load<u8>(at) == 0x22 && load<u8>(at, 1) != 0x22 && isTextName(name)) {
    p = text(at, ShapeFlag.counted);
  } else {
    return json(at);
  }
  if (p == 0 || state.holes == Limit.holes) return 0;
  const place = Place.holes + (state.holes << 3);
  store<u32>(place, at + 1);
  store<u32>(place, p - 1, 4);
  state.holes += 1;
  return p;
}

function isKeyName(at: u32): bool {
  // "key", "custom_id"
  if (load<u32>(at) == 0x79656b22) return load<u8>(at, 4) == 0x22;
  return load<u64>(at) == 0x5f6d6f7473756322 && load<u16>(at, 8) == 0x6469 && load<u8>(at, 10) == 0x22;
}

function isTextName(at: u32): bool {
  // "text", "content"
  if (load<u32>(at, 1) == 0x74786574) return load<u8>(at, 5) == 0x22;
  return load<u64>(at) == 0x746e65746e6f6322 && load<u8>(at, 8) == 0x22;
}
