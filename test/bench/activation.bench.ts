import path from 'node:path';
import { packExtension } from '../host/packages';
import { chooseHost } from '../host/choose';
import type { Host } from '../host/host';
import { root } from '../host/paths';
import { runCommand } from '../host/process';
import { until } from '../host/until';
import { copyFolder } from '../host/workspace';
import { Workbench } from '../host/workbench/workbench';
import type { BenchOptions, BenchRow } from './contract';
import { emptyName, packEmptyExtension } from './emptyExtension';

export const name = 'activation inside VS Code';

/**
 * What VS Code counts, loading and activate() in milliseconds, holds whatever else happens in the extension host meanwhile: an
 * extension that does nothing has tens of them too. Ours alone is what is beyond such a one, in the same window.
 */
const limit = 30;
const ours = 'Batchwright';

/** Opens windows with the packed extension, each with a profile of its own, and reads VS Code's page of running extensions. */
export async function run({ full, directory, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const host = await chooseHost();
  const vsix = await packExtension();
  const empty = await packEmptyExtension(path.join(directory, 'empty'));
  const figures: { readonly ours: number; readonly empty: number }[] = [];
  for (let window = 0; window < (full ? 7 : 3); window += 1) {
    figures.push(await activationTimes(host, vsix, empty));
    log(`window ${window + 1}: ${JSON.stringify(figures.at(-1))} ms`);
  }
  const own = Math.max(1, median(figures.map((one) => one.ours - one.empty)));
  const counted = median(figures.map((one) => one.ours));
  const nothing = median(figures.map((one) => one.empty));
  const alone = median(await activationsAlone(directory, full ? 31 : 11));
  return [
    {
      name: 'loading and activate() in a process of its own, time of the processor',
      ours: alone,
      peer: limit,
      peerName: 'limit',
      unit: 'ms',
      ratio: limit / alone,
      goal: `<= ${limit} ms`,
      holds: alone <= limit,
    },
    {
      name: 'activation, our own share, packed, median of windows',
      ours: own,
      peer: limit,
      peerName: 'limit',
      unit: 'ms',
      ratio: limit / own,
      goal: `<= ${limit} ms`,
      holds: own <= limit,
    },
    {
      name: 'activation as VS Code counts it, with what goes on beside',
      ours: counted,
      peer: nothing,
      peerName: 'an extension that does nothing',
      unit: 'ms',
      ratio: nothing / counted,
      goal: 'told, not judged',
    },
  ];
}

async function activationTimes(host: Host, vsix: string, empty: string) {
  const workspace = await copyFolder(path.join(root, 'examples'));
  const window = await host.openWindow({
    folder: workspace.folder,
    extension: { kind: 'packed', vsix, beside: [empty] },
  });
  try {
    const workbench = new Workbench(window.page);
    await workbench.waitReady();
    // The list draws only what fits.
    await window.page.setViewportSize({ width: 1200, height: 3000 });
    await workbench.command('Developer: Show Running Extensions');
    return await until('both extensions to have started', async () => {
      const times = new Map(
        (await window.page.locator('.runtime-extensions-editor .extension').allInnerTexts()).map(
          (text) => [text.split('\n')[0], Number(/Activation: (\d+)ms/.exec(text)?.[1])] as const,
        ),
      );
      const [own, nothing] = [times.get(ours), times.get(emptyName)];
      return own !== undefined && own > 0 && nothing !== undefined && nothing >= 0
        ? { ours: own, empty: nothing }
        : undefined;
    });
  } finally {
    await window.close();
    await workspace.remove();
  }
}

/** What activation takes of the processor where nothing goes on beside it; the bundles are those that were packed. */
async function activationsAlone(folder: string, times: number): Promise<readonly number[]> {
  const script = path.join(import.meta.dirname, 'activationAlone.cjs');
  const figures: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const { code, output } = await runCommand(process.execPath, [script, path.join(root, 'dist'), folder]);
    if (code !== 0) throw new Error(`The extension did not activate alone:\n${output}`);
    figures.push(Number(output));
  }
  return figures;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
