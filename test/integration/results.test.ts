import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ResultSet } from '../../src/results/resultSet';
import { LocalScanner } from '../../src/results/scanner';
import { ResultsSession } from '../../src/results/session';
import { allRows, noSearch } from '../../src/shared/resultsMessages';
import { dataWrangler } from '../../src/views/results/dataWrangler';
import { openInDataWrangler } from '../../src/views/results/exports';
import { AskedDefinition } from '../../src/views/results/askedDefinition';
import { request, requestFile, tabsIn, until, untilAnswer } from './support/workspace';

describe('the results editor', function () {
  this.timeout(120_000);

  const answer = (key: string) => ({
    key,
    response: { candidates: [{ content: { parts: [{ text: `Answer to ${key}` }] }, finishReason: 'STOP' }] },
  });
  const activeTab = () => vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const activeEditorType = () => {
    const input = activeTab();
    return input instanceof vscode.TabInputCustom ? input.viewType : undefined;
  };
  const open = (file: vscode.Uri, column = vscode.ViewColumn.One) =>
    vscode.commands.executeCommand('vscode.open', file, { viewColumn: column, preview: false });

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('opens results files, and no other JSON Lines file', async () => {
    const requests = await requestFile('kinds.jsonl', request('a'));
    const results = await requestFile('kinds.results.jsonl', answer('a'));
    await open(results);
    await until('the results editor', () => activeEditorType() === 'batchwright.results');
    await open(requests);
    await until('the text editor', () => activeTab() instanceof vscode.TabInputText);
  });

  it('opens any JSON Lines file when somebody chooses it', async () => {
    const file = await requestFile('chosen.jsonl', answer('a'));
    await vscode.commands.executeCommand('vscode.openWith', file, 'batchwright.resultsOfAnyName');
    await until('the results editor', () => activeEditorType() === 'batchwright.resultsOfAnyName');
  });

  it('goes back to text', async () => {
    const results = await requestFile('text.results.jsonl', answer('a'));
    await open(results);
    await until('the results editor', () => activeEditorType() === 'batchwright.results');
    await vscode.commands.executeCommand('batchwright.results.reopenAsText');
    await until('the text editor', () => activeTab() instanceof vscode.TabInputText);
    const document = await vscode.workspace.openTextDocument(results);
    assert.match(document.getText(), /Answer to a/);
  });

  describe('and definitions', () => {
    const at = (line: number) => new vscode.Selection(line, 9, line, 9);
    /** Opens a request file with the cursor in a key, once the language server knows where the result is. */
    const openAt = async (requests: vscode.Uri, line: number) => {
      const document = await vscode.workspace.openTextDocument(requests);
      const editor = await vscode.window.showTextDocument(document, { preview: false, selection: at(line) });
      await untilAnswer(
        'a definition',
        () =>
          vscode.commands.executeCommand<unknown[]>(
            'vscode.executeDefinitionProvider',
            requests,
            at(line).active,
          ),
        (found) => found.length > 0,
      );
      return editor;
    };

    it('tells which request was asked for where the cursor is, once, until the cursor leaves it', async () => {
      const requests = await requestFile('asked.jsonl', request('first'), request('second'));
      await requestFile('asked.results.jsonl', answer('second'), answer('first'));
      const asked = new AskedDefinition();
      try {
        const editor = await openAt(requests, 1);
        const ask = (line: number) =>
          vscode.commands.executeCommand('vscode.executeDefinitionProvider', requests, at(line).active);
        assert.equal(asked.take('/another.jsonl'), undefined);
        assert.equal(asked.take(requests.fsPath)?.line, 1);
        assert.equal(asked.take(requests.fsPath), undefined);
        await ask(0);
        assert.equal(asked.take(requests.fsPath), undefined, 'what the mouse is over is not gone to');
        await ask(1);
        const moved = new Promise((resolve) => {
          const listening = vscode.window.onDidChangeTextEditorSelection((event) => {
            listening.dispose();
            resolve(event);
          });
        });
        editor.selection = at(0);
        await moved;
        assert.equal(asked.take(requests.fsPath), undefined, 'the cursor has left');
      } finally {
        asked.dispose();
      }
    });

    it('opens no second editor where the results stand beside', async () => {
      const requests = await requestFile('beside.jsonl', request('first'), request('second'));
      const results = await requestFile('beside.results.jsonl', answer('second'), answer('first'));
      await open(results, vscode.ViewColumn.Two);
      await until('the results editor', () => activeEditorType() === 'batchwright.results');
      await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
      await openAt(requests, 0);
      await vscode.commands.executeCommand('editor.action.revealDefinition');
      await until('the results in front', () => activeEditorType() === 'batchwright.results');
      await until('one editor of each', () => tabsIn(vscode.ViewColumn.One).length === 1);
      assert.deepEqual(tabsIn(vscode.ViewColumn.One), [requests.fsPath]);
      assert.deepEqual(tabsIn(vscode.ViewColumn.Two), [results.fsPath]);
    });

    it('lead back from results that are open as text', async () => {
      const requests = await requestFile('back.jsonl', request('first'), request('second'));
      const results = await requestFile('back.results.jsonl', answer('second'), answer('first'));
      await openAt(results, 0);
      await vscode.commands.executeCommand('editor.action.revealDefinition');
      const line = await until('the request', () => {
        const editor = vscode.window.activeTextEditor;
        return editor?.document.uri.fsPath === requests.fsPath
          ? String(editor.selection.active.line)
          : undefined;
      });
      assert.equal(line, '1');
    });
  });

  it('gives Data Wrangler a CSV with the answers as they were written', async () => {
    const extension = vscode.extensions.getExtension<{ given: string[] }>(dataWrangler);
    assert.ok(extension, 'the stand-in is installed');
    const { given } = await extension.activate();
    const results = await requestFile('wrangled.results.jsonl', answer('a'), {
      ...answer('b'),
      response: { candidates: [{ content: { parts: [{ text: '{"sum":"=1+1"}' }] }, finishReason: 'STOP' }] },
    });
    const set = await ResultSet.open({ results: results.fsPath, scanner: new LocalScanner() });
    await set.ready;
    const session = new ResultsSession(set, () => undefined);
    try {
      await session.view({ query: allRows, search: noSearch }, new AbortController().signal);
      await openInDataWrangler(session);
      const csv = results.fsPath.replace('.results.jsonl', '.csv');
      await until('its editor', () => activeEditorType() === 'jupyter-data-wrangler');
      assert.deepEqual(given, [vscode.Uri.file(csv).toString()]);
      const [head, ...rows] = (await readFile(csv, 'utf8')).split('\r\n');
      assert.match(head ?? '', /^\uFEFF?key,.*,sum$/);
      assert.match(rows[1] ?? '', /^b,.*,=1\+1$/, 'no guard against the formulas of spreadsheets');
    } finally {
      session.dispose();
      set.dispose();
    }
  });

  it('opens files that VS Code hands to no extension', async () => {
    const results = await requestFile('huge.results.jsonl');
    const line = `${JSON.stringify(answer('k'))}\n`;
    await writeFile(results.fsPath, line.repeat(Math.ceil((51 * 2 ** 20) / line.length)));
    await open(results);
    await until('the results editor', () => activeEditorType() === 'batchwright.results');
    assert.deepEqual(tabsIn(vscode.ViewColumn.One), [results.fsPath]);
  });

  it('says in the editor itself that a file is not there', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    await open(vscode.Uri.joinPath(folder.uri, 'nowhere.results.jsonl'));
    assert.equal(vscode.window.activeTextEditor, undefined);
  });
});
