/**
 * One function in WebAssembly: `closingQuote(at, end)` finds the quote that ends a JSON string, 16 bytes at a time. Strings are most
 * of a results file, and this is what makes a gigabyte of them a matter of a second.
 *
 * Written out by hand, because it is 20 instructions; the property tests hold it to the JavaScript that it replaces.
 */
// prettier-ignore
const program = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version
  0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f, // type 0: (i32 at, i32 end) -> i32
  0x02, 0x08, 0x01, 0x01, 0x6d, 0x01, 0x6d, 0x02, 0x00, 0x01, // import "m" "m": memory
  0x03, 0x02, 0x01, 0x00, // function 0 is of type 0
  0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00, // export it as "f"
  0x0a, 0x69, 0x01, 0x67, // code: one body of 103 bytes
  0x02, 0x01, 0x7b, 0x01, 0x7f, // locals: v128 bytes, i32 hits
  0x03, 0x40, // loop
  0x20, 0x00, 0x20, 0x01, 0x4f, 0x04, 0x40, 0x41, 0x7f, 0x0f, 0x0b, //   if at >= end: return -1
  0x20, 0x00, 0xfd, 0x00, 0x00, 0x00, 0x22, 0x02, //   bytes = load 16 at `at`
  0x41, 0x22, 0xfd, 0x0f, 0xfd, 0x23, //   equal to quotes
  0x20, 0x02, 0x41, 0xdc, 0x00, 0xfd, 0x0f, 0xfd, 0x23, //   or to backslashes
  0xfd, 0x50, 0xfd, 0x64, 0x22, 0x03, //   hits = a bit for each that is
  0x45, 0x04, 0x40, 0x20, 0x00, 0x41, 0x10, 0x6a, 0x21, 0x00, 0x0c, 0x01, 0x0b, //   none: at += 16, again
  0x20, 0x00, 0x20, 0x03, 0x68, 0x6a, 0x22, 0x00, //   at += place of the first
  0x20, 0x01, 0x4f, 0x04, 0x40, 0x41, 0x7f, 0x0f, 0x0b, //   if at >= end: return -1
  0x20, 0x00, 0x2d, 0x00, 0x00, 0x41, 0x22, 0x46, 0x04, 0x40, 0x20, 0x00, 0x0f, 0x0b, //   a quote: return at
  0x20, 0x00, 0x41, 0x02, 0x6a, 0x21, 0x00, 0x0c, 0x00, //   a backslash: at += 2, again
  0x0b, 0x00, 0x0b, // end; never reached; end
]);

const pageBytes = 1 << 16;

/** The part of the WebAssembly interface that is used; Node's types know it only together with a browser's. */
interface LinearMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WasmApi {
  readonly Memory: new (descriptor: { readonly initial: number }) => LinearMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly m: { readonly m: LinearMemory } },
  ) => { readonly exports: { readonly f: ScanMemory['closingQuote'] } };
}

/** A buffer that WebAssembly can look at. `buffer` is another one after it has grown, with the same content. */
export interface ScanMemory {
  readonly buffer: Buffer;
  /** Index of the quote that ends the string which `at` is in, -1 when it does not end before `end`. */
  readonly closingQuote: (at: number, end: number) => number;
  /** At least doubles the buffer. */
  grow(): void;
}

/** Memory of at least so many bytes; undefined where this process may not run WebAssembly. */
export function scanMemory(bytes: number): ScanMemory | undefined {
  try {
    return new WasmMemory(bytes);
  } catch {
    return undefined;
  }
}

class WasmMemory implements ScanMemory {
  private readonly memory: LinearMemory;
  buffer: Buffer;
  readonly closingQuote: (at: number, end: number) => number;

  constructor(bytes: number) {
    const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmApi })
      .WebAssembly;
    // A page more than asked for: the last 16 bytes that are looked at may reach beyond the end.
    this.memory = new Memory({ initial: Math.ceil(bytes / pageBytes) + 1 });
    this.buffer = this.view();
    this.closingQuote = new Instance(new Module(program), { m: { m: this.memory } }).exports.f;
  }

  private view(): Buffer {
    return Buffer.from(this.memory.buffer, 0, this.memory.buffer.byteLength - pageBytes);
  }

  grow(): void {
    this.memory.grow(this.memory.buffer.byteLength / pageBytes);
    this.buffer = this.view();
  }
}
