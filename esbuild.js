// Bundles every process of the extension. Types are checked apart (npm run types); this only bundles.
//   node esbuild.js              development: source maps, readable
//   node esbuild.js --production minified, as packed into the .vsix
//   node esbuild.js --watch      rebuilds on change
//   node esbuild.js --clean      empties dist first
//   node esbuild.js server ...   only the bundles named
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');
const { languageClient, leaveOut, undici, zod } = require('./esbuild.leftOut.js');

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

/** What every bundle shares. jsonc-parser's main is UMD, which esbuild cannot follow: ask for the ES module first. */
const common = {
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  mainFields: ['module', 'main'],
};
const node = { ...common, platform: 'node', format: 'cjs' };

/** Modules that extension.ts imports dynamically, below src and below dist. */
const loadedLater = ['commands/application', 'language/startLanguage', 'views/results/register'];

/**
 * Splitting for CommonJS, which VS Code loads and esbuild splits no bundle into: the bundle is made of ES modules and each
 * of its files is then turned into CommonJS. So zod, and whatever else several files need, is there once.
 */
const splitCommonJs = {
  name: 'split-common-js',
  setup(build) {
    const options = build.initialOptions;
    const { write = true, sourcemap } = options;
    Object.assign(options, {
      format: 'esm',
      splitting: true,
      write: false,
      // The first pass's map travels inside its text, so that the second pass's map leads to the sources.
      sourcemap: sourcemap === false ? false : 'inline',
    });
    build.onEnd(async ({ outputFiles = [], metafile }) => {
      const files = await Promise.all(
        outputFiles.map(async ({ path: file, text }) => {
          const { code, map } = await esbuild.transform(text, {
            format: 'cjs',
            platform: 'node',
            target: options.target,
            minify: options.minify,
            legalComments: 'none',
            supported: { 'dynamic-import': false },
            sourcefile: path.basename(file),
            sourcemap: sourcemap === false ? false : 'external',
          });
          const link = map ? `//# sourceMappingURL=${path.basename(file)}.map\n` : '';
          return [[file, code + link], ...(map ? [[`${file}.map`, map]] : [])];
        }),
      );
      const written = new Map(files.flat());
      for (const file of outputFiles) {
        file.contents = Buffer.from(written.get(file.path));
        // The metafile tells of the files as they are in the end.
        metafile.outputs[path.relative('', file.path).replaceAll('\\', '/')].bytes = file.contents.length;
      }
      if (!write) return;
      // The names of shared parts hold a hash: those of the last build are in nobody's use.
      fs.rmSync(path.join(options.outdir, 'parts'), { recursive: true, force: true });
      for (const [file, text] of written) {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, text);
      }
    });
  },
};

/** Bundle name -> options. The name is also that of its metafile, out/meta/<name>.json. */
const bundles = {
  extension: {
    ...node,
    target: 'node22',
    // VS Code waits for extension.js and nothing else: what it loads later are files of their own, required by the same paths.
    entryPoints: {
      extension: 'src/extension.ts',
      ...Object.fromEntries(loadedLater.map((name) => [name, `src/${name}.ts`])),
    },
    external: ['vscode'],
    outdir: 'dist',
    chunkNames: 'parts/[name]-[hash]',
    plugins: [leaveOut(languageClient, undici, zod), splitCommonJs],
  },
  server: {
    ...node,
    target: 'node20',
    entryPoints: { server: 'src/server/main.ts' },
    outdir: 'dist',
    plugins: [leaveOut(zod)],
  },
  'validator-worker': {
    ...node,
    target: 'node20',
    entryPoints: { 'validator-worker': 'src/server/validatorWorker.ts' },
    outdir: 'dist',
  },
  'results-worker': {
    ...node,
    target: 'node22',
    entryPoints: { 'results-worker': 'src/results/scanWorker.ts' },
    outdir: 'dist',
  },
  sandbox: {
    ...node,
    target: 'node20',
    entryPoints: { sandbox: 'src/sandbox/main.ts' },
    outdir: 'dist',
    plugins: [leaveOut(zod)],
  },
  webview: {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'chrome132',
    entryPoints: { results: 'src/webview/results.ts' },
    outdir: 'dist/webview',
    loader: { '.css': 'css' },
    plugins: [leaveOut(zod)],
  },
};

async function build() {
  fs.mkdirSync('out/meta', { recursive: true });
  const unknown = only.filter((name) => !(name in bundles));
  if (unknown.length > 0) throw new Error(`There is no bundle named ${unknown.join(', ')}.`);
  for (const [name, options] of Object.entries(bundles)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const entry = Object.values(options.entryPoints)[0];
    if (!fs.existsSync(entry))
      throw new Error(`The entry point of the bundle "${name}" is missing: ${entry}`);
    if (watch) {
      const context = await esbuild.context(options);
      await context.watch();
      continue;
    }
    const result = await esbuild.build(options);
    fs.writeFileSync(path.join('out/meta', `${name}.json`), JSON.stringify(result.metafile));
  }
}

module.exports = { bundles };

if (require.main === module) {
  if (process.argv.includes('--clean')) fs.rmSync('dist', { recursive: true, force: true });
  build().catch((error) => {
    console.error(error.message ?? error);
    process.exitCode = 1;
  });
}
