import assert from 'node:assert/strict';
import { wayIntoDataWrangler } from '../../../../src/views/results/dataWrangler';
import { jobOfResults, requestPathsFor } from '../../../../src/views/results/jobLink';
import { keyOfLine, lineOfKey } from '../../../../src/views/results/requestLines';
import type { Job } from '../../../../src/jobs/api';

describe('requestPathsFor', () => {
  const table: [string, string[]][] = [
    ['/d/a.results.jsonl', ['/d/a.jsonl', '/d/a.ndjson']],
    ['/d/a (2).results.jsonl', ['/d/a (2).jsonl', '/d/a (2).ndjson', '/d/a.jsonl', '/d/a.ndjson']],
    ['/d/a.b.results.ndjson', ['/d/a.b.ndjson', '/d/a.b.jsonl']],
    ['/d/a.merged.results.jsonl', ['/d/a.merged.jsonl', '/d/a.merged.ndjson', '/d/a.jsonl', '/d/a.ndjson']],
    [
      '/d/a.merged (2).results.jsonl',
      ['/d/a.merged (2).jsonl', '/d/a.merged (2).ndjson', '/d/a.jsonl', '/d/a.ndjson'],
    ],
    ['/d/a.jsonl', []],
  ];
  for (const [results, requests] of table) {
    it(results, () => assert.deepEqual(requestPathsFor(results), requests));
  }
});

describe('jobOfResults', () => {
  it('finds the job whose results they are', () => {
    const jobs = [{ id: '1' }, { id: '2', results: { path: '/d/a.results.jsonl' } }] as unknown as Job[];
    assert.equal(jobOfResults(jobs, '/d/a.results.jsonl')?.id, '2');
    assert.equal(jobOfResults(jobs, '/d/b.results.jsonl'), undefined);
  });
});

describe('keyOfLine', () => {
  const table: [string, string | undefined][] = [
    ['{"key":"a","request":{}}', 'a'],
    ['  { "key" : "a\\"b\\u00fc", broken', 'a"bü'],
    ['{"request":{"key":"inner"},"key":"outer"}', 'outer'],
    ['{"custom_id":"c"}', 'c'],
    ['{"key":7}', '7'],
    ['{"request":{}}', undefined],
    ['nonsense', undefined],
    ['', undefined],
  ];
  for (const [line, key] of table)
    it(`${line || '(empty)'} → ${key ?? 'none'}`, () => assert.equal(keyOfLine(line), key));
});

describe('lineOfKey', () => {
  const document = (lines: string[]) => ({
    lineCount: lines.length,
    lineAt: (line: number) => ({ text: lines[line] ?? '' }),
  });
  const request = (key: string) => JSON.stringify({ key, request: {} });
  const lines = ['a', 'b', 'c', 'b', 'd\u00fc'].map(request);
  const table: [string, string | undefined, number, number | undefined][] = [
    ['where it was', 'c', 2, 2],
    ['nearest to where it was', 'b', 4, 3],
    ['moved up', 'a', 4, 0],
    ['moved down', 'dü', 0, 4],
    ['behind the end', 'c', 40, 2],
    ['deleted', 'z', 2, undefined],
    ['no key: where it was', undefined, 2, 2],
    ['no key and too far', undefined, 20, undefined],
  ];
  for (const [name, key, expected, line] of table) {
    it(name, () => assert.equal(lineOfKey(document(lines), key, expected), line));
  }

  it('does not take the key of something inside the request for the line', () => {
    assert.equal(lineOfKey(document(['{"key":"x","request":{"text":"\\"b\\""}}', request('b')]), 'b', 0), 1);
  });

  it('finds keys that are written with escapes', () => {
    assert.equal(lineOfKey(document(['{"key":"\\u0061b"}']), 'ab', 0), 0);
  });
});

describe('wayIntoDataWrangler', () => {
  const table: [string, unknown, unknown][] = [
    [
      'an editor for CSV files',
      {
        contributes: { customEditors: [{ viewType: 'dw.editor', selector: [{ filenamePattern: '*.csv' }] }] },
      },
      { kind: 'editor', id: 'dw.editor' },
    ],
    [
      'a command in the menu of CSV files',
      {
        contributes: {
          menus: {
            'explorer/context': [
              { command: 'dw.no' },
              { command: 'dw.open', when: 'resourceExtname =~ /csv/' },
            ],
          },
        },
      },
      { kind: 'command', id: 'dw.open' },
    ],
    ['nothing', { contributes: {} }, undefined],
    ['no manifest', undefined, undefined],
  ];
  for (const [name, manifest, way] of table)
    it(name, () => assert.deepEqual(wayIntoDataWrangler(manifest), way));
});
