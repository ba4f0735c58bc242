import { MessageAt, MessageFlag } from '../layout';
import { blanks } from './characters';
import { hashBytes } from './hash';
import { plainEnd } from './keys';
import { state } from './state';

/**
 * Whether the fields of a schema go together (dialects/schemaFaults.ts).
 * @param set the fields it has
 * @param type the number of its type, 0 for none
 * @param required where the list of required properties is, 0 for nowhere
 * @param ordered the same of those that are put in order
 * @param names where the names of its properties begin among those that are known
 */
export function isCoherent(table: u32, set: u64, type: f64, required: u32, ordered: u32, names: u32): bool {
  // Alternatives say for themselves what they are of.
  if ((set & load<u64>(table, MessageAt.anyOf)) != 0) return true;
  if (type == numberAt(table + MessageAt.arrayValue) && (set & load<u64>(table, MessageAt.items)) == 0)
    return false;
  if ((set & load<u64>(table, MessageAt.enumValues)) != 0 && type != numberAt(table + MessageAt.stringValue))
    return false;
  if (
    type == numberAt(table + MessageAt.objectValue) &&
    state.namesTop == names &&
    (load<u32>(table, MessageAt.flags) & MessageFlag.answer) != 0
  )
    return false;
  return areNames(required, names) && areNames(ordered, names);
}

function numberAt(at: u32): f64 {
  return <f64>load<u32>(at);
}

/** Whether each text of the list at `at`, which has been read before, is among the names from `first` on. */
function areNames(at: u32, first: u32): bool {
  if (at == 0) return true;
  let p = blanks(at + 1);
  if (load<u8>(p) == 0x5d) return true;
  // Names are mostly listed in the order of their properties.
  let likely = first;
  while (true) {
    const end = plainEnd(p + 1);
    if (end == 0) return false;
    const hash = hashBytes(p + 1, end - p - 1, 0);
    if (likely >= state.namesTop || load<u64>(likely) != hash) likely = placeOf(hash, first);
    if (likely == 0) return false;
    likely += 8;
    p = blanks(end + 1);
    if (load<u8>(p) == 0x5d) return true;
    p = blanks(p + 1);
  }
}

/** Where the name with that hash is, from `first` on; 0 when it is not there. */
function placeOf(hash: u64, first: u32): u32 {
  for (let known = first; known < state.namesTop; known += 8) {
    if (load<u64>(known) == hash) return known;
  }
  return 0;
}
