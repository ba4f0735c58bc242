/** What the readers of one line share. A namespace, since imported variables cannot be written to. */
export namespace state {
  /** How many objects and lists are open. */
  export let depth: u32 = 0;
  /** Input tokens so far. */
  export let tokens: f64 = 0;
  /** The last number, flag or enum value. */
  export let captured: f64 = 0;
  /** Behind the last name that was found. */
  export let nameEnd: u32 = 0;
  /** Number of the bit of the last name that was found. */
  export let nameBit: u32 = 0;
  /** Characters of the last base64, and what kind of media it is. */
  export let dataLength: u32 = 0;
  export let mediaKind: u32 = 0;
  /** The hash of the line's key. */
  export let keyHash: f64 = NaN;
  /** Hints that may be passed over. */
  export let tolerated: u32 = 0;
  /** Hash of the last free name. */
  export let freeHash: u64 = 0;
  /** Hashes of the names of open free objects: where they are kept, and where the next one goes. */
  export let namesBase: u32 = 0;
  export let namesTop: u32 = 0;
  /** Whether a sketch is made, and how many holes it has. */
  export let sketching: bool = false;
  export let holes: u32 = 0;
}
