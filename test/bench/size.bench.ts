import * as esbuild from 'esbuild';
import { bundles } from '../../esbuild.js';
import type { BenchRow } from './contract';

export const name = 'size of what is shipped';

const kilobyte = 1024;
/** Bundle -> most kilobytes, minified. All files of a bundle count, also those loaded later. */
const limits = { extension: 1024, server: 700 } as const;

/** Bundles in memory as `npm run package` does, and adds up what comes out. */
export async function run(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [bundle, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
    const { outputFiles } = await esbuild.build({
      ...(bundles[bundle] as esbuild.BuildOptions),
      minify: true,
      sourcemap: false,
      write: false,
    });
    const ours = outputFiles.reduce((sum, file) => sum + file.contents.length, 0) / kilobyte;
    rows.push({
      name: `${bundle} bundle, minified`,
      ours: Math.round(ours),
      peer: limit,
      peerName: 'limit',
      unit: 'KB',
      ratio: limit / ours,
      goal: `<= ${limit} KB`,
      holds: ours <= limit,
    });
  }
  return rows;
}
