/**
 * Opens a window with the extension as it stands in this folder (run `npm run build` first), hands it to a script and leaves:
 *   node --import tsx test/host/play.ts script.ts [folder]
 * The script exports `default async ({ window, workbench, folder, shot }) => …`; `shot('name')` writes out/play/NN-name.png.
 * `folder` is a copy of examples/ or of the folder named.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chooseHost } from './choose';
import type { VSCodeWindow } from './host';
import { outDirectory, root } from './paths';
import { Screenshots } from './screenshots';
import { copyFolder } from './workspace';
import { Workbench } from './workbench/workbench';

export interface Play {
  readonly window: VSCodeWindow;
  readonly workbench: Workbench;
  readonly folder: string;
  shot(name: string): Promise<string>;
}

async function main(script: string | undefined, source = path.join(root, 'examples')): Promise<void> {
  if (script === undefined) throw new Error('Usage: node --import tsx test/host/play.ts script.ts [folder]');
  const { default: play } = (await import(pathToFileURL(path.resolve(script)).href)) as {
    default: (play: Play) => Promise<void>;
  };
  const host = await chooseHost();
  const workspace = await copyFolder(source);
  const window = await host.openWindow({
    folder: workspace.folder,
    extension: { kind: 'development', path: root },
  });
  const screenshots = new Screenshots(path.join(outDirectory, 'play'));
  const shot = async (name: string): Promise<string> => {
    const file = await screenshots.take(window.page, name);
    console.log(path.relative(root, file));
    return file;
  };
  try {
    const workbench = new Workbench(window.page);
    await workbench.waitReady();
    await play({ window, workbench, folder: workspace.folder, shot });
  } catch (error) {
    await shot('failed');
    throw error;
  } finally {
    await window.close();
    await workspace.remove();
  }
}

main(process.argv[2], process.argv[3]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
