import { scanWasm } from './scanWasm';

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
    imports: { readonly env: { readonly memory: LinearMemory } },
  ) => { readonly exports: Pick<ScanMemory, 'stringEnd' | 'nestedEnd'> };
}

/**
 * A buffer that WebAssembly can look at, 16 bytes at a time: strings are most of a results file, and this is what makes a gigabyte
 * of them a matter of a second. `buffer` is another one after it has grown, with the same content.
 */
export interface ScanMemory {
  readonly buffer: Buffer;
  /** Index of the quote that ends the string which `at` is in; -1 when it does not end before `end` or is no string of JSON. */
  readonly stringEnd: (at: number, end: number) => number;
  /** Index behind the object or array at `at`; -1 when it does not end before `end`, is no JSON or deeper than 64. */
  readonly nestedEnd: (at: number, end: number) => number;
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
  readonly stringEnd: ScanMemory['stringEnd'];
  readonly nestedEnd: ScanMemory['nestedEnd'];

  constructor(bytes: number) {
    const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmApi })
      .WebAssembly;
    // A page more than asked for: the last 16 bytes that are looked at may reach beyond the end.
    this.memory = new Memory({ initial: Math.ceil(bytes / pageBytes) + 1 });
    this.buffer = this.view();
    const module = new Module(Buffer.from(scanWasm, 'base64'));
    const { stringEnd, nestedEnd } = new Instance(module, { env: { memory: this.memory } }).exports;
    this.stringEnd = stringEnd;
    this.nestedEnd = nestedEnd;
  }

  private view(): Buffer {
    return Buffer.from(this.memory.buffer, 0, this.memory.buffer.byteLength - pageBytes);
  }

  grow(): void {
    this.memory.grow(this.memory.buffer.byteLength / pageBytes);
    this.buffer = this.view();
  }
}
