import path from 'node:path';
import { packExtension } from '../e2e/run';
import { chooseHost } from '../host/choose';
import { root } from '../host/paths';
import { until } from '../host/until';
import { copyFolder } from '../host/workspace';
import { Workbench } from '../host/workbench/workbench';
import type { BenchOptions, BenchRow } from './contract';

export const name = 'activation inside VS Code';

/** Milliseconds of loading and of activate(), as VS Code counts them: other extensions that start in between are in it. */
const limit = 30;
const ours = 'Batchwright';
/** Starts with the window as well, and is VS Code's own. */
const peer = 'Git';

/** Opens windows with the packed extension, each with a profile of its own, and reads VS Code's page of running extensions. */
export async function run({ full, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const host = await chooseHost();
  const vsix = await packExtension();
  const figures: { readonly ours: number; readonly peer: number }[] = [];
  for (let window = 0; window < (full ? 7 : 3); window += 1) {
    figures.push(await activationTimes(host, vsix));
    log(`window ${window + 1}: ${JSON.stringify(figures.at(-1))} ms`);
  }
  const own = median(figures.map((one) => one.ours));
  const git = median(figures.map((one) => one.peer));
  const row = { name: 'activation, packed, median of windows', ours: own, unit: 'ms' } as const;
  return [
    {
      ...row,
      peer: limit,
      peerName: 'limit',
      ratio: limit / own,
      goal: `<= ${limit} ms`,
      holds: own <= limit,
    },
    {
      ...row,
      peer: git,
      peerName: "VS Code's Git extension",
      ratio: git / own,
      goal: '>= 2 x',
      holds: git >= 2 * own,
    },
  ];
}

async function activationTimes(host: Awaited<ReturnType<typeof chooseHost>>, vsix: string) {
  const workspace = await copyFolder(path.join(root, 'examples'));
  const window = await host.openWindow({ folder: workspace.folder, extension: { kind: 'packed', vsix } });
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
      const [own, git] = [times.get(ours), times.get(peer)];
      return own !== undefined && own > 0 && git !== undefined && git > 0
        ? { ours: own, peer: git }
        : undefined;
    });
  } finally {
    await window.close();
    await workspace.remove();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
