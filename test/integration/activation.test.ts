import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId, request, requestFile, untilAnswer } from './support/workspace';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('activation', () => {
  const extension = vscode.extensions.getExtension(extensionId)!;

  it('happens by itself, and exports nothing', async () => {
    await untilAnswer(
      'the extension to be active',
      () => vscode.commands.getCommands(true),
      () => extension.isActive,
    );
    assert.equal(extension.exports, undefined);
  });

  it('registers every command of the manifest', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension.packageJSON as Manifest;
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('leaves the language of JSON Lines to VS Code, which knows it', async () => {
    const document = await vscode.workspace.openTextDocument(
      await requestFile('language.jsonl', request('a')),
    );
    assert.equal(document.languageId, 'jsonl');
  });

  it('brings its views to the front on command', async () => {
    await vscode.commands.executeCommand('batchwright.jobs.focus');
    await vscode.commands.executeCommand('batchwright.webhooks.focus');
  });
});
