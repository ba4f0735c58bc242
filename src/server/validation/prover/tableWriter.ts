/** Memory that is filled from an address on. Addresses are those of the prover's memory. */
export class TableWriter {
  private view = new DataView(new ArrayBuffer(1 << 18));
  private length = 0;

  constructor(private readonly base: number) {}

  /** What was taken so far. */
  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.length);
  }

  /** Room for so many bytes, all zero, aligned to eight; returns its address. */
  take(bytes: number): number {
    const start = (this.length + 7) & ~7;
    this.length = start + bytes;
    while (this.length > this.view.byteLength) {
      const grown = new ArrayBuffer(this.view.byteLength * 2);
      new Uint8Array(grown).set(new Uint8Array(this.view.buffer));
      this.view = new DataView(grown);
    }
    return this.base + start;
  }

  /** The word at an address. */
  at(address: number): number {
    return this.view.getUint32(address - this.base, true);
  }

  u32(address: number, value: number): void {
    this.view.setUint32(address - this.base, value, true);
  }

  u64(address: number, value: bigint): void {
    this.view.setBigUint64(address - this.base, value, true);
  }

  f64(address: number, value: number): void {
    this.view.setFloat64(address - this.base, value, true);
  }

  text(address: number, text: Uint8Array): void {
    new Uint8Array(this.view.buffer).set(text, address - this.base);
  }
}
