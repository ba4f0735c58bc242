import assert from 'node:assert/strict';
import type * as esbuild from 'esbuild';
import { loadedWith } from '../../support/loadedWith';
import { packedBundle } from '../../support/packedBundle';

describe('the packed bundles', function () {
  this.timeout(60_000);

  for (const [name, limit] of [
    ['extension', 1024],
    ['server', 700],
  ] as const) {
    it(`of the ${name} have at most ${limit} KB`, async () => {
      const { outputs } = await packedBundle(name);
      const bytes = Object.values(outputs).reduce((sum, file) => sum + file.bytes, 0);
      assert.ok(bytes <= limit * 1024, `${bytes} bytes`);
    });
  }
});

describe('what VS Code waits for at activation', function () {
  this.timeout(60_000);

  it('is small, and holds no package', async () => {
    const files = loadedWith('dist/extension.js', await packedBundle('extension'));
    const packages = files
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([path, { bytesInOutput }]) => path.includes('node_modules') && bytesInOutput > 0)
      .map(([path]) => path);
    assert.deepEqual(packages, [], 'Import these in what is loaded later, by import() in extension.ts.');
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    assert.ok(bytes < 60_000, `What is loaded with extension.js has ${bytes} bytes.`);
  });

  it('is told from what is loaded later', () => {
    const output = (imports: string[], dynamic: string[] = []): esbuild.Metafile['outputs'][string] => ({
      bytes: 1,
      inputs: {},
      exports: [],
      imports: [
        ...imports.map((path) => ({ path, kind: 'import-statement' as const })),
        ...dynamic.map((path) => ({ path, kind: 'dynamic-import' as const })),
        { path: 'vscode', kind: 'import-statement', external: true },
      ],
    });
    const first = output(['a'], ['later']);
    const a = output(['b']);
    const b = output(['a']);
    const outputs = { first, a, b, later: output(['zod']), zod: output([]) };
    assert.deepEqual(loadedWith('first', { inputs: {}, outputs }), [first, a, b]);
    assert.throws(() => loadedWith('none', { inputs: {}, outputs }), /none/);
  });
});
