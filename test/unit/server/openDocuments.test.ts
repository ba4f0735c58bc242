import assert from 'node:assert/strict';
import { Coalescer } from '../../../src/server/coalescer';
import type { CheckedDocument } from '../../../src/server/checkedDocument';
import { OpenDocuments } from '../../../src/server/openDocuments';
import type { DocumentState } from '../../../src/shared/lsp';
import { ManualTurns } from '../../support/manualTurns';

const uri = 'file:///a.jsonl';
const good = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;
const empty = '{"key":"a","request":{}}';

/** Turns on which looking at the clock costs a millisecond, so that slices end. */
class SlowTurns extends ManualTurns {
  override now(): number {
    this.spend(1);
    return super.now();
  }
}

function world(turns: ManualTurns = new ManualTurns()) {
  const shown: { uri: string; problems: number; complete: boolean }[] = [];
  const states: DocumentState[] = [];
  const settled: string[] = [];
  const documents = new OpenDocuments({
    turns,
    onProblems: (checked: CheckedDocument) =>
      shown.push({
        uri: checked.document.uri,
        problems: checked.problems(1000).problems.length,
        complete: checked.isComplete,
      }),
    onState: (state) => states.push(state),
    onSettled: (checked) => settled.push(`${checked.document.version} after ${shown.length}`),
  });
  return { turns, documents, shown, states, settled };
}

describe('OpenDocuments', () => {
  it('shows a small document once, when it is checked', () => {
    const { turns, documents, shown, states } = world();
    documents.open(uri, 'jsonl', 1, `${good('a')}\n${empty}`);
    assert.deepEqual(shown, []);
    turns.settle();
    assert.deepEqual(shown, [{ uri, problems: 2, complete: true }]);
    assert.deepEqual(
      states.map(({ kind, rows, errors, complete }) => ({ kind, rows, errors, complete })),
      [{ kind: 'gemini', rows: 2, errors: 2, complete: true }],
    );
  });

  it('shows that a foreign document has no problems', () => {
    const { turns, documents, shown, states } = world();
    documents.open(uri, 'jsonl', 1, '{"a":1}');
    turns.settle();
    assert.deepEqual(shown, [{ uri, problems: 0, complete: true }]);
    assert.equal(states[0]!.kind, 'none');
  });

  it('checks a large document in slices: first results soon, others now and then, all at the end', () => {
    const { turns, documents, shown } = world(new SlowTurns());
    documents.open(uri, 'jsonl', 1, Array.from({ length: 3000 }, () => '{"key":1,"request":{}}').join('\n'));
    turns.turn();
    turns.turn();
    assert.deepEqual(
      shown.map(({ complete }) => complete),
      [false],
    );
    assert.ok(shown[0]!.problems > 0 && shown[0]!.problems < 100);
    turns.settle();
    assert.equal(shown.at(-1)!.complete, true);
    assert.ok(shown.length > 3 && shown.length < 50, String(shown.length));
  });

  it('says once of each document that all of it has been checked and shown', () => {
    const { turns, documents, settled, shown } = world(new SlowTurns());
    documents.open(uri, 'jsonl', 1, Array.from({ length: 300 }, () => empty).join('\n'));
    turns.turn();
    assert.deepEqual(settled, []);
    turns.settle();
    assert.deepEqual(settled, [`1 after ${shown.length}`]);
    documents.change(
      uri,
      [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }, text: '' }],
      2,
    );
    documents.setRules({ 'missing-contents': 'off' });
    turns.settle();
    assert.equal(settled.length, 1);
  });

  it('checks what is on the screen first', () => {
    const { turns, documents } = world(new SlowTurns());
    const lines = Array.from({ length: 3000 }, (_, line) => (line === 2000 ? empty : good(`k${line}`)));
    documents.open(uri, 'jsonl', 1, lines.join('\n'));
    documents.setVisible(uri, 1998, 2002);
    turns.turn();
    assert.ok(documents.get(uri)!.recordAt(2000));
    assert.equal(documents.get(uri)!.recordAt(1000), undefined);
  });

  it('follows edits, and gathers those that come together', () => {
    const { turns, documents, shown } = world();
    documents.open(uri, 'jsonl', 1, empty);
    turns.settle();
    const start = { line: 0, character: 0 };
    documents.change(uri, [{ range: { start, end: start }, text: `${empty}\n` }], 2);
    documents.change(uri, [{ range: { start, end: { line: 2, character: 0 } }, text: good('b') }], 3);
    turns.settle();
    assert.deepEqual(
      shown.map(({ problems }) => problems),
      [1, 0],
    );
    assert.equal(documents.get(uri)!.document.version, 3);
  });

  it('takes a person’s word, and rules, for all that is open', () => {
    const { turns, documents, shown, states } = world();
    documents.open(uri, 'jsonl', 1, '{"prompt":1}');
    turns.settle();
    documents.setKind(uri, 'gemini');
    turns.settle();
    assert.deepEqual([states.at(-1)!.kind, states.at(-1)!.overridden], ['gemini', true]);
    const found = shown.at(-1)!.problems;
    assert.ok(found > 0);
    documents.setRules({ 'missing-key': 'off' });
    turns.settle();
    assert.equal(shown.at(-1)!.problems, found - 1);
    const { length } = shown;
    documents.setRules({ 'missing-key': 'off' });
    turns.settle();
    assert.equal(shown.length, length);
    documents.setKind(uri, undefined);
    turns.settle();
    assert.deepEqual([states.at(-1)!.kind, states.at(-1)!.overridden], ['none', false]);
  });

  it('has nothing more to say about a document that was closed', () => {
    const { turns, documents, shown } = world();
    documents.open(uri, 'jsonl', 1, empty);
    turns.turn();
    documents.close(uri);
    documents.change(uri, [{ text: '' }], 2);
    documents.setKind(uri, 'gemini');
    documents.setVisible(uri, 0, 1);
    turns.settle();
    assert.deepEqual(shown, []);
    assert.equal(documents.get(uri), undefined);
    assert.deepEqual(documents.all(), []);
  });

  it('stops when it is disposed', () => {
    const { turns, documents, shown } = world();
    documents.open(uri, 'jsonl', 1, empty);
    documents.dispose();
    turns.settle();
    assert.deepEqual(shown, []);
  });
});

describe('Coalescer', () => {
  it('runs once for many askings, and again at once when that was cheap', () => {
    const turns = new ManualTurns();
    let runs = 0;
    const coalescer = new Coalescer(turns, () => (runs += 1));
    coalescer.ask();
    coalescer.ask();
    turns.settle();
    assert.equal(runs, 1);
    coalescer.ask();
    turns.settle();
    assert.equal(runs, 2);
  });

  it('rests after a dear run, and remembers what was asked meanwhile', () => {
    const turns = new ManualTurns();
    let runs = 0;
    const coalescer = new Coalescer(turns, () => {
      runs += 1;
      turns.spend(10);
    });
    coalescer.ask();
    turns.settle();
    coalescer.ask();
    turns.spend(20);
    turns.settle();
    assert.equal(runs, 1);
    turns.spend(20);
    turns.settle();
    assert.equal(runs, 2);
  });

  it('never runs after it was disposed', () => {
    const turns = new ManualTurns();
    let runs = 0;
    const coalescer = new Coalescer(turns, () => (runs += 1));
    coalescer.ask();
    coalescer.dispose();
    coalescer.ask();
    turns.settle();
    assert.equal(runs, 0);
  });
});
