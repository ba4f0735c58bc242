import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { Person } from './support/answers';
import { request, requestFile, resultsOf, tabsIn, until } from './support/workspace';

describe('the main job', function () {
  this.timeout(120_000);
  let person: Person;

  const run = (command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand(`batchwright.${command}`, ...args);
  const open = async (file: vscode.Uri) => vscode.window.showTextDocument(file, { preview: false });
  const answers = (name: string) => ['gemini-3.8-flash', name, 'Submit'];
  const setting = () => vscode.workspace.getConfiguration('batchwright');

  before(async () => {
    person = new Person();
    await run('useSandbox');
  });
  after(() => person.leave());
  beforeEach(() => {
    person.leave();
    person = new Person();
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('uses the sandbox once it is told to', () => {
    assert.equal(setting().get('connection'), 'sandbox');
  });

  it('goes from a file to results beside it', async () => {
    const file = await requestFile('main.jsonl', request('a'), request('b', 'Name a lake.'));
    await open(file);
    person.will(...answers('main job'), 'Open Results');
    await run('submitActiveFile');
    assert.deepEqual(
      person.asked.map(({ kind, text }) => `${kind} ${text}`),
      [
        'pick Submit Batch (1/2): Model',
        'input Submit Batch (2/2): Name',
        'message Submit 2 requests to Sandbox as “main job”?',
      ],
    );
    const done = await person.sees(/^Batch “main job” is done/);
    assert.match(done.text, /: 2 ok\.$/);
    assert.equal(done.choices[0], 'Open Results');
    const results = await until('the results file', () => resultsOf(file));
    await until('the results beside the requests', () => tabsIn(vscode.ViewColumn.Two).includes(results));
    assert.ok(tabsIn(vscode.ViewColumn.One).includes(file.fsPath));
    const keys = (await readFile(results, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);
    assert.deepEqual(keys, ['a', 'b']);
  });

  it('asks again what failed, and merges both runs', async () => {
    const file = await requestFile('again.jsonl', request('a'), request('b', 'Fail. [[sandbox:failed]]'));
    await open(file);
    person.will(...answers('again'), 'Retry Failed', 'Submit', 'again (retry 1)', 'Submit');
    await run('submitActiveFile');
    await person.sees(/^Batch “again \(retry 1\)” ended, but every row failed/);
    assert.ok(person.asked.some(({ kind, text }) => kind === 'input' && text === 'Submit Batch: Name'));
    person.will('again');
    void run('mergeResults');
    await person.sees(/^1 of 2 rows are ok after 2 runs\.$/);
    const merged = file.fsPath.replace('.jsonl', '.merged.results.jsonl');
    assert.ok(existsSync(merged));
    await until('the merged results', () => tabsIn(vscode.ViewColumn.Two).includes(merged));
    const [left] = vscode.window.tabGroups.all;
    const input = left?.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputText);
    assert.equal(input.uri.fsPath, file.fsPath, 'beside the requests of the first run');
  });

  it('shows the answer to a request that is tried, in an editor that closes without a question', async () => {
    const file = await requestFile('try.jsonl', request('a'));
    await open(file);
    person.will('gemini-3.8-flash');
    await run('tryRequest', file, 0);
    const answer = await until('the answer', () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'batchwright-answer'),
    );
    assert.match(answer.document.getText(), /"candidates"/);
    assert.equal(answer.document.languageId, 'json');
    assert.equal(answer.document.isDirty, false);
  });

  it('never writes over results that are there', async () => {
    const file = await requestFile('twice.jsonl', request('a'));
    const mine = file.fsPath.replace('.jsonl', '.results.jsonl');
    await writeFile(mine, 'mine');
    await open(file);
    person.will(...answers('twice'), 'Open Results');
    await run('submitActiveFile');
    await until('a second results file', () => resultsOf(file, 2));
    assert.equal(await readFile(mine, 'utf8'), 'mine');
  });

  it('cancels and deletes', async () => {
    const file = await requestFile('cancel.jsonl', request('a'));
    await open(file);
    person.will(...answers('[[sandbox:stuck]] to cancel'));
    await run('submitActiveFile');
    person.will('Cancel Job');
    await run('cancelJob');
    await person.sees(/^Batch “.*to cancel” was cancelled/);
    person.will(['[[sandbox:stuck]] to cancel'], 'Delete');
    await run('deleteJob');
    person.will(undefined);
    await run('copyJobName');
    const question = person.asked.findLast(({ kind }) => kind === 'pick');
    assert.ok(!question?.choices.includes('[[sandbox:stuck]] to cancel'));
  });

  describe('refuses', () => {
    const refused = async (pattern: RegExp) => {
      void run('submitActiveFile');
      return person.sees(pattern);
    };

    it('a file with mistakes, and leads to the first of them', async () => {
      const file = await requestFile('mistake.jsonl', request('a'), { key: 'b', request: { contnets: [] } });
      await open(file);
      person.will('Go to Line 2');
      await refused(/“mistake.jsonl” has .*error.* on line 2:/);
      await until(
        'the cursor on the mistake',
        () => vscode.window.activeTextEditor?.selection.active.line === 1,
      );
    });

    it('what is no batch', async () => {
      await open(await requestFile('other.jsonl', { level: 'info', text: 'a log' }));
      await refused(/“other.jsonl” is no batch request file/);
    });

    it('an empty file', async () => {
      await open(await requestFile('empty.jsonl'));
      await refused(/“empty.jsonl” is empty/);
    });

    it('a file that is not UTF-8', async () => {
      const file = await requestFile('utf16.jsonl');
      await writeFile(file.fsPath, Buffer.from(`\ufeff${JSON.stringify(request('a'))}\n`, 'utf16le'));
      await open(file);
      assert.match((await refused(/“utf16.jsonl” is not UTF-8/)).text, /Save it with the encoding UTF-8/);
    });

    it('a file that is gone', async () => {
      const file = await requestFile('gone.jsonl', request('a'));
      await open(file);
      await rm(file.fsPath);
      await refused(/“gone.jsonl” is not on disk any more/);
    });

    it('a folder', async () => {
      const file = await requestFile('folder.jsonl');
      await rm(file.fsPath);
      await mkdir(file.fsPath);
      void run('submitActiveFile', file);
      await person.sees(/“folder.jsonl” is not a file/);
    });
  });

  it('offers to save a file that is not saved, and sends what was saved', async () => {
    const file = await requestFile('unsaved.jsonl', request('a'));
    const editor = await open(file);
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), `${JSON.stringify(request('b'))}\n`));
    person.will('Save and Go On', ...answers('unsaved'));
    await run('submitActiveFile');
    assert.match(
      person.messages.join('\n'),
      /Save “unsaved.jsonl” before it is submitted\?[\s\S]*Submit 2 requests/,
    );
    assert.equal(editor.document.isDirty, false);
  });

  it('takes a file that is too big for an editor from its tab', async () => {
    const filler = 'lorem ipsum dolor sit amet '.repeat(200);
    const lines = Array.from({ length: 10_000 }, (_, index) => request(`k-${index}`, `${index} ${filler}`));
    const file = await requestFile('big.jsonl', ...lines);
    await vscode.commands.executeCommand('vscode.open', file);
    await until('the tab of the file', () => tabsIn(vscode.ViewColumn.One).includes(file.fsPath));
    assert.notEqual(vscode.window.activeTextEditor?.document.uri.fsPath, file.fsPath);
    person.will('gemini-3.8-flash', 'big', undefined);
    await run('submitActiveFile');
    assert.match(person.messages.join(), /Submit 10,000 requests to Sandbox as “big”\?/);
    await rm(file.fsPath);
  });

  it('submits nothing without a yes', async () => {
    const file = await requestFile('no.jsonl', request('a'));
    await open(file);
    person.will('gemini-3.8-flash', 'never', undefined);
    await run('submitActiveFile');
    person.will(undefined);
    await run('copyJobName');
    const question = person.asked.findLast(({ kind, text }) => kind === 'pick' && text.startsWith('Copy'));
    assert.ok(!question?.choices.includes('never'));
  });

  describe('with Gemini', () => {
    before(() => setting().update('connection', 'gemini', vscode.ConfigurationTarget.Global));
    after(async () => {
      await setting().update('gemini.baseUrl', undefined, vscode.ConfigurationTarget.Global);
      await setting().update('connection', 'sandbox', vscode.ConfigurationTarget.Global);
    });

    it('asks for a key before anything else', async () => {
      await open(await requestFile('key.jsonl', request('a')));
      void run('submitActiveFile');
      assert.deepEqual((await person.sees(/needs an API key/)).choices, ['Set API Key']);
    });

    it('refuses an address that is not safe for a key', async () => {
      await setting().update('gemini.baseUrl', 'http://example.com', vscode.ConfigurationTarget.Global);
      person.will('key-1');
      void run('setApiKey');
      assert.deepEqual((await person.sees(/must begin with https/)).choices, ['Open Setting']);
    });
  });

  it('writes a sample to try things with', async () => {
    await run('openSample');
    const editor = await until('the sample', () =>
      vscode.window.activeTextEditor?.document.fileName.endsWith('first-batch.jsonl')
        ? vscode.window.activeTextEditor
        : undefined,
    );
    assert.ok(existsSync(editor.document.fileName));
    assert.equal(path.basename(editor.document.fileName), 'first-batch.jsonl');
    assert.equal(editor.document.lineCount, 6);
  });
});
