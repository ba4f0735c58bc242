// Compiles assembly/ to WebAssembly and writes it into proverWasm.ts: npm run prover. With --print it
// only says what it would write, for the test that holds the two together.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** The module's bytes. */
async function compileProver() {
  const source = fileURLToPath(new URL('./assembly/index.ts', import.meta.url));
  const files = new Map();
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '1'];
  const { error, stderr } = await asc.main([source, ...options, '--outFile', 'prover.wasm'], {
    writeFile: (name, contents) => files.set(name, contents),
  });
  if (error) throw new Error(stderr.toString() || error.message);
  return files.get('prover.wasm');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const base64 = Buffer.from(await compileProver()).toString('base64');
  if (process.argv.includes('--print')) {
    console.log(base64);
  } else {
    const header = '/** assembly/, compiled by compile.mjs. Not written by hand. */\n';
    const target = new URL('./proverWasm.ts', import.meta.url);
    writeFileSync(target, `${header}export const proverWasm =\n  '${base64}';\n`);
  }
}
