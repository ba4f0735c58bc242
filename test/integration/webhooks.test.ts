import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Person } from './support/answers';
import { request, requestFile } from './support/workspace';

describe('webhooks', function () {
  this.timeout(120_000);
  const run = (command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand(`batchwright.${command}`, ...args);
  const set = (name: string, value: unknown) =>
    vscode.workspace.getConfiguration('batchwright').update(name, value, vscode.ConfigurationTarget.Global);
  const changed = { 'polling.seconds': 0, 'webhooks.receive': true, 'webhooks.onSubmit': true };
  let person: Person;

  before(async () => {
    person = new Person();
    await run('useSandbox');
    for (const [name, value] of Object.entries(changed)) await set(name, value);
  });
  after(async () => {
    person.leave();
    for (const name of Object.keys(changed)) await set(name, undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('tell of the end of a job while nothing is polled', async () => {
    const file = await requestFile('hooked.jsonl', request('a'));
    await vscode.window.showTextDocument(file);
    person.will('gemini-3.8-flash', 'hooked', 'Submit');
    await run('submitActiveFile');
    const done = await person.sees(/^Batch “hooked” is done/);
    assert.match(done.text, /1 ok/);
  });
});
