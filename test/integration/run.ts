/**
 * Bundles test/integration/*.test.ts, runs them in the extension host of a real VS Code and brings their results here.
 *   npm run integration              all of them
 *   npm run integration -- commands  files whose name contains "commands"
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { globSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { chooseHost } from '../host/choose';
import type { Host } from '../host/host';
import { outDirectory, root } from '../host/paths';
import { runCommand } from '../host/process';
import { copyFolder } from '../host/workspace';
import type { TestRecord } from '../support/testRecords';

export interface IntegrationResult {
  readonly passed: number;
  readonly failed: number;
  /** Failed tests in full, and the host's log where the run did not come to its end. */
  readonly failures: string;
}

export interface IntegrationOptions {
  readonly only?: readonly string[];
  /** Folder for coverage of the extension, in V8's format. */
  readonly coverage?: string;
  /** Called for each test as it ends. */
  readonly onRecord?: (record: TestRecord) => void;
}

const bundles = path.join(outDirectory, 'integration');

export async function runIntegration(
  host: Host,
  options: IntegrationOptions = {},
): Promise<IntegrationResult> {
  await bundle();
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'batchwright-integration-'));
  const workspace = await copyFolder(path.join(root, 'examples'));
  const orders = {
    records: path.join(scratch, 'records.jsonl'),
    coverage: options.coverage ?? path.join(scratch, 'coverage'),
    only: options.only ?? [],
  };
  try {
    const { runs } = await host.runTests({
      module: path.join(bundles, 'main.js'),
      folder: workspace.folder,
      beside: [path.join(root, 'test/fixtures/dataWrangler')],
      env: { BATCHWRIGHT_TEST_ORDERS: JSON.stringify(orders) },
      timeout: 10 * 60_000,
    });
    const records = await readRecords(orders.records);
    for (const record of records) options.onRecord?.(record);
    return summarize(records, runs);
  } catch (error) {
    const seen = (await readRecords(orders.records))
      .map(({ state, title }) => `${state}: ${title}`)
      .join('\n');
    throw new Error(`The integration tests did not come to their end. So far:\n${seen}`, { cause: error });
  } finally {
    await workspace.remove();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** One bundle a test file, since mocha registers tests file by file; mocha itself and vscode stay outside. */
async function bundle(): Promise<void> {
  const tests = globSync('test/integration/**/*.test.ts', { cwd: root });
  if (tests.length === 0) throw new Error('There are no integration tests.');
  await rm(bundles, { recursive: true, force: true });
  await mkdir(bundles, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/integration/main.ts', ...tests],
    outdir: bundles,
    outbase: 'test/integration',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
}

async function readRecords(file: string): Promise<TestRecord[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TestRecord);
}

function summarize(
  records: readonly TestRecord[],
  runs: Awaited<ReturnType<Host['runTests']>>['runs'],
): IntegrationResult {
  const failed = records.filter(({ state }) => state === 'failed');
  const failures = failed.map(({ title, error }) => `${title}\n${error ?? ''}\n`);
  const ended = records.filter(({ state }) => state === 'ended').length;
  // A host that broke before or after the tests is a failure of its own, never silence.
  const broken = runs.filter(({ code }) => code !== 0);
  for (const { version, code, log } of broken) {
    failures.push(`VS Code ${version} ended with code ${code}:\n${log.slice(-8_000)}\n`);
  }
  if (ended < runs.length) {
    failures.push(`${runs.length - ended} of ${runs.length} runs did not come to their end.\n`);
  }
  return {
    passed: records.filter(({ state }) => state === 'passed').length,
    failed: failures.length,
    failures: failures.join('\n'),
  };
}

async function main(): Promise<void> {
  const built = await runCommand('node', ['esbuild.js'], { echo: true });
  if (built.code !== 0) throw new Error('The extension could not be built.');
  const result = await runIntegration(await chooseHost(), {
    only: process.argv.slice(2),
    onRecord: ({ state, title, milliseconds }) => {
      if (state !== 'ended')
        console.log(`${state === 'passed' ? '  ✔' : '  ✖'} ${title} (${milliseconds} ms)`);
    },
  });
  console.log(result.failures);
  console.log(`${result.passed} passed, ${result.failed} failed`);
  if (result.failed > 0) process.exitCode = 1;
}

if (process.argv[1] === __filename) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
