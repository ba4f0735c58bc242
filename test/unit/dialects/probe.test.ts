import assert from 'node:assert/strict';
import { detectKind, detectLayout, type FileLayout } from '../../../src/dialects';
import type { FileKind } from '../../../src/shared/dialect';

const gemini = '{"key":"a","request":{"contents":[{"parts":[{"text":"x"}]}]}}';
const embed = '{"key":"a","request":{"content":{"parts":[{"text":"x"}]}}}';
const openAi =
  '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[]}}';
const bare = '{"contents":[{"parts":[{"text":"x"}]}]}';
const result = '{"response":{"candidates":[]},"key":"a"}';

describe('detectKind', () => {
  const cases: Record<string, [FileKind, ...string[]]> = {
    'Gemini requests': ['gemini', gemini, gemini],
    'embedding requests': ['gemini-embed', embed],
    'OpenAI requests': ['openai', openAi],
    'bare requests': ['gemini-bare', bare],
    results: ['results', result, '{"key":"b","error":{"code":3}}'],
    'an OpenAI result': [
      'results',
      '{"id":"x","custom_id":"a","response":{"status_code":200,"body":{}},"error":null}',
    ],
    'an inline result': ['results', '{"response":{},"metadata":{"key":"a"}}'],
    nothing: ['none'],
    'blank lines': ['none', '', '  '],
    'blank lines first': ['gemini', '', gemini],
    'a byte order mark': ['gemini', `\ufeff${gemini}`],
    'a broken first line': ['gemini', '{"key":"a","request":{"contents":[', gemini],
    'a lone broken line': ['gemini', '{"key":"a","request":{"contents":[{"parts":['],
    'single quotes': ['gemini', "{'key': 'a', 'request': {'contents': []}}"],
    'an empty request with a key': ['gemini', '{"key":"a","request":{}}'],
    'a bare slip among whole lines': ['gemini', bare, gemini, gemini],
    'a whole-file list': ['gemini', '[', `  ${gemini},`, `  ${gemini}`, ']'],
    'a list on one line': ['gemini', `[${gemini},${gemini}]`],
    'a pretty-printed request': [
      'gemini',
      '{',
      '  "key": "a",',
      '  "request": {',
      '    "contents": [',
      '      {',
    ],
    'chat logs': ['none', '{"messages":[{"role":"user","content":"x"}]}'],
    'prompts and completions': ['none', '{"prompt":"x","completion":"y"}'],
    'web server logs': ['none', '{"request":{"method":"GET","url":"/"},"response":{"status":200}}'],
    'keys and values': ['none', '{"key":"a","value":1}'],
    'events with errors': ['none', '{"level":"error","error":{"message":"x"}}'],
    "another service's batch": ['none', '{"custom_id":"a","params":{"model":"m","messages":[]}}'],
    'broken JSON of no kind': ['none', '{"level":'],
    numbers: ['none', '1', '2'],
    'one stray request among many others': ['none', gemini, ...Array.from({ length: 30 }, () => '{"a":1}')],
  };
  for (const [name, [kind, ...lines]] of Object.entries(cases)) {
    it(`${name}: ${kind}`, () => assert.equal(detectKind(lines), kind));
  }
});

describe('detectLayout', () => {
  const cases: Record<string, [FileLayout, string]> = {
    'an object that goes on in other lines': [
      'pretty',
      '{"key": "a", "request": {\n  "contents": []\n}}\n{"key": "b"}',
    ],
    'a first line that lacks a bracket': ['lines', '{"key": "a", "request": {}\n{"key": "b", "request": {}}'],
    'requests on lines': ['lines', `${gemini}\n${gemini}\n`],
    'a list': ['array', `[\n  ${gemini}\n]\n`],
    'a list on one line': ['array', `[${gemini}]`],
    'a request over several lines': ['pretty', '{\n  "key": "a",\n  "request": {\n'],
    'a request that begins on the brace': ['pretty', '{ "key": "a",\n  "request": {}\n}\n'],
    'a broken first line': ['lines', `{"key":"a","request":{"contents":[\n${gemini}\n`],
    'a lone brace above whole lines': ['lines', `{\n${gemini}\n`],
    'a lone broken line': ['lines', '{"key":'],
    nothing: ['lines', ''],
  };
  for (const [name, [layout, text]] of Object.entries(cases)) {
    it(`${name}: ${layout}`, () => assert.equal(detectLayout(text), layout));
  }
});
