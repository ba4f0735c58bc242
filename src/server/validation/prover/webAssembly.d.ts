/** The little of WebAssembly that is used here; its types otherwise come with the DOM's, which this process has not. */
declare namespace WebAssembly {
  interface Module {
    /** Only there to tell it from other objects. */
    readonly [Symbol.toStringTag]: 'WebAssembly.Module';
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module) => Instance;
}
