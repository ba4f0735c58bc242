import type { Metafile } from 'esbuild';

type Output = Metafile['outputs'][string];

/**
 * The bundled files that come with one: itself and all that it imports by statement, directly or not. What it loads later, by
 * import(), is not among them.
 */
export function loadedWith(file: string, { outputs }: Metafile): readonly Output[] {
  const found = new Map<string, Output>();
  const follow = (path: string) => {
    if (found.has(path)) return;
    const output = outputs[path];
    if (output === undefined) throw new Error(`${path} is no file of this bundle.`);
    found.set(path, output);
    for (const one of output.imports) {
      if (one.external !== true && one.kind === 'import-statement') follow(one.path);
    }
  };
  follow(file);
  return [...found.values()];
}
