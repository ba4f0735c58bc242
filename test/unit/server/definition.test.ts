import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CheckedDocument } from '../../../src/server/checkedDocument';
import { counterparts } from '../../../src/server/definition';
import { LineDocument } from '../../../src/server/lineDocument';

const row = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;
const result = (key: string) => `{"response":{},"key":"${key}"}`;

describe('going from a request to its result and back', () => {
  let folder: string;
  const uriOf = (name: string) => pathToFileURL(path.join(folder, name)).href;

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'batchwright-definition-'));
    const write = (name: string, ...lines: string[]) =>
      writeFileSync(path.join(folder, name), lines.join('\n'));
    write('a.jsonl', row('x'), row('a'));
    write('a.results.jsonl', result('a'), result('x'));
    write('a (2).results.jsonl', '{"response":{"text":"\\"key\\":\\"a\\""},"key":"b"}', result('a'));
    write('other.results.jsonl', result('a'));
    write('b.jsonl', row('x'), row('ü/x'));
    write('b (2).jsonl', row('ü/x'));
    write('b (2).results.jsonl', result('ü/x'));
    write('b.merged.results.jsonl', result('\\u00fc\\/x'));
    write('c.ndjson', row('c'));
    write('c.results.ndjson', result('c'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function open(name: string, ...lines: string[]): CheckedDocument {
    const uri = name.includes(':') ? name : uriOf(name);
    const checked = new CheckedDocument(new LineDocument(uri, 'jsonl', 1, lines.join('\n')));
    checked.checkSome(() => false);
    return checked;
  }

  async function places(
    from: CheckedDocument,
    character: number,
    others: readonly CheckedDocument[] = [],
  ): Promise<string[]> {
    const found = await counterparts(
      from,
      { line: 0, character },
      [from, ...others],
      new AbortController().signal,
    );
    return found
      .map(
        ({ uri, range }) =>
          `${path.posix.basename(decodeURIComponent(uri))}:${range.start.line}:${range.start.character}`,
      )
      .sort();
  }

  it('reads the request file that belongs to results by its name', async () => {
    assert.deepEqual(await places(open('a.results.jsonl', result('a')), 22), ['a.jsonl:1:7']);
    assert.deepEqual(await places(open('a (2).results.jsonl', result('a')), 22), ['a.jsonl:1:7']);
  });

  it('reads all results of a request file', async () => {
    assert.deepEqual(await places(open('a.jsonl', row('a')), 8), [
      'a (2).results.jsonl:1:21',
      'a.results.jsonl:0:21',
    ]);
  });

  it('knows all names that results are given', async () => {
    assert.deepEqual(await places(open('b.merged.results.jsonl', result('ü/x')), 22), ['b.jsonl:1:7']);
    assert.deepEqual(await places(open('b (2).results.jsonl', result('ü/x')), 22), ['b (2).jsonl:0:7']);
    assert.deepEqual(await places(open('b (2).jsonl', row('ü/x')), 8), ['b (2).results.jsonl:0:21']);
    assert.deepEqual(await places(open('c.results.ndjson', result('c')), 22), ['c.ndjson:0:7']);
    assert.deepEqual(await places(open('c.ndjson', row('c')), 8), ['c.results.ndjson:0:21']);
  });

  it('finds keys however they are escaped', async () => {
    assert.deepEqual(await places(open('b.jsonl', row('ü/x')), 8), ['b.merged.results.jsonl:0:21']);
    const escaped = open('b.merged.results.jsonl', result('\\u00fc\\/x'));
    assert.deepEqual(await places(open('b.jsonl', row('ü/x')), 8, [escaped]), [
      'b.merged.results.jsonl:0:21',
    ]);
  });

  it('prefers what is open to what is on disk', async () => {
    const edited = open('a.jsonl', row('new'), row('more'), row('a'));
    assert.deepEqual(await places(open('a.results.jsonl', result('a')), 22, [edited]), ['a.jsonl:2:7']);
    const results = open('a.results.jsonl', result('b'), result('a'));
    assert.deepEqual(await places(open('a.jsonl', row('a')), 8, [results]), [
      'a (2).results.jsonl:1:21',
      'a.results.jsonl:1:21',
    ]);
  });

  it('looks into whatever else is open when no file belongs by name', async () => {
    const elsewhere = open('untitled:Untitled-1', row('a'));
    const foreign = open('untitled:Untitled-2', '{"key":"a"}');
    assert.deepEqual(await places(open('lost.results.jsonl', result('a')), 22, [elsewhere, foreign]), [
      'untitled:Untitled-1:0:7',
    ]);
    assert.deepEqual(await places(open('untitled:Untitled-3', result('a')), 22, [elsewhere]), [
      'untitled:Untitled-1:0:7',
    ]);
  });

  it('finds nothing where there is no key, or nobody has it', async () => {
    assert.deepEqual(await places(open('a.results.jsonl', result('a')), 3), []);
    assert.deepEqual(await places(open('a.results.jsonl', result('nobody')), 22), []);
    assert.deepEqual(await places(open('gone.results.jsonl', result('a')), 22), []);
  });
});
