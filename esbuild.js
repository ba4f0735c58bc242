// Bundles every process of the extension. Types are checked apart (npm run types); this only bundles.
//   node esbuild.js              development: source maps, readable
//   node esbuild.js --production minified, as packed into the .vsix
//   node esbuild.js --watch      rebuilds on change
//   node esbuild.js --clean      empties dist first
//   node esbuild.js server ...   only the bundles named
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

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
    external: ['vscode', ...loadedLater.map((name) => `./${name}`)],
    // import() of a file wants its extension, which TypeScript does not want; require() needs none.
    supported: { 'dynamic-import': false },
    outdir: 'dist',
  },
  server: { ...node, target: 'node20', entryPoints: { server: 'src/server/main.ts' }, outdir: 'dist' },
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
  sandbox: { ...node, target: 'node20', entryPoints: { sandbox: 'src/sandbox/main.ts' }, outdir: 'dist' },
  webview: {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'chrome132',
    entryPoints: { results: 'src/webview/results.ts' },
    outdir: 'dist/webview',
    loader: { '.css': 'css' },
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
