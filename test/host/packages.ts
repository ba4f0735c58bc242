import path from 'node:path';
import { outDirectory, root } from './paths';
import { runCommand } from './process';

/** Packs the extension as it would be published. @returns the package's path */
export function packExtension(): Promise<string> {
  return pack(root, path.join(outDirectory, 'batchwright.vsix'));
}

/** Packs an extension that is nobody's business but the tests'. @returns the package's path, `vsix` */
export function packStandIn(folder: string, vsix: string): Promise<string> {
  return pack(folder, vsix, '--allow-missing-repository', '--skip-license');
}

async function pack(folder: string, vsix: string, ...flags: string[]): Promise<string> {
  const { code, output } = await runCommand(
    'vsce',
    ['package', '--no-dependencies', ...flags, '--out', vsix],
    {
      cwd: folder,
    },
  );
  if (code !== 0) throw new Error(`The extension in ${folder} could not be packed:\n${output}`);
  return vsix;
}
