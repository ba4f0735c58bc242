import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A document from so many UTF-16 units on leaves behind what is worth a pause. */
const large = 8 << 20;

/** Also gives pages that are nearly empty back to the system. */
const thorough = { type: 'major', execution: 'sync', flavor: 'last-resort' } as const;

let collectGarbage: ((how: typeof thorough) => void) | undefined;

/**
 * Lets go of what opening a document of that length has left behind: it came in pieces, as one message, and parsed, and V8 would
 * keep it all until it needs the room. Takes some 100 ms for 50 MB, so it is for when such a document has been checked.
 */
export function letGoAfter(length: number): void {
  if (length < large) return;
  collectGarbage ??= exposedCollector();
  collectGarbage(thorough);
}

/** Nobody can say with which flags we are started; one that is set now holds for contexts that are made from now on. */
function exposedCollector(): (how: typeof thorough) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (how: typeof thorough) => void;
}
