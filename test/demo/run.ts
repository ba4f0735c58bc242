/**
 * `npm run demo`: VS Code with the extension, the sandbox and a workspace of real request files, for a person to try.
 * `npm run demo -- --headless` (also where there is neither display nor terminal): goes through the main job by itself, says what it
 * saw and leaves pictures in out/demo/. Exit code 1 if a step fails.
 */
import { once } from 'node:events';
import path from 'node:path';
import { describeReport } from '../e2e/flow';
import { runE2e } from '../e2e/run';
import { packExtension } from '../host/packages';
import { chooseHost } from '../host/choose';
import type { Host } from '../host/host';
import { outDirectory, root } from '../host/paths';
import { hasDisplay } from '../host/xvfb';
import { copyFolder } from '../host/workspace';

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== '--headless');
  if (unknown !== undefined)
    throw new Error(`The demo does not know ${unknown}; it takes --headless or nothing.`);
  const headless = args.includes('--headless') || !(hasDisplay() || process.stdin.isTTY);
  if (headless) await goThrough(await chooseHost());
  else await letTry(await chooseHost({ forPerson: true }));
}

/** The main job without a person: the flow of the end-to-end tests, told aloud. */
async function goThrough(host: Host): Promise<void> {
  const screenshots = path.join(outDirectory, 'demo');
  const { passed, failed } = await runE2e(host, {
    screenshots,
    onReport: (report) => console.log(describeReport(report)),
  });
  console.log(`\n${passed} steps went well, ${failed} did not. Pictures: ${screenshots}`);
  if (failed > 0) process.exitCode = 1;
}

/** Opens VS Code with the sandbox chosen, and stays until the person is done. */
async function letTry(host: Host): Promise<void> {
  const vsix = await packExtension();
  const workspace = await copyFolder(path.join(root, 'examples'));
  const window = await host.show({
    folder: workspace.folder,
    extension: { kind: 'packed', vsix },
    settings: { 'batchwright.connection': 'sandbox' },
  });
  console.log(`\n${window.where}`);
  console.log(`The workspace is a copy of examples/: ${workspace.folder}`);
  console.log(
    'Open guide-two-requests.jsonl and run "Batchwright: Submit Active File as Batch". Ctrl+C ends the demo.',
  );
  await Promise.race([window.closed, once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await window.close();
  await workspace.remove();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
