import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { commandIds, contextKeys, settingIds, viewIds } from '../../../src/contributions';

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    menus: Record<string, { command?: string; submenu?: string; when?: string }[]>;
    views: Record<string, { id: string; name: string }[]>;
    viewsWelcome: { view: string; contents: string; when?: string }[];
    keybindings?: { command: string; when?: string }[];
    configuration: { properties: Record<string, unknown> } | { properties: Record<string, unknown> }[];
    [point: string]: unknown;
  };
  [field: string]: unknown;
}

const manifestText = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(manifestText) as Manifest;
const strings = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const sorted = (values: Iterable<string>) => [...values].sort();

/** Commands of VS Code that our menus and texts may call. */
const foreignCommand = /^(workbench|vscode|editor|setContext)/;

describe('the manifest and contributions.ts', () => {
  it('declare the same commands', () => {
    assert.deepEqual(sorted(manifest.contributes.commands.map((entry) => entry.command)), sorted(commandIds));
  });

  it('declare the same views', () => {
    const declared = Object.values(manifest.contributes.views).flatMap((views) =>
      views.map((view) => view.id),
    );
    assert.deepEqual(sorted(declared), sorted(viewIds));
  });

  it('declare the same settings', () => {
    const sections = [manifest.contributes.configuration].flat();
    const declared = sections.flatMap((section) => Object.keys(section.properties));
    assert.deepEqual(sorted(declared), sorted(settingIds.map((id) => `batchwright.${id}`)));
  });

  it('give every setting a default, a scope and a description', () => {
    for (const section of [manifest.contributes.configuration].flat()) {
      for (const [name, setting] of Object.entries(section.properties)) {
        const { scope, markdownDescription, description } = setting as Record<string, unknown>;
        assert.ok(Object.hasOwn(setting as object, 'default'), `${name} has no default`);
        assert.ok(typeof scope === 'string', `${name} has no scope`);
        assert.ok(typeof (markdownDescription ?? description) === 'string', `${name} has no description`);
      }
    }
  });

  it('keep endpoints out of reach of a folder', () => {
    const endpoint = /baseUrl|apiVersion|connection|webhook.*(port|address)/i;
    const { restrictedConfigurations: restricted } = (
      manifest.capabilities as { untrustedWorkspaces: { restrictedConfigurations: string[] } }
    ).untrustedWorkspaces;
    for (const section of [manifest.contributes.configuration].flat()) {
      for (const [name, setting] of Object.entries(section.properties)) {
        if (!endpoint.test(name)) continue;
        const { scope } = setting as { scope: string };
        assert.ok(['machine', 'application'].includes(scope), `${name} has scope ${scope}`);
        assert.ok(restricted.includes(name), `${name} is not restricted in untrusted workspaces`);
      }
    }
  });

  it('name only commands that exist in menus, keys and welcome texts', () => {
    // VS Code itself makes a command that brings a view to the front.
    const known = new Set<string>([...commandIds, ...viewIds.map((id) => `${id}.focus`)]);
    const used = [
      ...Object.values(manifest.contributes.menus).flatMap((items) => items.map((item) => item.command)),
      ...(manifest.contributes.keybindings ?? []).map((binding) => binding.command),
      ...[...JSON.stringify(strings).matchAll(/\(command:([\w.]+)/g)].map((match) => match[1]),
    ].filter((command) => command !== undefined);
    assert.ok(used.length > 10);
    assert.deepEqual(
      used.filter((command) => !known.has(command) && !foreignCommand.test(command)),
      [],
    );
  });

  it('read only context keys that the code sets', () => {
    const known = new Set<string>([...contextKeys, ...viewIds]);
    const whens = [...manifestText.matchAll(/"(?:when|enablement)":\s*"((?:[^"\\]|\\.)*)"/g)].map(
      (match) => match[1] ?? '',
    );
    const used = new Set(
      whens.flatMap((when) => [...when.matchAll(/(?<![\w./])batchwright\.[\w.]+/g)].map((match) => match[0])),
    );
    assert.ok(used.size > 0);
    assert.deepEqual(
      [...used].filter((key) => !known.has(key)),
      [],
    );
  });

  it('have a text for every %placeholder% and no text that nobody uses', () => {
    const used = new Set([...manifestText.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? ''));
    assert.deepEqual(sorted(Object.keys(strings)), sorted(used));
  });

  it('point only at files that exist', () => {
    const paths = [
      ...manifestText.matchAll(/"(?:path|icon|image|markdown|light|dark|l10n)":\s*"([^"$%]+)"/g),
    ].map((match) => match[1] ?? '');
    assert.ok(paths.length > 0);
    assert.deepEqual(
      paths.filter((path) => !existsSync(path)),
      [],
    );
  });

  it('use every declared command, view and context key somewhere in the code', () => {
    const code = globSync('src/**/*.ts')
      .filter((path) => !path.endsWith('contributions.ts'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const unused = [...commandIds, ...viewIds, ...contextKeys].filter((id) => !code.includes(`'${id}'`));
    assert.deepEqual(unused, []);
  });
});
