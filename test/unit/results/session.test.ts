import assert from 'node:assert/strict';
import { allRows } from '../../../src/shared/resultsMessages';
import { ResultsSession } from '../../../src/results/session';
import { failureGroups } from '../../../src/results/failures';
import type { ResultsEvent, ResultsMethod } from '../../../src/shared/resultsMessages';
import { resultsMethods } from '../../../src/shared/resultsMessages';
import { CancelledError } from '../../../src/util/async';
import { answer, ended, openSet, request, Scratch } from './support';

const scratch = new Scratch();
after(() => scratch.remove());

const noSearch = { text: '', matchCase: false, regex: false };
const never = new AbortController().signal;

async function open(results: readonly unknown[], requests?: readonly unknown[]) {
  const set = await openSet(
    scratch.lines(results),
    requests === undefined ? undefined : scratch.lines(requests),
  );
  const events: ResultsEvent[] = [];
  const session = new ResultsSession(set, (event) => events.push(event));
  const { view, total } = await session.view({ query: allRows, search: noSearch }, never);
  const close = () => {
    session.dispose();
    set.dispose();
  };
  return { set, session, events, view, total, close };
}

/** What the other side would accept as the answer of a method. */
function agreed(method: ResultsMethod, value: unknown): void {
  assert.ok(resultsMethods[method].result.safeParse(value).success, `${method} answers as agreed`);
}

describe('ResultsSession', () => {
  it('shows a view by pages and refuses a view that is over', async () => {
    const { session, view, total, close } = await open(
      Array.from({ length: 250 }, (_, row) => answer(`k${row}`)),
    );
    assert.equal(total, 250);
    const page = await session.rows({ view, from: 200, count: 100 });
    agreed('rows', page);
    assert.equal(page.rows.length, 50);
    assert.equal(page.rows[0]?.key, 'k200');
    await session.view({ query: { ...allRows, key: 'k1' }, search: noSearch }, never);
    await assert.rejects(session.rows({ view, from: 0, count: 1 }), CancelledError);
    close();
  });

  it('keeps the selected row in view across filters', async () => {
    const { session, close } = await open([answer('a'), ended('b', 'SAFETY'), answer('c')]);
    const query = { ...allRows, outcomes: ['ok' as const] };
    assert.deepEqual((await session.view({ query, search: noSearch, keep: 2 }, never)).position, 1);
    assert.deepEqual((await session.view({ query, search: noSearch, keep: 1 }, never)).position, -1);
    assert.equal(session.positionOf({ row: 2 }).position, 1);
    close();
  });

  it('searches, tells progress, and does not search again for another order', async () => {
    const { session, events, close } = await open([
      answer('a', 'needle'),
      answer('b', 'hay'),
      answer('c', 'Needle'),
    ]);
    const search = { text: 'needle', matchCase: false, regex: false };
    assert.equal((await session.view({ query: allRows, search }, never)).total, 2);
    const told = events.filter((event) => event.name === 'searchProgress').length;
    assert.ok(told > 0);
    const sorted = await session.view({ query: { ...allRows, descending: true }, search }, never);
    assert.equal(sorted.total, 2);
    assert.equal(events.filter((event) => event.name === 'searchProgress').length, told);
    close();
  });

  it('gives up a search that a later view replaces', async () => {
    const { session, close } = await open([answer('a', 'needle')]);
    const search = { text: 'needle', matchCase: false, regex: false };
    const first = session.view({ query: allRows, search }, never);
    const second = session.view({ query: allRows, search: noSearch }, never);
    await assert.rejects(first, CancelledError);
    assert.equal((await second).total, 1);
    close();
  });

  it('finds the next row that is not ok, both ways', async () => {
    const { session, close } = await open([
      ended('a', 'SAFETY'),
      answer('b'),
      answer('c'),
      ended('d', 'MAX_TOKENS'),
    ]);
    assert.equal(session.nextFailure({ from: -1, backwards: false }).position, 0);
    assert.equal(session.nextFailure({ from: 0, backwards: false }).position, 3);
    assert.equal(session.nextFailure({ from: 3, backwards: false }).position, -1);
    assert.equal(session.nextFailure({ from: 3, backwards: true }).position, 0);
    close();
  });

  it('details rows with both lines, and rows without a result', async () => {
    const { session, set, close } = await open([answer('b', 'found')], [request('a', 'asked'), request('b')]);
    const detail = await session.detail({ row: 0 });
    agreed('detail', detail);
    assert.equal(detail.request?.line, 1);
    const missing = await session.detail({ row: ~0 });
    agreed('detail', missing);
    assert.equal(missing.summary.outcome, 'missing');
    assert.equal(missing.candidates.length, 0);
    assert.equal(await session.requestText(5000), undefined);
    assert.equal(await session.resultText(5000), undefined);
    assert.equal(await session.resultText(~0), undefined);
    assert.equal(set.requestOf(~0), 0);
    close();
  });

  it('hands out inline data of both sides', async () => {
    const inlineData = { mimeType: 'image/png', data: Buffer.from('picture').toString('base64') };
    const result = {
      key: 'k',
      response: { candidates: [{ content: { parts: [{ inlineData }] }, finishReason: 'STOP' }] },
    };
    const asked = {
      key: 'k',
      request: { contents: [{ parts: [{ inline_data: { mime_type: 'image/gif', data: 'AAAA' } }] }] },
    };
    const { session, close } = await open([result], [asked]);
    const picture = await session.media({ row: 0, media: 0, request: false });
    agreed('media', picture);
    assert.equal(Buffer.from(picture.bytes).toString(), 'picture');
    assert.equal((await session.media({ row: 0, media: 0, request: true })).mimeType, 'image/gif');
    await assert.rejects(session.media({ row: 0, media: 1, request: false }), /no such part/);
    close();
  });

  it('makes a table of JSON answers and copies it as TSV', async () => {
    const { session, view, close } = await open([
      answer('a', '{"label":"x","at":{"city":"Rome"},"list":[1,2]}'),
      answer('b', 'no json'),
      answer('c', '```json\n{"label":"tab\\there\\nline","extra/name":null}\n```'),
      answer('d', '{"half":'),
    ]);
    const { columns } = await session.columns();
    agreed('columns', { columns });
    assert.deepEqual(
      columns.map(({ path }) => path),
      ['/label', '/at/city', '/list'],
    );
    const { rows } = await session.cells({
      view,
      from: 0,
      count: 10,
      columns: ['/label', '/at/city', '/extra~1name', ''],
    });
    agreed('cells', { rows });
    assert.deepEqual(
      rows.map((row) => row.cells),
      [
        ['x', 'Rome', '', ''],
        ['', '', '', ''],
        ['tab\there\nline', '', '', ''],
        ['', '', '', ''],
      ],
    );
    const { text } = await session.tableText({ from: 0, count: 3, columns: ['/label', '/at/city'] });
    assert.equal(text, 'key\toutcome\tlabel\tat.city\na\tok\tx\tRome\nb\tok\t\t\nc\tok\ttab here line\t');
    close();
  });

  it('shows numbers of answers as they were written, in the table and on the clipboard', async () => {
    const written = ['12345678901234567891', '0.10', '1E400', '[1.0,{"a":-0}]'];
    const { session, view, close } = await open(
      written.map((number, row) => answer(`${row}`, `{"n":${number},"in":{"n":${number}}}`)),
    );
    const { columns } = await session.columns();
    assert.deepEqual(
      columns.map(({ path }) => path),
      ['/n', '/in/n'],
    );
    const { rows } = await session.cells({ view, from: 0, count: 10, columns: ['/n', '/in/n'] });
    assert.deepEqual(
      rows.map((row) => row.cells),
      written.map((number) => [number, number]),
    );
    const { text } = await session.tableText({ from: 0, count: 10, columns: ['/n'] });
    assert.deepEqual(
      text.split('\n').map((line) => line.split('\t')[2]),
      ['n', ...written],
    );
    close();
  });

  it('maps embeddings and finds the nearest', async () => {
    const embedding = (key: string, values: number[]) => ({ key, response: { embedding: { values } } });
    const { session, close } = await open([
      embedding('x', [10, 0, 0]),
      embedding('near x', [9, 1, 0]),
      embedding('y', [0, 10, 0]),
      embedding('other dimension', [1]),
      answer('no embedding'),
    ]);
    const map = await session.map({ signal: never });
    agreed('map', map);
    assert.deepEqual([...map.rows], [0, 1, 2]);
    assert.deepEqual(map.keys, ['x', 'near x', 'y']);
    assert.equal(map.dimension, 3);
    assert.ok(map.explained > 0.99, String(map.explained));
    const distance = (a: number, b: number) =>
      Math.hypot(
        (map.points[a * 2] ?? 0) - (map.points[b * 2] ?? 0),
        (map.points[a * 2 + 1] ?? 0) - (map.points[b * 2 + 1] ?? 0),
      );
    assert.ok(distance(0, 1) < distance(0, 2));
    const { neighbours } = await session.neighbours({ row: 0 }, { signal: never });
    agreed('neighbours', { neighbours });
    assert.deepEqual(
      neighbours.map(({ key }) => key),
      ['near x', 'y'],
    );
    assert.deepEqual((await session.neighbours({ row: ~0 }, { signal: never })).neighbours, []);
    close();
  });

  it('tells neighbours and their rows apart by what was asked', async () => {
    const embedding = (key: string, values: number[]) => ({ key, response: { embedding: { values } } });
    const asked = (key: string, text: string) => ({ key, request: { content: { parts: [{ text }] } } });
    const { session, view, close } = await open(
      [embedding('a', [1, 0]), embedding('b', [1, 0.1]), embedding('c', [0, 1]), embedding('d', [-1, 0])],
      [asked('a', 'Hiking boots'), asked('b', 'Running\n shoes'), asked('c', ''), asked('e', 'Sandals')],
    );
    const { rows } = await session.rows({ view, from: 0, count: 5 });
    assert.deepEqual(
      rows.map(({ key, preview }) => [key, preview]),
      [
        ['a', 'Hiking boots'],
        ['b', 'Running shoes'],
        ['c', '0.0000, 1.0000'],
        ['e', ''],
        ['d', '-1.0000, 0.0000'],
      ],
    );
    const { neighbours } = await session.neighbours({ row: 0 }, { signal: never });
    agreed('neighbours', { neighbours });
    assert.deepEqual(
      neighbours.map(({ key, text }) => [key, text]),
      [
        ['b', 'Running shoes'],
        ['c', ''],
        ['d', ''],
      ],
    );
    close();
  });

  it('maps nothing where there are no embeddings', async () => {
    const { session, close } = await open([answer('a')]);
    assert.equal((await session.map({ signal: never })).total, 0);
    close();
  });

  it('compares two runs by outcome and content', async () => {
    const before = await openSet(
      scratch.lines([
        answer('same', 'a'),
        answer('text', 'a'),
        answer('worse', 'a'),
        ended('better', 'MAX_TOKENS'),
        ended('other', 'SAFETY'),
        answer('gone', 'a'),
      ]),
    );
    const { session, close } = await open([
      answer('same', 'a', { responseId: 'another', usageMetadata: {} }),
      answer('text', 'b'),
      { key: 'worse', error: { code: 13 } },
      answer('better', 'a'),
      ended('other', 'MAX_TOKENS'),
      answer('new', 'a'),
    ]);
    const seen: number[] = [];
    const counts = await session.compare(before, never, (fraction) => seen.push(fraction));
    assert.deepEqual(counts, { better: 1, worse: 1, changed: 2, same: 1, added: 1, removed: 1 });
    const page = session.compared({ changes: ['worse', 'removed'], from: 0, count: 10 });
    agreed('compared', page);
    assert.deepEqual(
      page.rows.map((row) => [row.key, row.before, row.after]),
      [
        ['worse', 'ok', 'failed'],
        ['gone', 'ok', undefined],
      ],
    );
    assert.ok(seen.length > 0);
    await assert.rejects(session.compare(before, AbortSignal.abort()), CancelledError);
    before.dispose();
    close();
  });

  it('lets an unfiltered view grow', async () => {
    const { session, events, close } = await open([answer('a')]);
    session.refresh();
    assert.deepEqual(events.at(-1), { name: 'grown', view: 1, total: 1 });
    assert.deepEqual([...session.rowsInView], [0]);
    close();
  });

  it('knows all rows that are not ok, whatever is shown', async () => {
    const { session, close } = await open(
      [answer('a'), ended('b', 'SAFETY')],
      [request('a'), request('b'), request('c')],
    );
    await session.view({ query: { ...allRows, key: 'a' }, search: noSearch }, never);
    assert.deepEqual([...session.rowsNotOk()], [1, ~2]);
    close();
  });
});

describe('failureGroups', () => {
  it('groups messages that differ in numbers and names only', async () => {
    const failed = (key: string, message: string) => ({ key, error: { code: 13, message } });
    const { set, close } = await open([
      failed('a', "File 'files/1' is gone (id 12)."),
      failed('b', "File 'files/22' is gone (id 7)."),
      failed('c', 'Quota exceeded.'),
      answer('d'),
    ]);
    assert.deepEqual(await failureGroups(set), [
      { message: "File 'files/1' is gone (id 12).", code: 13, search: 'is gone (id', rows: 2 },
      { message: 'Quota exceeded.', code: 13, search: 'Quota exceeded.', rows: 1 },
    ]);
    close();
  });

  it('tells errors without a message apart by their status or code', async () => {
    const failed = (key: string, error: object) => ({ key, error });
    const { set, close } = await open([
      failed('a', { code: 8 }),
      failed('b', { code: 8, message: '' }),
      failed('c', { code: 429, status: 'RESOURCE_EXHAUSTED' }),
      failed('d', { code: 'rate_limit_exceeded' }),
      failed('e', { code: 14 }),
      failed('f', { code: 8 }),
      failed('g', {}),
    ]);
    assert.deepEqual(await failureGroups(set), [
      { message: '', code: 8, search: '', rows: 3 },
      { message: 'RESOURCE_EXHAUSTED', code: 429, search: 'RESOURCE_EXHAUSTED', rows: 1 },
      { message: 'rate_limit_exceeded', code: 0, search: 'rate_limit_exceeded', rows: 1 },
      { message: '', code: 14, search: '', rows: 1 },
      { message: '', code: 0, search: '', rows: 1 },
    ]);
    close();
  });
});
