/**
 * Packs the extension, installs the package in a VS Code of its own and drives it by mouse and keyboard. `npm run e2e`; pictures of
 * every step in out/e2e/.
 */
import path from 'node:path';
import { chooseHost } from '../host/choose';
import type { Host } from '../host/host';
import { packExtension, packStandIn } from '../host/packages';
import { outDirectory, root } from '../host/paths';
import { Screenshots } from '../host/screenshots';
import { until } from '../host/until';
import { copyFolder } from '../host/workspace';
import { describeReport, runFlow, type FlowStep, type StepReport } from './flow';
import { jobsFlow } from './jobsFlow';
import { mainJob } from './mainJob';
import { resultsFlow } from './resultsFlow';
import { secretFlow } from './secretFlow';

/** Between the flows, which share one window: nothing of the one before is left open. */
function clearScreen(what: string): FlowStep {
  return {
    title: `Clear the screen for ${what}`,
    run: async ({ workbench }) => {
      await workbench.command('Notifications: Clear All Notifications');
      await workbench.command('View: Close All Editors');
      return until('no editor', async () =>
        (await workbench.editors.groups()).length === 0 ? 'none open' : undefined,
      );
    },
  };
}

/** The whole way. */
const steps: readonly FlowStep[] = [
  ...mainJob,
  clearScreen('more batches'),
  ...jobsFlow,
  clearScreen('the results editor'),
  ...resultsFlow,
  clearScreen('a real key'),
  ...secretFlow,
];

export interface E2eResult {
  /** Steps, each of which counts as one test; steps that were not reached count as failed. */
  readonly passed: number;
  readonly failed: number;
  readonly failures: string;
}

export async function runE2e(
  host: Host,
  options: { readonly screenshots?: string; readonly onReport?: (report: StepReport) => void } = {},
): Promise<E2eResult> {
  const vsix = await packExtension();
  const standIn = await packStandIn(
    path.join(root, 'test/fixtures/dataWrangler'),
    path.join(outDirectory, 'data-wrangler.vsix'),
  );
  const workspace = await copyFolder(path.join(root, 'examples'));
  const window = await host.openWindow({
    folder: workspace.folder,
    extension: { kind: 'packed', vsix, beside: [standIn] },
  });
  try {
    const reports = await runFlow(
      steps,
      { window, folder: workspace.folder },
      new Screenshots(options.screenshots ?? path.join(outDirectory, 'e2e')),
      options.onReport ?? (() => undefined),
    );
    const passed = reports.filter(({ failure }) => failure === undefined).length;
    const failures = reports.flatMap(({ title, failure, screenshot }) =>
      failure === undefined ? [] : [`${title}\n${failure}\npicture: ${screenshot ?? 'none'}`],
    );
    const unreached = steps.slice(reports.length).map(({ title }) => `not reached: ${title}`);
    return { passed, failed: steps.length - passed, failures: [...failures, ...unreached].join('\n') };
  } finally {
    await window.close();
    await workspace.remove();
  }
}

async function main(): Promise<void> {
  const result = await runE2e(await chooseHost(), {
    onReport: (report) => console.log(describeReport(report)),
  });
  console.log(`${result.passed} passed, ${result.failed} failed`);
  if (result.failed > 0) process.exitCode = 1;
}

if (process.argv[1] === __filename) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
