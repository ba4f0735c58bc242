import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from 'esbuild';
import { outDirectory, root } from '../host/paths';
import { runCommand } from '../host/process';
import type { Step } from './step';

/** Lines of src, the webview aside, that some test must have run, in percent. */
const wantedLines = 90;

/** Files that hold nothing but types: there is no line to run in them. */
async function filesWithoutCode(): Promise<string[]> {
  const empty: string[] = [];
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    const { code } = await transform(await readFile(path.join(root, file), 'utf8'), {
      loader: 'ts',
      format: 'esm',
    });
    if (code.replace(/export \{\s*\};?/, '').trim() === '') empty.push(file);
  }
  return empty;
}

interface Summary {
  readonly total: { readonly lines: { readonly pct: number } };
}

/** Holds what all suites covered together to the mark. @param coverage folder with V8's coverage of all of them */
export function coverageStep(coverage: string): Step {
  const reports = path.join(outDirectory, 'coverage');
  return {
    name: 'coverage',
    async run() {
      const { code, output } = await runCommand('c8', [
        'report',
        ...['--temp-directory', coverage],
        ...['--reports-dir', reports],
        ...['--reporter', 'json-summary', '--reporter', 'lcovonly', '--reporter', 'text'],
        ...['--include', 'src/**/*.ts', '--all', '--exclude-after-remap'],
        ...['src/webview/**', ...(await filesWithoutCode())].flatMap((file) => ['--exclude', file]),
      ]);
      if (code !== 0) return { passed: 0, failed: 1, details: output };
      const summary = JSON.parse(
        await readFile(path.join(reports, 'coverage-summary.json'), 'utf8'),
      ) as Summary;
      const lines = summary.total.lines.pct;
      const remark = `${lines} % of the lines of src (webview aside); ${wantedLines} % are asked for.`;
      return lines >= wantedLines
        ? { passed: 1, failed: 0, remark }
        : { passed: 0, failed: 1, remark, details: output };
    },
  };
}
