import assert from 'node:assert/strict';
import * as esbuild from 'esbuild';
import { bundles } from '../../../esbuild.js';

describe('what VS Code waits for at activation', function () {
  this.timeout(60_000);

  it('is small, and holds no package', async () => {
    const { metafile } = await esbuild.build({
      ...(bundles.extension as esbuild.BuildOptions),
      minify: true,
      sourcemap: false,
      write: false,
      metafile: true,
    });
    const output = metafile.outputs['dist/extension.js'];
    assert.ok(output);
    const packages = Object.entries(output.inputs)
      .filter(([path, { bytesInOutput }]) => path.includes('node_modules') && bytesInOutput > 0)
      .map(([path]) => path);
    assert.deepEqual(packages, [], 'Import these in what is loaded later (loadedLater in esbuild.js).');
    assert.ok(output.bytes < 60_000, `extension.js has ${output.bytes} bytes.`);
  });
});
