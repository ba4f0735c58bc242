import { proverWasm } from './proverWasm';

let compiled: WebAssembly.Module | undefined;

/** The compiled prover; compiled when it is first asked for. */
export function proverModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(proverWasm, 'base64'));
  return compiled;
}
