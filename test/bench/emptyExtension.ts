import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import manifest from '../../package.json';
import { packStandIn } from '../host/packages';

/** What the extension is called in VS Code's lists. */
export const emptyName = 'Empty Extension';

/** Packs an extension that starts when ours does and does nothing, in that empty folder. @returns the package's path */
export async function packEmptyExtension(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { engines, activationEvents } = manifest;
  const files = {
    'package.json': JSON.stringify({
      name: 'empty-extension',
      displayName: emptyName,
      publisher: 'nobody',
      version: '1.0.0',
      engines,
      activationEvents,
      main: './main.js',
    }),
    'main.js': 'exports.activate = () => undefined;\n',
    'README.md': 'Does nothing.\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return packStandIn(folder, path.join(folder, 'empty.vsix'));
}
