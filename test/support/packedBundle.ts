import * as esbuild from 'esbuild';
import { bundles } from '../../esbuild.js';

/** Bundles in memory as `npm run package` does. */
export async function packedBundle(name: keyof typeof bundles): Promise<esbuild.Metafile> {
  const { metafile } = await esbuild.build({
    ...(bundles[name] as esbuild.BuildOptions),
    minify: true,
    sourcemap: false,
    write: false,
    metafile: true,
  });
  return metafile;
}
