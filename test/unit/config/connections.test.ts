import assert from 'node:assert/strict';
import { connectionLabel } from '../../../src/config/connectionLabel';
import {
  addressProblem,
  customConnections,
  geminiConnection,
  sandboxConnection,
} from '../../../src/config/connections';
import { holdsJsonLines } from '../../../src/config/jsonLines';
import { storageLayout } from '../../../src/config/storage';

describe('addressProblem', () => {
  for (const [address, problem] of [
    ['https://generativelanguage.googleapis.com', undefined],
    ['https://proxy.example/gemini/', undefined],
    ['http://127.0.0.1:8080', undefined],
    ['http://localhost:1', undefined],
    ['http://[::1]:1', undefined],
    ['http://example.com', 'notHttps'],
    ['http://127.0.0.1.evil.example', 'notHttps'],
    ['ftp://example.com', 'notHttps'],
    ['https://user:secret@example.com', 'hasCredentials'],
    ['https://example.com/?key=1', 'hasQuery'],
    ['https://example.com/#x', 'hasQuery'],
    ['generativelanguage', 'notAnAddress'],
    ['', 'notAnAddress'],
  ] as const) {
    it(`says ${problem ?? 'nothing'} of “${address}”`, () => assert.equal(addressProblem(address), problem));
  }
});

describe('connections', () => {
  it('have no slash at the end of their address', () => {
    assert.equal(geminiConnection(' https://a.example// ', 'v1').baseUrl, 'https://a.example');
    assert.equal(geminiConnection('https://a.example', 'v1').apiVersion, 'v1');
    assert.equal(sandboxConnection('http://127.0.0.1:1').apiVersion, 'v1beta');
  });

  it('have names for people', () => {
    assert.deepEqual(['gemini', 'sandbox', 'mine'].map(connectionLabel), ['Gemini', 'Sandbox', 'mine']);
  });
});

describe('holdsJsonLines', () => {
  const document = (languageId: string, ...lines: string[]) => ({
    languageId,
    lineCount: lines.length,
    lineAt: () => ({ text: lines[0] ?? '' }) as never,
  });
  for (const [what, input, expected] of [
    ['a jsonl file, even an empty one', document('jsonl'), true],
    ['a json file with an object on its first line', document('json', '{"a":1}', '{"a":2}'), true],
    ['an ordinary json file', document('json', '{', '  "a": 1', '}'), false],
    ['a json file of one line', document('json', '{"a":1}'), false],
    ['another language', document('python', '{}', '{}'), false],
  ] as const) {
    it(`is ${expected} for ${what}`, () => assert.equal(holdsJsonLines(input), expected));
  }
});

describe('storageLayout', () => {
  it('keeps things apart', () => {
    assert.equal(new Set(Object.values(storageLayout('/g'))).size, 3);
  });
});

describe('customConnections', () => {
  it('reads entries and fills in what is usual', () => {
    const { connections, problems } = customConnections([
      { name: ' Mine ', baseUrl: ' https://api.example/v1/ ' },
      { name: 'Gateway', baseUrl: 'http://127.0.0.1:1', family: 'gemini', models: ['m'] },
      { name: 'Beta', baseUrl: 'https://b.example', apiVersion: 'v2' },
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(connections, [
      { id: 'Mine', label: 'Mine', family: 'openai', baseUrl: 'https://api.example/v1', apiVersion: 'v1' },
      {
        id: 'Gateway',
        label: 'Gateway',
        family: 'gemini',
        baseUrl: 'http://127.0.0.1:1',
        apiVersion: 'v1beta',
        models: ['m'],
      },
      { id: 'Beta', label: 'Beta', family: 'openai', baseUrl: 'https://b.example', apiVersion: 'v2' },
    ]);
  });

  it('names what is wrong with an entry and keeps the others', () => {
    const { connections, problems } = customConnections([
      { name: '', baseUrl: 'https://a.example' },
      { name: 'plain', baseUrl: 'http://a.example' },
      { name: 'Gemini', baseUrl: 'https://a.example' },
      { name: 'good', baseUrl: 'https://a.example' },
      { name: 'good', baseUrl: 'https://b.example' },
      { name: 'odd', baseUrl: 'https://a.example', family: 'smoke signals' },
      { name: 'path', baseUrl: 'https://a.example', apiVersion: '../v1' },
      { name: 'bad' },
      'text',
    ]);
    assert.deepEqual(
      connections.map(({ id, baseUrl }) => [id, baseUrl]),
      [['good', 'https://a.example']],
    );
    assert.deepEqual(problems, [
      { index: 0, field: 'name', why: 'invalid' },
      { index: 1, field: 'baseUrl', why: 'notHttps', name: 'plain' },
      { index: 2, field: 'name', why: 'taken', name: 'Gemini' },
      { index: 4, field: 'name', why: 'taken', name: 'good' },
      { index: 5, field: 'family', why: 'invalid', name: 'odd' },
      { index: 6, field: 'apiVersion', why: 'invalid', name: 'path' },
      { index: 7, field: 'baseUrl', why: 'missing', name: 'bad' },
      { index: 8, field: 'entry', why: 'invalid' },
    ]);
  });

  it('is empty where the setting is no list', () => {
    assert.deepEqual(customConnections({ name: 'x' }), { connections: [], problems: [] });
  });
});
