import * as esbuild from 'esbuild';
import { bundles } from '../../esbuild.js';
import { loadedWith } from '../support/loadedWith';
import type { BenchRow } from './contract';

export const name = 'size of what is shipped';

const kilobyte = 1024;

/** Bundles in memory as `npm run package` does, and adds up what comes out. */
export async function run(): Promise<readonly BenchRow[]> {
  const extension = await minified('extension');
  const [start, jobs, language, results] = [
    'extension',
    'commands/application',
    'language/startLanguage',
    'views/results/register',
  ].map((entry) => total(loadedWith(`dist/${entry}.js`, extension)));
  const server = await minified('server');
  return [
    row('what VS Code waits for', start, 60),
    row('jobs and commands', jobs, 1024),
    row('language client', language, 1024),
    row('results editor, host side', results, 1024),
    row('extension, all files', total(Object.values(extension.outputs)), 1024),
    row('language server', total(Object.values(server.outputs)), 700),
  ];
}

async function minified(bundle: keyof typeof bundles): Promise<esbuild.Metafile> {
  const { metafile } = await esbuild.build({
    ...(bundles[bundle] as esbuild.BuildOptions),
    minify: true,
    sourcemap: false,
    write: false,
    metafile: true,
  });
  return metafile;
}

function total(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0) / kilobyte;
}

function row(what: string, size = NaN, limit: number): BenchRow {
  return {
    name: `${what}, minified`,
    ours: Math.round(size),
    peer: limit,
    peerName: 'limit',
    unit: 'KB',
    ratio: limit / size,
    goal: `<= ${limit} KB`,
    holds: size <= limit,
  };
}
