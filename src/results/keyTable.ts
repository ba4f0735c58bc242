/**
 * Keys as small numbers: every distinct key once, its UTF-8 in one buffer, found by an open-addressing hash. A million keys of
 * 16 bytes take 28 MB, a Map of strings four times that. Comparison is exact, never by hash alone.
 */
export class KeyTable {
  private bytes: Uint8Array;
  private used = 0;
  private ends: Uint32Array;
  private hashes: Uint32Array;
  private count = 0;
  private slots: Int32Array;

  /** @param expected how many keys are likely; more are fine */
  constructor(expected = 1024) {
    const capacity = Math.max(16, expected);
    this.bytes = new Uint8Array(capacity * 16);
    this.ends = new Uint32Array(capacity);
    this.hashes = new Uint32Array(capacity);
    this.slots = new Int32Array(slotsFor(capacity)).fill(-1);
  }

  /** Makes room for so many keys at once, which saves growing step by step; room that is not used costs no memory. */
  reserve(keys: number): void {
    if (keys > this.ends.length) this.growKeys(keys);
    if (keys * 16 > this.bytes.length) this.growBytes(keys * 16);
    if (slotsFor(keys) > this.slots.length) this.growSlots(slotsFor(keys));
  }

  get size(): number {
    return this.count;
  }

  /** The number of the key `source[from, to)`, given one if it is new. `hash` must be the same function of it always. */
  intern(source: Uint8Array, from: number, to: number, hash: number): number {
    let slot = this.slotOf(source, from, to, hash);
    const known = this.slots[slot] ?? -1;
    if (known !== -1) return known;
    const id = this.count;
    if (id === this.ends.length) this.growKeys(id * 2);
    if (id >= this.slots.length * maxLoad) {
      this.growSlots(this.slots.length * 2);
      slot = this.slotOf(source, from, to, hash);
    }
    const length = to - from;
    if (this.used + length > this.bytes.length) {
      this.growBytes(Math.max(this.bytes.length * 2, this.used + length));
    }
    this.bytes.set(source.subarray(from, to), this.used);
    this.used += length;
    this.ends[id] = this.used;
    this.hashes[id] = hash;
    this.slots[slot] = id;
    this.count += 1;
    return id;
  }

  /** The number of a key, -1 when no line has it. */
  find(key: string): number {
    const bytes = Buffer.from(key);
    return this.slots[this.slotOf(bytes, 0, bytes.length, hashOf(bytes))] ?? -1;
  }

  text(id: number): string {
    return Buffer.from(this.bytes.buffer, this.startOf(id), this.byteLength(id)).toString('utf8');
  }

  byteLength(id: number): number {
    return (this.ends[id] ?? 0) - this.startOf(id);
  }

  /** The UTF-8 of a key; a view, valid until the next key is interned. */
  bytesOf(id: number): Uint8Array {
    return this.bytes.subarray(this.startOf(id), this.ends[id] ?? 0);
  }

  private startOf(id: number): number {
    return id === 0 ? 0 : (this.ends[id - 1] ?? 0);
  }

  private slotOf(source: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.slots[slot] ?? -1;
      if (id === -1 || (this.hashes[id] === hash && this.equals(id, source, from, to))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private equals(id: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.startOf(id);
    const length = to - from;
    if (this.byteLength(id) !== length) return false;
    for (let index = 0; index < length; index += 1) {
      if (this.bytes[start + index] !== source[from + index]) return false;
    }
    return true;
  }

  private growBytes(bytes: number): void {
    const larger = new Uint8Array(bytes);
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }

  private growKeys(capacity: number): void {
    const ends = new Uint32Array(capacity);
    ends.set(this.ends.subarray(0, this.count));
    this.ends = ends;
    const hashes = new Uint32Array(capacity);
    hashes.set(this.hashes.subarray(0, this.count));
    this.hashes = hashes;
  }

  private growSlots(length: number): void {
    const slots = new Int32Array(length).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id += 1) {
      let slot = (this.hashes[id] ?? 0) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

/** FNV-1a, the hash that the scanners give with every key. */
export function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** How full the slots get before there are twice as many. */
const maxLoad = 0.75;

/** Slots for so many keys: a power of two, because a hash is cut to its lowest bits. */
function slotsFor(keys: number): number {
  return 2 ** Math.ceil(Math.log2(keys / maxLoad + 1));
}
