import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { Person } from './support/answers';
import { request, requestFile } from './support/workspace';

/** The service's own answer to a key that it does not know. */
const wrongKey = {
  error: {
    code: 400,
    message: 'API key not valid. Please pass a valid API key.',
    status: 'INVALID_ARGUMENT',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      },
    ],
  },
};

describe('a service in trouble', function () {
  this.timeout(120_000);
  const run = (command: string, ...args: unknown[]) =>
    vscode.commands.executeCommand(`batchwright.${command}`, ...args);
  const setting = () => vscode.workspace.getConfiguration('batchwright');
  let server: Server;
  let answer: RequestListener;
  let person: Person;
  const asked: string[] = [];

  before(async () => {
    server = createServer((incoming, response) => {
      asked.push(
        `${incoming.method ?? ''} ${incoming.url ?? ''} ${incoming.headers['x-goog-api-key']?.toString() ?? ''}`,
      );
      answer(incoming, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await setting().update('gemini.baseUrl', `http://127.0.0.1:${port}`, vscode.ConfigurationTarget.Global);
    await setting().update('connection', 'gemini', vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    person.leave();
    server.close();
    server.closeAllConnections();
    person = new Person();
    person.will('Remove');
    await run('removeApiKey');
    person.leave();
    await setting().update('connection', 'sandbox', vscode.ConfigurationTarget.Global);
    await setting().update('gemini.baseUrl', undefined, vscode.ConfigurationTarget.Global);
  });
  beforeEach(() => {
    person = new Person();
    asked.length = 0;
  });
  afterEach(() => person.leave());

  it('does not accept a wrong key, which is then not kept', async () => {
    answer = (_request, response) => response.writeHead(400).end(JSON.stringify(wrongKey));
    person.will('wrong-key');
    void run('setApiKey');
    const { choices } = await person.sees(/Gemini does not accept this key; it was not stored/);
    assert.deepEqual(choices, ['Enter Another']);
    assert.match(asked[0] ?? '', /^GET \/v1beta\/models\?\S* wrong-key$/);
    assert.ok(!asked.some((line) => line.split(' ')[1]?.includes('wrong-key')));
    void run('refreshJobs');
    await person.sees(/needs an API key/);
  });

  it('answers in HTML', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the hotel</html>');
    person.will('some-key');
    void run('setApiKey');
    const { text } = await person.sees(/The key is stored, but could not be tried/);
    assert.doesNotMatch(text, /hotel/);
  });

  it('has lost the key meanwhile', async () => {
    answer = (_request, response) => response.writeHead(400).end(JSON.stringify(wrongKey));
    const file = await requestFile('trouble.jsonl', request('a'));
    await vscode.window.showTextDocument(file);
    void run('submitActiveFile');
    const { choices } = await person.sees(/API key/);
    assert.deepEqual(choices, ['Set API Key']);
  });

  it('is out of quota, and says when to come again', async () => {
    answer = (_request, response) =>
      response
        .writeHead(429, { 'retry-after': '3600' })
        .end(
          JSON.stringify({ error: { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED' } }),
        );
    void run('refreshJobs');
    const { choices } = await person.sees(/[Qq]uota/);
    assert.deepEqual(choices, ['Try Again']);
  });
});
