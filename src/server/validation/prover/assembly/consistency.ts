import { Hint, MessageAt, MessageFlag, Place, Slot } from '../layout';
import { state } from './state';
import { addBlob } from './tokens';

/** Below these, thinking is likely to leave no room for an answer (dialects/meaning.ts). */
const ROOM_BY_DEFAULT: f64 = 512;
const ROOM_FOR_THINKING: f64 = 4096;

/** What a message must have, must not have together, and what only the checker can judge. @param set the fields it has */
export function isConsistent(table: u32, set: u64): bool {
  const required = load<u64>(table, MessageAt.required);
  if ((set & required) != required) return false;
  if ((set & load<u64>(table, MessageAt.refused)) != 0) return false;
  if ((set & load<u64>(table, MessageAt.hinted)) != 0 && !isTolerated(Hint.rowModel)) return false;
  if ((set & load<u64>(table, MessageAt.needFlag)) != 0 && remembered(Slot.logprobsFlag) != 1) return false;
  const groups = load<u32>(table, MessageAt.groupCount);
  for (let group: u32 = 0; group < groups; group += 1) {
    if (popcnt<u64>(set & load<u64>(table + (group << 3), MessageAt.groups)) > 1) return false;
  }
  const flags = load<u32>(table, MessageAt.flags);
  if ((flags & MessageFlag.oneOfFirst) != 0 && (set & load<u64>(table, MessageAt.groups)) == 0) return false;
  if ((flags & MessageFlag.blob) != 0) addBlob();
  return (flags & MessageFlag.generation) == 0 || isSensible(table, set);
}

/** Whether the settings of a generationConfig fit together. */
function isSensible(table: u32, set: u64): bool {
  if ((set & load<u64>(table, MessageAt.schemas)) != 0) {
    // The first two of its values are those of JSON.
    if (!(remembered(Slot.responseType) <= 2)) return false;
    if ((set & load<u64>(table, MessageAt.jsonSchema)) != 0 && !isTolerated(Hint.jsonSchemaInBatch))
      return false;
  }
  if ((set & load<u64>(table, MessageAt.outputLimit)) != 0) {
    const thinks = (set & load<u64>(table, MessageAt.thinkingConfig)) != 0;
    if (!leavesRoom(remembered(Slot.outputLimit), thinks, load<u32>(table, MessageAt.minimalValue)))
      return false;
  }
  const image: u32 = 1 << load<u32>(table, MessageAt.imageValue);
  const asked = (set & load<u64>(table, MessageAt.modalities)) != 0 ? <u32>remembered(Slot.modalities) : 0;
  const strange =
    asked == image || ((set & load<u64>(table, MessageAt.imageConfig)) != 0 && (asked & image) == 0);
  return !strange || isTolerated(Hint.imageModality);
}

function leavesRoom(limit: f64, thinks: bool, minimal: u32): bool {
  if (!thinks) return limit >= ROOM_BY_DEFAULT || isTolerated(Hint.thinkingDefault);
  const budget = remembered(Slot.thinkingBudget);
  if (budget == 0 || remembered(Slot.thinkingLevel) == <f64>minimal) return true;
  return budget > 0 ? limit > budget : limit >= ROOM_FOR_THINKING;
}

/** NaN when there is none. */
function remembered(slot: u32): f64 {
  return load<f64>(Place.slots + (slot << 3));
}

function isTolerated(hint: u32): bool {
  return (state.tolerated & hint) != 0;
}
