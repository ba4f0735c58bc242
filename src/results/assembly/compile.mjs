// Compiles scan.ts to WebAssembly and writes it into ../scanWasm.ts: npm run scan. With --print it only says what it would
// write, for the test that holds the two together.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const source = fileURLToPath(new URL('./scan.ts', import.meta.url));
const files = new Map();
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];
const { error, stderr } = await asc.main([source, ...options, '--outFile', 'scan.wasm'], {
  writeFile: (name, contents) => files.set(name, contents),
});
if (error) throw new Error(stderr.toString() || error.message);
const base64 = Buffer.from(files.get('scan.wasm')).toString('base64');
if (process.argv.includes('--print')) {
  console.log(base64);
} else {
  const header = '/** assembly/scan.ts, compiled by assembly/compile.mjs. Not written by hand. */\n';
  const target = new URL('../scanWasm.ts', import.meta.url);
  writeFileSync(target, `${header}export const scanWasm =\n  '${base64}';\n`);
}
