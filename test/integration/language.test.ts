import assert from 'node:assert/strict';
import { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { Person } from './support/answers';
import { request, requestFile, until, untilAnswer } from './support/workspace';

const bad = '{"custom_id":"b","request":{"contents":[{"role":"assistant","parts":[{"text":"Hi"}]}]}}';

function problemsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Batchwright');
}

function codesOf(uri: vscode.Uri): string[] {
  return problemsOf(uri).map(({ code }) => (typeof code === 'string' ? code : ''));
}

async function open(name: string, ...lines: unknown[]): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await requestFile(name, ...lines), { preview: false });
}

/** The language server, as a child of this process; Node knows its children but has no public list of them. */
function serverProcesses(): ChildProcess[] {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles: () => unknown[] };
  return handles
    .call(process)
    .filter((handle): handle is ChildProcess => handle instanceof ChildProcess)
    .filter(({ spawnargs }) => spawnargs.some((argument) => argument.endsWith('server.js')));
}

describe('the language server in VS Code', function () {
  this.timeout(180_000);
  let person: Person;

  const run = (command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand(`batchwright.${command}`, ...args);
  const execute = <T>(command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`vscode.execute${command}`, ...args);

  beforeEach(() => {
    person = new Person();
  });
  afterEach(async () => {
    person.leave();
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('marks mistakes, and lets go of them as they are mended', async () => {
    const { document } = await open('marks.jsonl', request('a'), request('a'), bad);
    await until('three problems', () => problemsOf(document.uri).length === 3);
    const [duplicate] = problemsOf(document.uri);
    assert.equal(duplicate!.code, 'duplicate-key');
    assert.deepEqual(duplicate!.range, new vscode.Range(1, 7, 1, 10));
    assert.equal(duplicate!.relatedInformation![0]!.location.range.start.line, 0);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(1, 8, 1, 9), 'z');
    await vscode.workspace.applyEdit(edit);
    await until('two problems', () => problemsOf(document.uri).length === 2);
  });

  it('says nothing about other JSON Lines', async () => {
    const other = await open('other.jsonl', { id: 1 }, { id: 2, id2: 3 }, '{broken');
    const { document } = await open('ours.jsonl', bad);
    await until('problems of ours', () => problemsOf(document.uri).length > 0);
    assert.deepEqual(vscode.languages.getDiagnostics(other.document.uri), []);
  });

  it('mends a mistake in one undo step', async () => {
    const { document } = await open('mend.jsonl', request('a'), bad);
    await until('problems', () => problemsOf(document.uri).length === 2);
    const at = problemsOf(document.uri).find(({ code }) => code === 'key-name')!.range;
    const actions = await execute<vscode.CodeAction[]>(
      'CodeActionProvider',
      document.uri,
      at,
      'quickfix',
      10,
    );
    const fix = actions.find(({ isPreferred }) => isPreferred === true)!;
    await vscode.workspace.applyEdit(fix.edit!);
    assert.match(document.lineAt(1).text, /^\{"key":"b"/);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.lineAt(1).text, bad);
  });

  it('mends everything as a source action, in one undo step', async () => {
    const { document } = await open('fixall.jsonl', request('a'), request('a'), bad, bad);
    await until('problems', () => problemsOf(document.uri).length >= 5);
    const before = document.getText();
    await vscode.commands.executeCommand('editor.action.codeAction', {
      kind: 'source.fixAll.batchwright',
      apply: 'first',
    });
    await until('no problems', () => document.getText() !== before && codesOf(document.uri).length === 0);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('completes, explains and outlines', async () => {
    const line = '{"key":"r-1","request":{"contents":[{"role":"user","parts":[{"text":"Good day"}]}]}}';
    const { document } = await open('help.jsonl', line, '{"key":""}');
    const { uri } = document;
    const completed = async (character: number, row: number) => {
      const list = await execute<vscode.CompletionList>(
        'CompletionItemProvider',
        uri,
        new vscode.Position(row, character),
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    assert.ok((await completed(8, 1)).includes('r-2'));
    assert.ok((await completed(46, 0)).includes('model'));
    const [hover] = await execute<vscode.Hover[]>('HoverProvider', uri, new vscode.Position(0, 26));
    assert.match((hover!.contents[0] as vscode.MarkdownString).value, /\*\*contents\*\*/);
    const symbols = await execute<vscode.DocumentSymbol[]>('DocumentSymbolProvider', uri);
    assert.deepEqual(
      symbols.map(({ name, detail }) => [name, detail]),
      [
        ['r-1', 'Good day'],
        ['Line 2', ''],
      ],
    );
  });

  it('shows a picture that is too large to stand in a hover', async () => {
    const bytes = Buffer.alloc(120_000, 7);
    const part = { inlineData: { mimeType: 'image/png', data: bytes.toString('base64') } };
    const line = JSON.stringify({ key: 'a', request: { contents: [{ parts: [part] }] } });
    const { document } = await open('picture.jsonl', line);
    const at = new vscode.Position(0, line.indexOf('"data"') + 20);
    const hoverText = async () => {
      const [hover] = await execute<vscode.Hover[]>('HoverProvider', document.uri, at);
      return (hover?.contents[0] as vscode.MarkdownString | undefined)?.value ?? '';
    };
    const text = await untilAnswer('a hover', hoverText, (found) => found !== '');
    assert.match(text, /image\/png · 120 kB/);
    const [, link] = /!\[preview\]\((.*)\|width=\d+\)/.exec(text) ?? [];
    assert.deepEqual(await readFile(vscode.Uri.parse(link!).fsPath), bytes);
  });

  it('renames a key, and goes from a result to its request and back', async () => {
    const results = await requestFile(
      'pair.results.jsonl',
      { key: 'b', response: {} },
      { key: 'a', response: {} },
    );
    const { document } = await open('pair.jsonl', request('a'), request('b'));
    await until('the file to be known', () => document.languageId === 'jsonl');
    const definition = (uri: vscode.Uri, line: number) =>
      execute<vscode.Location[]>('DefinitionProvider', uri, new vscode.Position(line, 8));
    const [result] = await definition(document.uri, 1);
    assert.deepEqual([result!.uri.fsPath, result!.range.start.line], [results.fsPath, 0]);
    await vscode.window.showTextDocument(results, { preview: false });
    const [asked] = await definition(results, 1);
    assert.deepEqual([asked!.uri.fsPath, asked!.range.start.line], [document.uri.fsPath, 0]);
    const edit = await execute<vscode.WorkspaceEdit>(
      'DocumentRenameProvider',
      document.uri,
      new vscode.Position(0, 8),
      'new',
    );
    assert.deepEqual(
      edit.get(document.uri).map(({ newText }) => newText),
      ['new'],
    );
  });

  it('takes white space out of lines', async () => {
    const editor = await open(
      'format.jsonl',
      '{ "key": "a", "request": { "contents": [ 1.0 ] } }',
      '{ "key": "b" }',
    );
    editor.selection = new vscode.Selection(0, 0, 0, 10);
    await run('formatLines');
    assert.equal(editor.document.lineAt(0).text, '{"key":"a","request":{"contents":[1.0]}}');
    assert.equal(editor.document.lineAt(1).text, '{ "key": "b" }');
  });

  it('lets a person say what a file is', async () => {
    const { document } = await open('choose.jsonl', { prompt: 'a' }, { prompt: 'b' });
    person.will('Gemini requests');
    await run('chooseDialect');
    await until('problems', () => codesOf(document.uri).includes('missing-key'));
    person.will('By content');
    await run('chooseDialect');
    await until('silence', () => problemsOf(document.uri).length === 0);
  });

  it('offers to treat a JSON file of request lines as JSON Lines', async () => {
    person.will('Treat as JSON Lines');
    const { document } = await open('lines.json', request('a'), bad);
    await person.sees(/holds batch requests, one a line/);
    await until('problems', () => codesOf(document.uri).includes('key-name'));
  });

  describe('Edit as JSON', () => {
    const autoSave = (mode: string | undefined) =>
      vscode.workspace.getConfiguration('files').update('autoSave', mode, vscode.ConfigurationTarget.Global);
    // In browsers VS Code saves by itself, which would decide when these tests save.
    before(() => autoSave('off'));
    after(() => autoSave(undefined));

    const editorOf = (source: vscode.TextDocument) =>
      until('the editor of the request', () =>
        vscode.window.visibleTextEditors.find(
          ({ document }) =>
            document.uri.scheme === 'batchwright-request' &&
            document.uri.query.includes(source.uri.toString()),
        ),
      );
    const type = async (editor: vscode.TextEditor, from: string, to: string) => {
      const at = editor.document.getText().indexOf(from);
      const range = new vscode.Range(
        editor.document.positionAt(at),
        editor.document.positionAt(at + from.length),
      );
      await editor.edit((edit) => edit.replace(range, to));
    };

    it('opens a request laid out over lines, and saves it back on its line', async () => {
      const { document } = await open('edit.jsonl', request('a'), request('b'), request('c'));
      await run('editAsJson', document.uri, 1);
      const beside = await editorOf(document);
      assert.equal(beside.viewColumn, vscode.ViewColumn.Two);
      assert.deepEqual(JSON.parse(beside.document.getText()), request('b'));
      await type(beside, 'Name a river.', 'Name a lake.');
      assert.ok(await beside.document.save());
      assert.equal(document.lineAt(1).text, JSON.stringify(request('b', 'Name a lake.')));
      assert.equal(document.lineCount, 4);
      assert.equal(document.isDirty, false);
    });

    it('has the same problems, and follows its line', async () => {
      const { document } = await open('edit2.jsonl', request('a'), request('b'));
      await run('editAsJson', document.uri, 1);
      const beside = await editorOf(document);
      await type(beside, '"role"', '"rolle"');
      await until('a problem', () => codesOf(beside.document.uri).includes('unknown-field'));
      await type(beside, '"rolle"', '"role"');
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), `${JSON.stringify(request('first'))}\n`);
      await vscode.workspace.applyEdit(edit);
      await type(beside, 'Name a river.', 'Name a lake.');
      await beside.document.save();
      assert.equal(document.lineAt(2).text, JSON.stringify(request('b', 'Name a lake.')));
      assert.equal(document.isDirty, true);
    });

    it('overwrites nothing that was changed meanwhile in silence', async () => {
      const { document } = await open('edit4.jsonl', request('a'), request('b'));
      await run('editAsJson', document.uri, 1);
      const beside = await editorOf(document);
      await type(beside, 'Name a river.', 'Name a lake.');
      const theirs = JSON.stringify(request('b', 'Name a sea.'));
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, document.lineAt(1).range, theirs);
      await vscode.workspace.applyEdit(edit);
      assert.equal(await beside.document.save(), false);
      assert.equal(document.lineAt(1).text, theirs);
      // What VS Code's *Overwrite* does, after it has shown both versions.
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await until('their version', () => beside.document.getText().includes('Name a sea.'));
      await type(beside, 'Name a sea.', 'Name a pond.');
      assert.ok(await beside.document.save());
      assert.equal(document.lineAt(1).text, JSON.stringify(request('b', 'Name a pond.')));
    });

    it('knows of a change that another program made to the file while nobody showed it', async () => {
      const source = await requestFile('edit5.jsonl', request('a'), request('b'));
      await run('editAsJson', source, 1);
      const beside = await until('the editor of the request', () =>
        vscode.window.visibleTextEditors.find(({ document }) => document.uri.query.includes('edit5')),
      );
      await type(beside, 'Name a river.', 'Name a lake.');
      await requestFile('edit5.jsonl', request('first'), request('a'), request('b', 'Name a sea.'));
      const source2 = await vscode.workspace.openTextDocument(source);
      await until('the change', () => source2.lineCount === 4);
      assert.equal(await beside.document.save(), false);
      assert.equal(source2.lineAt(2).text, JSON.stringify(request('b', 'Name a sea.')));
    });

    it('stays with a line whose key is changed in the file', async () => {
      const { document } = await open('edit6.jsonl', request('a'), request('b'), request('c'));
      await run('editAsJson', document.uri, 1);
      const beside = await editorOf(document);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, new vscode.Range(1, 8, 1, 9), 'new');
      await vscode.workspace.applyEdit(edit);
      await until('the new key', () => beside.document.getText().includes('"new"'));
      await type(beside, 'Name a river.', 'Name a lake.');
      assert.ok(await beside.document.save());
      assert.equal(document.lineAt(1).text, JSON.stringify(request('new', 'Name a lake.')));
    });

    it('offers to add a request again whose line was removed', async () => {
      const { document } = await open('edit7.jsonl', request('a'), request('b'));
      await run('editAsJson', document.uri, 0);
      const beside = await editorOf(document);
      await type(beside, 'Name a river.', 'Name a lake.');
      const edit = new vscode.WorkspaceEdit();
      edit.delete(document.uri, new vscode.Range(0, 0, 1, 0));
      await vscode.workspace.applyEdit(edit);
      person.will(undefined);
      assert.equal(await beside.document.save(), false);
      await person.sees(/The request is no longer in edit7\.jsonl/);
      assert.equal(document.lineCount, 2);
      person.will('Add as Last Line');
      assert.ok(await beside.document.save());
      assert.equal(document.lineAt(1).text, JSON.stringify(request('a', 'Name a lake.')));
      assert.equal(document.lineCount, 3);
      await type(beside, 'Name a lake.', 'Name a pond.');
      assert.ok(await beside.document.save());
      assert.equal(document.lineAt(1).text, JSON.stringify(request('a', 'Name a pond.')));
    });

    it('does not complain when auto save comes before the text is JSON, and loses nothing of it', async () => {
      await autoSave('afterDelay');
      try {
        const { document } = await open('edit8.jsonl', request('a'));
        await run('editAsJson', document.uri, 0);
        const beside = await editorOf(document);
        await type(beside, '"request"', 'request');
        const broken = beside.document.getText();
        await until('auto save', () => !beside.document.isDirty);
        assert.equal(document.lineAt(0).text, JSON.stringify(request('a')));
        person.will('Open Again');
        await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
        await person.sees(/was not valid JSON when it was closed/);
        const again = await editorOf(document);
        await until('the text that was typed', () => again.document.getText() === broken);
        await type(again, 'request"', '"request"');
        await until('the line', () => !again.document.isDirty);
        assert.equal(document.lineAt(0).text, JSON.stringify(request('a')));
      } finally {
        await autoSave('off');
      }
    });

    it('leaves what is no JSON where it is', async () => {
      const { document } = await open('edit3.jsonl', request('a'));
      await run('editAsJson', document.uri, 0);
      const beside = await editorOf(document);
      await type(beside, '"request"', 'request');
      assert.equal(await beside.document.save(), false);
      assert.equal(document.lineAt(0).text, JSON.stringify(request('a')));
    });
  });

  it('checks a file that is not open, and lists what it found', async () => {
    const uri = await requestFile('closed.jsonl', request('a'), request('a'), bad);
    person.will('Open Report');
    await run('validateFile', uri);
    const { text } = await person.sees(/closed\.jsonl.*3 requests/);
    assert.match(text, /Errors: 3/);
    assert.deepEqual(codesOf(uri), ['duplicate-key', 'key-name', 'role']);
    const report = await until('the report', () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'batchwright-report'),
    );
    assert.match(report.document.getText(), /^2:8 {2}error {2}duplicate-key/m);
    const links = await execute<vscode.DocumentLink[]>('LinkProvider', report.document.uri);
    assert.equal(links.length, 3);
    const window = await vscode.workspace.openTextDocument(links[0]!.target!.with({ fragment: '' }));
    assert.equal(window.lineAt(1).text, JSON.stringify(request('a')));
    // VS Code's numbers begin anew on such a page; the file's own take their place.
    const page = await vscode.window.showTextDocument(window);
    const off = vscode.TextEditorLineNumbersStyle.Off;
    await until('the numbers of the file', () => page.options.lineNumbers === off);
  });

  it('stops checking a file when somebody cancels, and says nothing then', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) =>
      request(`k${index}`, 'Name a river. '.repeat(20)),
    );
    const uri = await requestFile('cancelled.jsonl', bad, ...many);
    person.cancelsNext();
    await run('validateFile', uri);
    assert.deepEqual(person.messages, []);
    assert.deepEqual(codesOf(uri), []);
    // The server is free for the next one.
    const small = await requestFile('after-cancelled.jsonl', request('a'), request('a'));
    await run('validateFile', small);
    await person.sees(/after-cancelled\.jsonl.*2 requests/);
  });

  it('converts lines to the other dialect and back, each in one undo step', async () => {
    const { document } = await open('convert.jsonl', request('a'), request('b'));
    const before = document.getText();
    person.will('gemini-3.5-flash');
    await run('convertToOpenAi');
    const line = JSON.parse(document.lineAt(1).text) as { custom_id: string; body: { model: string } };
    assert.deepEqual([line.custom_id, line.body.model], ['b', 'gemini-3.5-flash']);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
    person.will('gemini-3.5-flash');
    await run('convertToOpenAi');
    await run('convertToGemini');
    assert.deepEqual((JSON.parse(document.lineAt(0).text) as { key: string }).key, 'a');
    await person.sees(/Choose the model when you submit: gemini-3\.5-flash/);
  });

  it('draws lenses above the file and the line with the cursor', async () => {
    const editor = await open('lens.jsonl', request('a'), request('b'));
    const { uri } = editor.document;
    await until('the file to be known', () => editor.document.lineCount === 3);
    editor.selection = new vscode.Selection(1, 0, 1, 0);
    const lenses = async () => {
      const found = await execute<vscode.CodeLens[]>('CodeLensProvider', uri);
      return found.map(({ command, range }) => `${range.start.line} ${command?.title ?? ''}`);
    };
    const titles = await untilAnswer(
      'the lenses of the second line',
      lenses,
      (found) => found.length >= 3 && found[1]?.startsWith('1') === true,
    );
    assert.match(titles[0]!, /^0 ▷ Submit batch · 2 requests · ~\d+ tokens/);
    assert.deepEqual(titles.slice(1), ['1 ▷ Try', '1 Edit as JSON']);
  });

  it('is back by itself when its process was killed', async () => {
    const { document } = await open('killed.jsonl', bad);
    await until('problems', () => problemsOf(document.uri).length === 2);
    serverProcesses().forEach((server) => server.kill());
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, document.lineAt(0).range, bad.replace('custom_id', 'key'));
    await vscode.workspace.applyEdit(edit);
    await until('the problem that is left', () => codesOf(document.uri).join() === 'role');
  });

  it('is back after a restart', async () => {
    const { document } = await open('restart.jsonl', bad);
    await until('problems', () => problemsOf(document.uri).length === 2);
    await run('restartLanguageServer');
    await until('problems again', () => problemsOf(document.uri).length === 2);
  });
});
