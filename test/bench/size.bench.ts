import { loadedWith } from '../support/loadedWith';
import { packedBundle } from '../support/packedBundle';
import type { BenchRow } from './contract';

export const name = 'size of what is shipped';

const kilobyte = 1024;

/** Adds up what the bundles come to. */
export async function run(): Promise<readonly BenchRow[]> {
  const extension = await packedBundle('extension');
  const [start, jobs, language, results] = [
    'extension',
    'commands/application',
    'language/startLanguage',
    'views/results/register',
  ].map((entry) => total(loadedWith(`dist/${entry}.js`, extension)));
  const server = await packedBundle('server');
  return [
    row('what VS Code waits for', start, 60),
    row('jobs and commands', jobs, 1024),
    row('language client', language, 1024),
    row('results editor, host side', results, 1024),
    row('extension, all files', total(Object.values(extension.outputs)), 1024),
    row('language server', total(Object.values(server.outputs)), 700),
  ];
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
