import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { request, requestFile, tabsIn, until } from './support/workspace';

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
