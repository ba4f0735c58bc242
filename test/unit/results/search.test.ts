import assert from 'node:assert/strict';
import { candidateExpression, InvalidSearch, searchResults } from '../../../src/results/search';
import type { SearchQuery } from '../../../src/shared/resultsMessages';
import { CancelledError } from '../../../src/util/async';
import { answer, openSet, Scratch } from './support';

const scratch = new Scratch();
after(() => scratch.remove());

const texts = [
  'Plain answer',
  'naïve CAFÉ',
  'a < b && c',
  'say "hi"\nthere',
  'emoji 😀 end',
  'back\\slash',
  'ΑΒΓ',
  'finishReason',
];

async function find(query: Partial<SearchQuery> & { text: string }, chunkBytes = 200): Promise<number[]> {
  // As the service writes them: some characters escaped, most not.
  const escaped = (value: object) =>
    JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('&', '\\u0026');
  const path = scratch.lines(texts.map((text, row) => escaped(answer(`k${row}`, text))));
  const set = await openSet(path);
  try {
    const asked = { matchCase: false, regex: false, ...query };
    const found = await searchResults(set.resultLines, set.results, asked, { chunkBytes });
    return [...found].flatMap((bit, row) => (bit === 1 ? [row] : []));
  } finally {
    set.dispose();
  }
}

describe('searchResults', () => {
  const table: [string, Partial<SearchQuery> & { text: string }, number[]][] = [
    ['upper and lower case alike', { text: 'PLAIN' }, [0]],
    ['case on demand', { text: 'PLAIN', matchCase: true }, []],
    ['letters with accents', { text: 'café' }, [1]],
    ['characters the service escapes', { text: '< b &&' }, [2]],
    ['quotes and line breaks', { text: '"hi"\nthere' }, [3]],
    ['characters outside the basic plane', { text: '😀' }, [4]],
    ['backslashes', { text: 'k\\s' }, [5]],
    ['other alphabets', { text: 'αβγ' }, [6]],
    ['text, not names of the wire', { text: 'finishreason' }, [7]],
    ['nothing of the wire alone', { text: 'candidates' }, []],
    ['regular expressions', { text: '^(plain|say)', regex: true }, [0, 3]],
    ['regular expressions with case', { text: '^plain', regex: true, matchCase: true }, []],
    ['the characters of expressions as they are', { text: 'a.*b' }, []],
  ];
  for (const [name, query, rows] of table) {
    it(`finds ${name}`, async () => {
      assert.deepEqual(await find(query), rows);
      assert.deepEqual(await find(query, 1 << 20), rows);
    });
  }

  it('finds numbers in arguments of calls as they were written', async () => {
    const call = '{"functionCall":{"name":"f","args":{"id":12345678901234567891}}}';
    const path = scratch.lines([`{"response":{"candidates":[{"content":{"parts":[${call}]}}]}}`]);
    const set = await openSet(path);
    const asked = { text: '12345678901234567891', matchCase: false, regex: false };
    assert.deepEqual([...(await searchResults(set.resultLines, set.results, asked))], [1]);
    set.dispose();
  });

  it('finds text in lines that are broken', async () => {
    const path = scratch.lines([answer('a'), '{"key":"b","response":{"half": "needle']);
    const set = await openSet(path);
    const found = await searchResults(set.resultLines, set.results, {
      text: 'needle',
      matchCase: false,
      regex: false,
    });
    assert.deepEqual([...found], [0, 1]);
    set.dispose();
  });

  it('says what is wrong with an expression', async () => {
    await assert.rejects(find({ text: '(', regex: true }), InvalidSearch);
  });

  it('ends an expression that would take for ever', async () => {
    const set = await openSet(scratch.lines([answer('a', `${'a'.repeat(60)}!`)]));
    const query = { text: '^(a+)+$', matchCase: true, regex: true };
    await assert.rejects(searchResults(set.resultLines, set.results, query), InvalidSearch);
    set.dispose();
  });

  it('reports progress and stops when it is told to', async () => {
    const path = scratch.lines(texts.map((text, row) => answer(`k${row}`, text)));
    const set = await openSet(path);
    const query = { text: 'a', matchCase: false, regex: false };
    const seen: number[] = [];
    const stop = new AbortController();
    const running = searchResults(set.resultLines, set.results, query, {
      chunkBytes: 100,
      signal: stop.signal,
      onProgress: (done) => {
        seen.push(done);
        if (seen.length === 2) stop.abort();
      },
    });
    await assert.rejects(running, CancelledError);
    assert.equal(seen.length, 2);
    assert.ok((seen[0] ?? 0) < (seen[1] ?? 0));
    set.dispose();
  });
});

describe('candidateExpression', () => {
  it('gives up where lower case has another length', () => {
    assert.equal(candidateExpression({ text: 'İstanbul', matchCase: false, regex: false }), undefined);
  });
});
