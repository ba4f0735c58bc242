import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from '../host/paths';
import { runCommand } from '../host/process';
import type { Step } from './step';

/** What mocha's JSON reporter writes, as far as it is used. */
interface MochaReport {
  readonly stats: { readonly passes: number; readonly failures: number; readonly pending: number };
  readonly failures: readonly {
    readonly fullTitle: string;
    readonly file?: string;
    readonly err: { readonly message?: string; readonly stack?: string };
  }[];
}

/** A mocha suite in a process of its own. @param coverage folder for V8's coverage of it and of every process it starts */
export function mochaStep(name: string, pattern: string, coverage: string): Step {
  return {
    name,
    async run() {
      if (globSync(pattern, { cwd: root }).length === 0) throw new Error(`No file matches ${pattern}.`);
      const folder = await mkdtemp(path.join(os.tmpdir(), 'batchwright-mocha-'));
      const file = path.join(folder, 'report.json');
      try {
        const { code, output } = await runCommand(
          'mocha',
          ['--reporter', 'json', '--reporter-option', `output=${file}`, pattern],
          { env: { ...process.env, NODE_V8_COVERAGE: coverage } },
        );
        const text = await readFile(file, 'utf8').catch(() => undefined);
        if (text === undefined) return { passed: 0, failed: 1, details: `mocha wrote no report.\n${output}` };
        return read(JSON.parse(text) as MochaReport, code, output);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function read({ stats, failures }: MochaReport, code: number, output: string) {
  const details = failures.map(
    ({ fullTitle, file, err }) => `${fullTitle}\n  ${file ?? ''}\n  ${err.stack ?? err.message ?? ''}\n`,
  );
  // A test that was left out is not a test that passed.
  if (stats.pending > 0) details.push(`${stats.pending} tests were skipped; none may be.\n`);
  if (stats.passes + stats.failures === 0) details.push('No test ran.\n');
  // A process that fails although its tests passed broke on its way out.
  if (code !== 0 && details.length === 0) details.push(`mocha ended with code ${code}.\n${output}`);
  return { passed: stats.passes, failed: details.length, details: details.join('\n') };
}
