/**
 * Everything that must hold, in one command: npm test. Ends with `N passed, N failed`; exit code 1 when anything failed or
 * could not be started.
 *   npm test -- unit audit   only the steps whose name contains one of the words
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { runE2e } from './e2e/run';
import { chooseHost } from './host/choose';
import type { Host } from './host/host';
import { outDirectory } from './host/paths';
import { runIntegration } from './integration/run';
import { auditStep } from './steps/auditStep';
import { commandStep } from './steps/commandStep';
import { coverageStep } from './steps/coverageStep';
import { mochaStep } from './steps/mochaStep';
import { runStep, summary, type Step, type StepReport } from './steps/step';

const coverage = path.join(outDirectory, 'coverage', 'tmp');
const print = (text: string) => console.log(text);

let chosen: Promise<Host> | undefined;
/** Finds or installs a VS Code once; every step that needs it hears the same failure. */
const host = () => (chosen ??= chooseHost());

const steps: readonly Step[] = [
  {
    name: 'VS Code host',
    async run() {
      const { kind, description } = await host();
      return { passed: 1, failed: 0, remark: `${kind}: ${description}` };
    },
  },
  commandStep('types', ['tsc', '-p', '.'], ['tsc', '-p', 'src/webview']),
  commandStep('lint', ['eslint', '.', '--max-warnings', '0']),
  commandStep('format', ['prettier', '--check', '.']),
  commandStep('build', ['node', 'esbuild.js', '--clean']),
  mochaStep('unit tests', 'test/unit/**/*.test.ts', coverage),
  mochaStep('conformance with the official clients', 'test/conformance/**/*.test.ts', coverage),
  {
    name: 'integration tests in VS Code',
    run: async () => {
      const { passed, failed, failures } = await runIntegration(await host(), { coverage });
      return { passed, failed, details: failures };
    },
  },
  coverageStep(coverage),
  {
    name: 'end-to-end tests of the packed extension',
    run: async () => {
      const { passed, failed, failures } = await runE2e(await host());
      return { passed, failed, details: failures };
    },
  },
  auditStep,
];

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const wanted = steps.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  await rm(coverage, { recursive: true, force: true });
  await mkdir(coverage, { recursive: true });
  const reports: StepReport[] = [];
  for (const step of wanted) reports.push(await runStep(step, print));
  print(summary(reports));
  process.exitCode = reports.length > 0 && reports.every(({ failed }) => failed === 0) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  print('\n0 passed, 1 failed');
  process.exitCode = 1;
});
