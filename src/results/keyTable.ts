import { giveBack } from './memory';
import { OffsetColumn } from './packedColumn';

/**
 * Keys as small numbers: every distinct key once, its UTF-8 in pieces of memory that never move, found by an open-addressing hash.
 * A million keys of 16 bytes take 26 MB, a Map of strings five times that. Comparison is exact, never by hash alone.
 */
export class KeyTable {
  private readonly bytes = new ByteStore();
  private readonly places = new OffsetColumn();
  /**
   * 0: empty. Else the key's number and one in the low bits, as many as there are slots; the high bits are those of the hash that
   * the slot's place does not tell, so that another key is mostly recognised without looking at its bytes.
   */
  private slots = new Uint32Array(0);

  /** Makes room for so many keys at once, which saves growing step by step. */
  reserve(keys: number): void {
    if (slotsFor(keys) > this.slots.length) this.growSlots(slotsFor(keys));
  }

  get size(): number {
    return this.places.length;
  }

  /** The number of the key `source[from, to)`, given one if it is new. `hash` must be {@link hashOf} it. */
  intern(source: Uint8Array, from: number, to: number, hash: number): number {
    if (this.slots.length === 0) this.growSlots(this.neededSlots);
    const known = this.lookUp(source, from, to, hash);
    if (known !== -1) return known;
    const id = this.size;
    if (id >= this.slots.length * maxLoad) this.growSlots(this.slots.length * 2);
    this.places.push(this.bytes.append(source, from, to), to - from);
    occupy(this.slots, id, hash);
    return id;
  }

  /** All keys are in: gives back a third of the memory. {@link find} then takes some milliseconds; {@link intern} makes up for it. */
  settle(): void {
    giveBack(this.slots);
    this.slots = new Uint32Array(0);
  }

  /**
   * Makes {@link find} fast again, until {@link settle}; no key may be added meanwhile.
   * @param pause a turn of the event loop; called every few milliseconds. What it rejects with goes on to the caller.
   */
  async prepare(pause: () => Promise<void>): Promise<void> {
    if (this.slots.length > 0) return;
    const slots = new Uint32Array(this.neededSlots);
    for (let id = 0; id < this.size; id += 1) {
      if (id % keysAtOnce === 0) await pause();
      occupy(slots, id, hashOf(this.bytesOf(id)));
    }
    // Not before it is whole: who looks for a key meanwhile must find it.
    this.slots = slots;
  }

  private get neededSlots(): number {
    return slotsFor(Math.max(this.size, fewKeys));
  }

  /** The number of a key, -1 when no line has it. */
  find(key: string): number {
    const bytes = Buffer.from(key);
    if (this.slots.length > 0) return this.lookUp(bytes, 0, bytes.length, hashOf(bytes));
    let start = 0;
    for (let id = 0; id < this.size; id += 1) {
      const length = this.places.lengthOf(id);
      if (length === bytes.length && this.bytes.equals(start, bytes, 0, length)) return id;
      start += length;
    }
    return -1;
  }

  text(id: number): string {
    const bytes = this.bytesOf(id);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  private bytesOf(id: number): Uint8Array {
    return this.bytes.read(this.places.startOf(id), this.places.lengthOf(id));
  }

  private lookUp(source: Uint8Array, from: number, to: number, hash: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    const tag = (hash & ~mask) >>> 0;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const taken = slots[slot] ?? 0;
      if (taken === 0) return -1;
      if ((taken & ~mask) >>> 0 !== tag) continue;
      const id = (taken & mask) - 1;
      if (this.places.lengthOf(id) !== to - from) continue;
      if (this.bytes.equals(this.places.startOf(id), source, from, to)) return id;
    }
  }

  private growSlots(length: number): void {
    giveBack(this.slots);
    this.slots = new Uint32Array(length);
    for (let id = 0; id < this.size; id += 1) occupy(this.slots, id, hashOf(this.bytesOf(id)));
  }
}

function occupy(slots: Uint32Array, id: number, hash: number): void {
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = ((hash & ~mask) | (id + 1)) >>> 0;
}

/** FNV-1a, the hash that the scanners give with every key. */
export function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

const fewKeys = 1000;
/** Keys that are put in their slots without a pause. */
const keysAtOnce = 50_000;
/** How full the slots get before there are twice as many. */
const maxLoad = 0.75;

/** Slots for so many keys: a power of two, because a hash is cut to its lowest bits. */
function slotsFor(keys: number): number {
  return 2 ** Math.ceil(Math.log2(keys / maxLoad + 1));
}

const pieceBits = 18;
const pieceBytes = 1 << pieceBits;
const pieceMask = pieceBytes - 1;

/** Bytes one behind another, in pieces that are never copied. */
class ByteStore {
  private readonly pieces: Uint8Array[] = [];
  private used = 0;

  /** Returns where they begin. */
  append(source: Uint8Array, from: number, to: number): number {
    const start = this.used;
    let piece = this.pieces.at(-1);
    // Keys are short: byte by byte is sooner done than a view of each, and leaves nothing to collect.
    for (let index = from; index < to; index += 1) {
      const at = this.used & pieceMask;
      if (at === 0 || piece === undefined) {
        piece = new Uint8Array(pieceBytes);
        this.pieces.push(piece);
      }
      piece[at] = source[index] ?? 0;
      this.used += 1;
    }
    return start;
  }

  read(start: number, length: number): Uint8Array {
    const at = start & pieceMask;
    const piece = this.pieces[Math.floor(start / pieceBytes)];
    if (piece !== undefined && at + length <= pieceBytes) return piece.subarray(at, at + length);
    return Uint8Array.from({ length }, (_, index) => this.byteAt(start + index));
  }

  equals(start: number, source: Uint8Array, from: number, to: number): boolean {
    // From the end: keys that differ mostly do so in the number they end with.
    for (let at = to - 1; at >= from; at -= 1) {
      if (this.byteAt(start + at - from) !== source[at]) return false;
    }
    return true;
  }

  private byteAt(place: number): number {
    return this.pieces[Math.floor(place / pieceBytes)]?.[place & pieceMask] ?? 0;
  }
}
