import assert from 'node:assert/strict';
import { isBuiltin } from 'node:module';
import * as esbuild from 'esbuild';
import { bundles } from '../../../esbuild.js';
import rooms from '../../support/rooms.json';

type Room = keyof typeof rooms;

/** The rooms and the guarded packages that each bundle may hold, whatever path leads there. */
const allowed: Record<
  keyof typeof bundles,
  { rooms: readonly Room[]; forbiddenPackages: readonly string[] }
> = {
  extension: {
    rooms: [
      'util',
      'shared',
      'dialects',
      'http',
      'gemini',
      'openai',
      'webhooks',
      'jobs',
      'results',
      'config',
      'language',
      'views',
      'commands',
    ],
    forbiddenPackages: ['vscode-languageserver', 'dompurify', 'marked'],
  },
  server: {
    rooms: ['util', 'shared', 'dialects', 'server'],
    forbiddenPackages: ['vscode', 'undici', 'vscode-languageclient'],
  },
  'validator-worker': {
    rooms: ['util', 'shared', 'dialects', 'server'],
    forbiddenPackages: ['vscode', 'undici', 'vscode-languageclient', 'vscode-languageserver'],
  },
  sandbox: {
    rooms: ['util', 'shared', 'dialects', 'sandbox'],
    forbiddenPackages: ['vscode', 'undici', 'vscode-languageclient', 'vscode-languageserver'],
  },
  'results-worker': {
    rooms: ['util', 'shared', 'results'],
    forbiddenPackages: ['vscode', 'undici', 'vscode-languageclient', 'vscode-languageserver', 'zod'],
  },
  webview: {
    rooms: ['util', 'shared', 'webview'],
    forbiddenPackages: ['vscode', 'undici', 'vscode-languageclient', 'vscode-languageserver', 'jsonc-parser'],
  },
};

/** Node's network modules, which the language server must never hold. */
const network = ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns'];

/** Bundles in memory, as development does, and returns what went in. */
async function inputsOf(name: keyof typeof bundles) {
  const { metafile } = await esbuild.build({
    ...(bundles[name] as esbuild.BuildOptions),
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  assert.ok(metafile);
  return metafile.inputs;
}

describe('the bundles', function () {
  this.timeout(60_000);

  for (const name of Object.keys(allowed) as (keyof typeof allowed)[]) {
    it(`${name} holds only its rooms and packages`, async () => {
      const inputs = await inputsOf(name);
      const paths = Object.keys(inputs);
      const roomsInside = new Set(paths.flatMap((path) => /^src\/(\w+)\//.exec(path)?.[1] ?? []));
      assert.ok(roomsInside.size > 0);
      assert.deepEqual(
        [...roomsInside].filter((room) => !allowed[name].rooms.some((one) => one === room)),
        [],
      );
      const packagesInside = new Set(paths.flatMap((path) => packageOf(path) ?? []));
      const external = Object.values(inputs).flatMap((input) =>
        input.imports.filter((one) => one.external).map((one) => one.path),
      );
      assert.deepEqual(
        allowed[name].forbiddenPackages.filter((one) => packagesInside.has(one) || external.includes(one)),
        [],
      );
      // What is loaded later is an entry point of the same bundle.
      const { entryPoints } = bundles[name] as { entryPoints: Record<string, string> };
      const unresolved = external.filter(
        (path) => path !== 'vscode' && !isBuiltin(path) && !(path.replace(/^\.\//, '') in entryPoints),
      );
      assert.deepEqual(unresolved, []);
    });
  }

  it('keep the network out of our own code in the language server', async () => {
    for (const name of ['server', 'validator-worker'] as const) {
      for (const [path, input] of Object.entries(await inputsOf(name))) {
        if (!path.startsWith('src/')) continue;
        const reached = input.imports
          .map((one) => one.path.replace(/^node:/, ''))
          .filter((one) => network.includes(one));
        assert.deepEqual(reached, [], `${path} imports ${reached.join(', ')}`);
      }
    }
  });

  it('import undici in one file', async () => {
    const inputs = await inputsOf('extension');
    const importers = Object.entries(inputs)
      .filter(([path]) => path.startsWith('src/'))
      .filter(([, input]) => input.imports.some((one) => packageOf(one.path) === 'undici'))
      .map(([path]) => path);
    assert.deepEqual(importers, ['src/http/undiciTransport.ts']);
  });

  it('are entered by extension.ts only from outside', async () => {
    const inputs = await inputsOf('extension');
    const importers = Object.entries(inputs).filter(([, input]) =>
      input.imports.some((one) => one.path === 'src/extension.ts'),
    );
    assert.deepEqual(importers, []);
  });

  for (const name of Object.keys(allowed) as (keyof typeof allowed)[]) {
    it(`${name}: each room imports only the rooms the table allows`, async () => {
      const offences: string[] = [];
      for (const [path, input] of Object.entries(await inputsOf(name))) {
        const room = /^src\/(\w+)\//.exec(path)?.[1] as Room | undefined;
        if (room === undefined) continue;
        for (const { path: target } of input.imports) {
          const other = /^src\/(\w+)\//.exec(target)?.[1];
          if (other === undefined || other === room) continue;
          if (!(rooms[room].rooms as readonly string[]).includes(other))
            offences.push(`${path} -> ${target}`);
        }
      }
      assert.deepEqual(offences, []);
    });
  }
});

function packageOf(path: string): string | undefined {
  const inside = path.split('node_modules/').at(-1);
  if (inside === undefined || inside === path) return undefined;
  const [scope, name] = inside.split('/');
  return scope?.startsWith('@') ? `${scope}/${name ?? ''}` : scope;
}
