import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import manifest from '../../package.json';
import { runCommand } from '../host/process';

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
    LICENSE: 'None.\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const vsix = path.join(folder, 'empty.vsix');
  const { code, output } = await runCommand(
    'vsce',
    ['package', '--no-dependencies', '--allow-missing-repository', '--out', vsix],
    { cwd: folder },
  );
  if (code !== 0) throw new Error(`The empty extension could not be packed:\n${output}`);
  return vsix;
}
