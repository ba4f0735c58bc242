import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { HostError } from '../../../src/webview/rpc';
import { RowSelection, type SavedRow, type SelectionParts } from '../../../src/webview/rowSelection';
import type { RowDetail } from '../../../src/shared/resultsMessages';
import { makeRowSummary } from '../../support/rowSummary';

const summary = (row: number) => makeRowSummary({ row, key: `key-${row}`, request: row });
const detailOf = (row: number): RowDetail => ({
  summary: summary(row),
  request: { line: row, turns: [], settings: [], broken: false },
  candidates: [],
  usage: [],
});

/** A page whose host answers as told, and what it did. */
function world(saved?: SavedRow) {
  const did: string[] = [];
  const answers: Record<string, (params: never) => unknown> = {
    detail: ({ row }: { row: number }) => detailOf(row),
    positionOf: ({ row }: { row: number }) => ({ position: row * 10 }),
    findRow: () => ({}),
    revealRequest: () => ({}),
  };
  let shown: number | undefined;
  let waiting: (() => void) | undefined;
  const parts: SelectionParts = {
    host: {
      call: (method, params) => {
        if (method === 'revealRequest' || method === 'findRow')
          did.push(`${method} ${JSON.stringify(params)}`);
        const value = Promise.resolve().then(() => answers[method]?.(params as never));
        return value as never;
      },
    },
    detail: {
      get row() {
        return shown;
      },
      show: ({ summary: { row } }) => {
        shown = row;
        did.push(`show ${row}`);
      },
      clear: () => {
        shown = undefined;
        did.push('clear');
      },
      problem: (message) => did.push(`problem ${message}`),
    },
    select: (position, by) => did.push(`select ${position} ${by}`),
    unfilter: (row) => {
      did.push(`unfilter ${row}`);
      return Promise.resolve();
    },
    onSelected: (row) => did.push(`selected ${row ?? 'none'}`),
    onShown: ({ row }) => did.push(`shown ${row}`),
    later: (run) => {
      waiting = run;
      return () => (waiting = undefined);
    },
    tell: (error) => did.push(`tell ${error instanceof Error ? error.message : String(error)}`),
  };
  /** The moment is over, and the host has answered. */
  const settle = async () => {
    waiting?.();
    waiting = undefined;
    await turn();
  };
  return { selection: new RowSelection(parts, saved), did, answers, settle };
}

describe('RowSelection', () => {
  it('shows the row that a person stops at, and its request follows', async () => {
    const { selection, did, settle } = world();
    for (const row of [1, 2, 3]) selection.show(row, 'user');
    await settle();
    assert.deepEqual(did, [
      'selected 1',
      'selected 2',
      'selected 3',
      'show 3',
      'shown 3',
      'revealRequest {"row":3,"focus":false}',
    ]);
  });

  it('leaves the request alone when no person chose the row', async () => {
    const { selection, did, settle } = world();
    selection.show(4, 'program');
    await settle();
    assert.deepEqual(did, ['selected 4', 'show 4', 'shown 4']);
  });

  it('says why a row cannot be shown', async () => {
    const { selection, did, answers, settle } = world();
    answers.detail = () => Promise.reject(new HostError('no such row', false));
    selection.show(4, 'user');
    await settle();
    assert.deepEqual(did, ['selected 4', 'problem no such row']);
  });

  it('keeps a filter that hides the row, unless it has to give way', async () => {
    const { selection, did, answers } = world();
    answers.positionOf = () => ({ position: -1 });
    await selection.goTo(5, 'program');
    await selection.goTo(6, 'user', 'givesWay');
    assert.deepEqual(did, ['selected 5', 'unfilter 6', 'selected 6']);
  });

  it('shows the row of an earlier page again, once it is there', async () => {
    const { selection, did, answers, settle } = world({ row: 7 });
    answers.positionOf = () => ({ position: -1 });
    await selection.restore();
    assert.deepEqual(did, []);
    answers.positionOf = () => ({ position: 70 });
    await selection.restore();
    await settle();
    await selection.restore();
    assert.deepEqual(did, ['select 70 program', 'selected 7', 'show 7', 'shown 7']);
  });

  it('finds its row by the key after the files have changed', async () => {
    const { selection, did, answers, settle } = world();
    selection.show(3, 'program');
    await settle();
    did.length = 0;
    answers.findRow = () => ({ row: 8 });
    await selection.find();
    await settle();
    assert.deepEqual(did, [
      'findRow {"row":3,"key":"key-3"}',
      'clear',
      'select 80 program',
      'selected 8',
      'show 8',
      'shown 8',
    ]);
  });

  it('is looking for the row of an earlier page until it is shown, or known to be gone', async () => {
    const fresh = world();
    assert.equal(fresh.selection.isLooking, false);
    const { selection, answers, settle } = world({ row: 3, key: 'key-3' });
    answers.findRow = () => ({ row: 4 });
    assert.equal(selection.isLooking, true);
    await selection.restore();
    assert.equal(selection.isLooking, true);
    await settle();
    assert.equal(selection.isLooking, false);
    const gone = world({ row: 3, key: 'key-3' });
    await gone.selection.restore();
    assert.equal(gone.selection.isLooking, false);
  });

  it('shows nothing when its row is gone', async () => {
    const { selection, did, settle } = world();
    selection.show(3, 'program');
    await settle();
    did.length = 0;
    await selection.find();
    await selection.find();
    assert.deepEqual(did, ['findRow {"row":3,"key":"key-3"}', 'clear', 'selected none']);
  });

  it('finds the row of an earlier page by its key: the file may be another one by now', async () => {
    const { selection, did, answers, settle } = world({ row: 7, key: 'key-9' });
    let found: (value: unknown) => void = () => undefined;
    answers.findRow = () => new Promise((resolve) => (found = resolve));
    assert.equal(selection.toKeep, undefined);
    const restored = Promise.all([selection.restore(), selection.restore()]);
    await selection.relocate();
    await turn();
    assert.deepEqual(did, ['findRow {"row":7,"key":"key-9"}']);
    found({ row: 9 });
    await restored;
    await settle();
    assert.deepEqual(did.slice(1), ['clear', 'select 90 program', 'selected 9', 'show 9', 'shown 9']);
    assert.equal(selection.toKeep, 9);
  });

  it('gives up looking for the row of an earlier page when a person chooses another one', async () => {
    const { selection, did, answers, settle } = world({ row: 7, key: 'key-9' });
    answers.findRow = () => ({ row: 9 });
    const restored = selection.restore();
    selection.show(1, 'program');
    await restored;
    await settle();
    assert.deepEqual(did, ['findRow {"row":7,"key":"key-9"}', 'selected 1', 'show 1', 'shown 1']);
  });

  for (const [what, saved] of [
    ['number', { row: 3 }],
    ['key', { row: 3, key: 'key-3' }],
  ] as const) {
    it(`does not go back to the row of an earlier page, known by its ${what}, from one it was sent to meanwhile`, async () => {
      for (let turns = 0; turns < 12; turns += 1) {
        const { selection, did, answers, settle } = world(saved);
        answers.findRow = () => ({ row: 3 });
        const restoring = selection.restore();
        for (let n = 0; n < turns; n += 1) await Promise.resolve();
        await Promise.all([restoring, selection.goTo(8, 'program', 'givesWay')]);
        await settle();
        const last = (word: string) => did.findLast((each) => each.startsWith(word));
        assert.deepEqual([last('show '), last('select ')], ['show 8', 'select 80 program'], `${turns} turns`);
      }
    });
  }

  it('selects its row where it is in a new view', async () => {
    const { selection, did } = world({ row: 2 });
    await selection.relocate();
    assert.deepEqual(did, ['select 20 program']);
  });
});
