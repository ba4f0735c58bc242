import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { CodeAction } from 'vscode-languageserver';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Diagnostic, DocumentSymbol, Location, WorkspaceEdit } from 'vscode-languageserver';
import { LspClient, LspError } from '../../support/lspClient';

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: Diagnostic[];
}

const published = 'textDocument/publishDiagnostics';
const good = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;

/** A request that asks nothing. */
const empty = '{"key":"c","request":{}}';

describe('a session with the language server over standard input and output', () => {
  let folder: string;
  let server: string;
  let client: LspClient;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'batchwright-lsp-'));
    server = path.join(folder, 'server.js');
    await build({
      entryPoints: ['src/server/main.ts'],
      outfile: server,
      bundle: true,
      platform: 'node',
      mainFields: ['module', 'main'],
      logLevel: 'error',
    });
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    client = new LspClient(server, '--stdio');
  });
  afterEach(() => client.kill());

  it('says what it can do, shuts down and ends with 0', async () => {
    const capabilities = await client.initialize();
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
    assert.equal(capabilities.diagnosticProvider, undefined);
    await client.request('shutdown');
    client.notify('exit');
    assert.equal(await client.exit(), 0);
  });

  it('sends the edits of a whole file by a command to clients that take them no other way later', async () => {
    const uri = 'file:///a.jsonl';
    const capabilities = await client.initialize({
      workspace: { applyEdit: true },
      textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } } },
    });
    assert.ok(capabilities.executeCommandProvider);
    client.open(uri, [good('a'), good('b').replace('"key"', '"custom_id"')].join('\n'));
    await client.notification<Published>(published);
    const place = { line: 1, character: 4 };
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: { start: place, end: place },
      context: { diagnostics: [] },
    });
    const commands = actions.flatMap(({ command }) => command ?? []);
    assert.equal(commands.length, 2);
    const applied: unknown[] = [];
    client.answers.set('workspace/applyEdit', (params) => {
      applied.push(params);
      return { applied: true };
    });
    for (const { command, arguments: args } of commands) {
      await client.request('workspace/executeCommand', { command, arguments: args });
    }
    const start = { line: 1, character: 2 };
    const edit = { range: { start, end: { line: 1, character: 11 } }, newText: 'key' };
    assert.deepEqual(
      applied,
      Array.from({ length: 2 }, () => ({ edit: { changes: { [uri]: [edit] } } })),
    );
    await client.request('workspace/executeCommand', { command: 'other', arguments: [{}] });
    await client.request('workspace/executeCommand', { command: commands[0]?.command, arguments: ['x'] });
    assert.equal(applied.length, 2);
  });

  it('speaks the language of its client, and English to one that says none', async () => {
    const bundle = JSON.parse(readFileSync('l10n/bundle.l10n.json', 'utf8')) as Record<string, string>;
    const translations = Object.fromEntries(Object.keys(bundle).map((text) => [text, `«${text}»`]));
    const uri = 'file:///a.jsonl';
    const said = async (client: LspClient) => {
      client.open(uri, `${good('a')}\n${good('a')}\n${empty}`);
      // A slow machine shows what the first lines have before it has looked at the others.
      const { diagnostics } = await client.notification<Published>(
        published,
        (shown) => shown.diagnostics.length >= 2,
      );
      const position = { line: 0, character: good('a').indexOf('contents') };
      const params = { textDocument: { uri }, position };
      const hover = await client.request<{ contents: { value: string } }>('textDocument/hover', params);
      const messages = diagnostics.flatMap(({ message, relatedInformation = [] }) => [
        message as string,
        ...relatedInformation.map((related) => related.message),
      ]);
      return { messages, hover: hover.contents.value };
    };
    await client.initialize({}, { l10n: translations });
    const pseudo = await said(client);
    assert.ok(pseudo.messages.length >= 3);
    for (const message of pseudo.messages) assert.match(message, /^«.*»$/);
    assert.match(
      pseudo.hover,
      /^\*\*contents\*\*\n\n«The conversation so far.*»\n\n«Type: «list of `Content`»» {2}\n«Required»$/,
    );

    const english = new LspClient(server, '--stdio');
    try {
      await english.initialize();
      const { messages, hover } = await said(english);
      for (const text of [...messages, hover]) assert.doesNotMatch(text, /[«»]/);
    } finally {
      english.kill();
    }
  });

  it('asks for files that requests refer to, and judges references by the answer', async () => {
    await client.initialize({}, { knownFiles: true });
    const origin = 'https://generativelanguage.googleapis.com';
    const text = `{"key":"a","request":{"contents":[{"parts":[{"fileData":{"fileUri":"${origin}/v1beta/files/abc"}}]}]}}`;
    client.open('file:///a.jsonl', text);
    await client.notification('batchwright/filesWanted');
    client.notify('batchwright/knownFiles', { origin, files: [{ name: 'files/other' }] });
    const { diagnostics } = await client.notification<Published>(
      published,
      ({ diagnostics: all }) => all.length > 0,
    );
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['file-expired'],
    );
  });

  it('ends with 1 when the client leaves without a word', async () => {
    await client.initialize();
    client.notify('exit');
    assert.equal(await client.exit(), 1);
  });

  it('ends when the input ends', async () => {
    await client.initialize();
    client.endInput();
    assert.equal(await client.exit(), 1);
  });

  it('refuses to start without being told how to talk', async () => {
    const silent = new LspClient(server);
    assert.equal(await silent.exit(), 2);
  });

  it('publishes problems with version, range, code and both places, and follows edits', async () => {
    await client.initialize();
    const uri = 'file:///requests.jsonl';
    client.open(uri, `${good('a')}\n${good('a')}\n{"key":"c"}\n{"key":`);
    // A slow machine may say the first lines before it has seen the last.
    const first = await client.notification<Published>(published, (sent) => sent.diagnostics.length === 3);
    assert.deepEqual(
      first.diagnostics.map(({ code, range, severity }) => [code, range.start.line, severity]),
      [
        ['duplicate-key', 1, 1],
        ['missing-request', 2, 1],
        ['json-incomplete', 3, 1],
      ],
    );
    assert.equal(first.version, 1);
    const [duplicate] = first.diagnostics;
    assert.deepEqual(duplicate!.range, { start: { line: 1, character: 7 }, end: { line: 1, character: 10 } });
    assert.equal(duplicate!.relatedInformation![0]!.location.range.start.line, 0);

    const at = { line: 1, character: 8 };
    client.change(uri, 2, [{ range: { start: at, end: { line: 1, character: 9 } }, text: 'b' }]);
    client.change(uri, 3, [
      { range: { start: { line: 2, character: 0 }, end: { line: 4, character: 0 } }, text: '' },
    ]);
    const last = await client.notification<Published>(published, ({ version }) => version === 3);
    assert.deepEqual(last.diagnostics, []);
    client.notify('textDocument/didClose', { textDocument: { uri } });
    const closed = await client.notification<Published>(published, ({ version }) => version === undefined);
    assert.deepEqual(closed.diagnostics, []);
  });

  for (const [name, text] of [
    ['other JSON Lines', '{"id":1}\n{"id":2,"id":3}\n{broken'],
    ['results', '{"key":"a","response":{}}\n{"key":"a","error":{"code":3}}'],
    ['an empty file', ''],
  ] as const) {
    it(`has nothing to say about ${name}`, async () => {
      await client.initialize();
      client.open('file:///data.jsonl', text);
      assert.deepEqual((await client.notification<Published>(published)).diagnostics, []);
    });
  }

  it('leaves JSON files to others', async () => {
    await client.initialize();
    client.open('file:///data.json', '{"key":1,"request":{}}', 'json');
    client.open('file:///data.jsonl', '{"key":1,"request":{}}', 'json');
    const heard = await client.notification<Published>(published);
    assert.equal(heard.uri, 'file:///data.jsonl');
    assert.ok(heard.diagnostics.length > 0);
  });

  it('lets a client that can ask for problems ask, and does not say them twice', async () => {
    const capabilities = await client.initialize({ textDocument: { diagnostic: {} } });
    assert.ok(capabilities.diagnosticProvider !== undefined);
    const textDocument = { uri: 'file:///requests.jsonl' };
    client.open(textDocument.uri, empty);
    const report = await client.request<{ kind: string; items: Diagnostic[] }>('textDocument/diagnostic', {
      textDocument,
    });
    assert.deepEqual([report.kind, report.items.map(({ code }) => code)], ['full', ['missing-contents']]);
    await client.notification<Published>(published, ({ diagnostics }) => diagnostics.length === 0);
  });

  it('takes severities from the settings of the client, and again when they change', async () => {
    let rules: Record<string, string> = { 'missing-contents': 'hint', nonsense: 'error', 'key-type': 'loud' };
    client.answers.set('workspace/configuration', () => [{ validation: { rules } }]);
    await client.initialize({ workspace: { configuration: true } });
    const uri = 'file:///requests.jsonl';
    client.open(uri, empty);
    const severity =
      (wanted: number) =>
      ({ diagnostics }: Published) =>
        diagnostics[0]?.severity === wanted;
    await client.notification<Published>(published, severity(4));
    rules = { 'missing-contents': 'off' };
    client.notify('workspace/didChangeConfiguration', { settings: null });
    await client.notification<Published>(published, ({ diagnostics }) => diagnostics.length === 0);
  });

  it('tells a client that asks for problems to ask again when the settings change', async () => {
    const asked = new Promise((resolve) =>
      client.answers.set('workspace/diagnostic/refresh', () => resolve(true)),
    );
    await client.initialize({
      textDocument: { diagnostic: {} },
      workspace: { diagnostics: { refreshSupport: true } },
    });
    const textDocument = { uri: 'file:///requests.jsonl' };
    client.open(textDocument.uri, empty);
    await client.request('textDocument/diagnostic', { textDocument });
    const rules = { 'missing-contents': 'off' };
    client.notify('workspace/didChangeConfiguration', {
      settings: { batchwright: { validation: { rules } } },
    });
    await asked;
    const report = await client.request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument });
    assert.deepEqual(report.items, []);
  });

  it('takes settings that are sent to it', async () => {
    const settings = (severity: string) => ({ validation: { rules: { 'missing-contents': severity } } });
    await client.initialize({}, { settings: settings('warning') });
    client.open('file:///requests.jsonl', empty);
    await client.notification<Published>(published, ({ diagnostics }) => diagnostics[0]?.severity === 2);
    client.notify('workspace/didChangeConfiguration', { settings: { batchwright: settings('information') } });
    await client.notification<Published>(published, ({ diagnostics }) => diagnostics[0]?.severity === 3);
  });

  it('answers what editors ask', async () => {
    await client.initialize({
      textDocument: { documentSymbol: { hierarchicalDocumentSymbolSupport: true } },
    });
    const uri = 'file:///requests.jsonl';
    const textDocument = { uri };
    client.open(uri, `${good('a')}\n{ "key" : "b" , "request" : {} }`);
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument });
    assert.deepEqual(
      symbols.map(({ name, detail }) => [name, detail]),
      [
        ['a', 'Hi'],
        ['b', undefined],
      ],
    );
    const position = { line: 0, character: 8 };
    const edit = await client.request<WorkspaceEdit>('textDocument/rename', {
      textDocument,
      position,
      newName: 'z',
    });
    assert.deepEqual(edit.changes![uri], [
      { range: { start: { line: 0, character: 8 }, end: { line: 0, character: 9 } }, newText: 'z' },
    ]);
    await assert.rejects(
      client.request('textDocument/rename', { textDocument, position, newName: 'b' }),
      (error: LspError) => error.message.includes('Line 2 has the key "b" already'),
    );
    const options = { tabSize: 2, insertSpaces: true };
    assert.deepEqual(await client.request('textDocument/formatting', { textDocument, options }), [
      {
        range: { start: { line: 1, character: 0 }, end: { line: 1, character: 32 } },
        newText: '{"key":"b","request":{}}',
      },
    ]);
    assert.deepEqual(
      await client.request('textDocument/hover', { textDocument, position: { line: 9, character: 9 } }),
      null,
    );
    const completions = await client.request<unknown[]>('textDocument/completion', {
      textDocument,
      position: { line: 1, character: 29 },
    });
    assert.ok(completions.length > 5);
  });

  it('finds the request of a result on disk, and back', async () => {
    await client.initialize();
    const uriOf = (name: string) => pathToFileURL(path.join(folder, name)).href;
    const results = '{"response":{},"key":"b"}\n{"response":{},"key":"a"}\n';
    writeFileSync(path.join(folder, 'q.jsonl'), `${good('a')}\n${good('b')}\n`);
    writeFileSync(path.join(folder, 'q.results.jsonl'), results);
    writeFileSync(path.join(folder, 'q (2).results.jsonl'), results);
    client.open(uriOf('q.results.jsonl'), results);
    const definition = (name: string, character: number) =>
      client.request<Location[]>('textDocument/definition', {
        textDocument: { uri: uriOf(name) },
        position: { line: 0, character },
      });
    assert.deepEqual(
      (await definition('q.results.jsonl', 22)).map(({ uri, range }) => [uri, range.start]),
      [[uriOf('q.jsonl'), { line: 1, character: 7 }]],
    );
    client.open(uriOf('q.jsonl'), good('a'));
    assert.deepEqual(
      (await definition('q.jsonl', 8)).map(({ uri, range }) => [uri, range.start.line]).sort(),
      [
        [uriOf('q (2).results.jsonl'), 1],
        [uriOf('q.results.jsonl'), 1],
      ],
    );
  });

  it('checks a file on disk', async () => {
    await client.initialize();
    const file = path.join(folder, 'large.jsonl');
    writeFileSync(file, `${good('a')}\n${good('a')}\n`);
    const validate = (uri: string) =>
      client.request<{ rows: number; errors: number }>('batchwright/validateFile', {
        uri,
        token: 't',
        maxProblems: 10,
      });
    const { rows, errors } = await validate(pathToFileURL(file).href);
    assert.deepEqual([rows, errors], [2, 1]);
    await client.notification<{ token: string }>(
      'batchwright/validateProgress',
      ({ token }) => token === 't',
    );
    await assert.rejects(validate('file:///nowhere.jsonl'), /There is no file at/);
    await assert.rejects(validate(pathToFileURL(folder).href), /is a folder/);
    await assert.rejects(validate('untitled:Untitled-1'), /not the address of a file/);
  });

  it('survives whatever a client sends', async () => {
    await client.initialize();
    client.raw('this is no header\r\n\r\n');
    client.raw('Content-Length: 5\r\n\r\n{{{{{');
    client.raw('Content-Length: 4\r\n\r\nnull');
    client.raw('Content-Length: 2\r\n\r\n[]');
    client.notify('textDocument/didOpen', null);
    client.notify('textDocument/didOpen', { textDocument: { uri: 5, text: {} } });
    client.notify('textDocument/didChange', {
      textDocument: { uri: 'file:///unknown', version: 1 },
      contentChanges: [{}],
    });
    client.notify('textDocument/didChange', {});
    client.notify('batchwright/setKind', { uri: 'file:///unknown', kind: 'nonsense' });
    client.notify('batchwright/visibleLines', []);
    client.notify('workspace/didChangeConfiguration', 'nonsense');
    for (const method of [
      'hover',
      'completion',
      'documentSymbol',
      'rename',
      'definition',
      'selectionRange',
      'formatting',
    ]) {
      await client
        .request(`textDocument/${method}`, {})
        .catch((error: unknown) => assert.ok(error instanceof LspError));
    }
    client.open('file:///requests.jsonl', empty);
    const { diagnostics } = await client.notification<Published>(published, ({ uri }) =>
      uri.endsWith('requests.jsonl'),
    );
    assert.equal(diagnostics.length, 1);
  });

  it('stands deep nesting, very long lines and very many of them', async () => {
    await client.initialize();
    const uri = 'file:///requests.jsonl';
    const deep = `{"key":"deep","request":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    const long = good('long').replace('Hi', 'x'.repeat(10_000_000));
    client.open(uri, `${good('a')}\n${deep}\n${long}\n${'{}\n'.repeat(100_000)}`);
    await client.notification<Published>(published, ({ diagnostics }) => diagnostics.length === 1000);
    const textDocument = { uri };
    for (const line of [1, 2]) {
      const position = { line, character: 30 };
      await client.request('textDocument/hover', { textDocument, position });
      await client.request('textDocument/completion', { textDocument, position });
      await client.request('textDocument/selectionRange', { textDocument, positions: [position] });
    }
    client.change(uri, 2, [
      { range: { start: { line: 2, character: 80 }, end: { line: 2, character: 81 } }, text: 'y' },
    ]);
    await client.notification<Published>(published, ({ version }) => version === 2);
  });
});
