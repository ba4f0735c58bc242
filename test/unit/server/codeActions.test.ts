import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { CodeAction, TextEdit } from 'vscode-languageserver';
import { CheckedDocument } from '../../../src/server/checkedDocument';
import { codeActions, fixAllKind, resolveCodeAction } from '../../../src/server/codeActions';
import { diagnosticsOf } from '../../../src/server/diagnostics';
import { fixAllEdits } from '../../../src/server/fixAll';
import { lineEdit } from '../../../src/server/lineEdits';
import { LineDocument } from '../../../src/server/lineDocument';
import { systemTurns as turns } from '../../../src/server/turns';
import { applyEdits, markedDocument } from '../../support/markedDocument';

const uri = 'file:///requests.jsonl';
const good = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;

const spread = (key: string) => JSON.stringify(JSON.parse(good(key)), null, 2);

function open(text: string): CheckedDocument {
  const checked = new CheckedDocument(new LineDocument(uri, 'jsonl', 1, text));
  checked.checkSome(() => false);
  return checked;
}

async function actionsAt(marked: string, only?: string[]): Promise<{ text: string; actions: CodeAction[] }> {
  const { checked, position } = markedDocument(marked);
  const context = { diagnostics: diagnosticsOf(checked), ...(only && { only }) };
  const range = { start: position, end: position };
  const actions = await codeActions(checked, range, context, { delivery: 'inline', turns });
  return { text: checked.document.getText(), actions };
}

function editsOf(action: CodeAction | undefined): TextEdit[] {
  return action?.edit?.changes?.[uri] ?? [];
}

async function fixAll(text: string): Promise<string> {
  return applyEdits(text, (await fixAllEdits(open(text), { turns })) ?? []);
}

describe('quick fixes', () => {
  const fixes: [name: string, marked: string, title: RegExp, after: string][] = [
    ['a habit from elsewhere', good('a').replace('"key"', '"custom|_id"'), /"key"/, good('a')],
    [
      'a key that another line has',
      `${good('r-1')}\n${good('r|-1')}`,
      /key of its own/,
      `${good('r-1')}\n${good('r-2')}`,
    ],
    [
      'a missing key',
      `${good('r-1')}\n|{"request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`,
      /key of its own|"key"/,
      `${good('r-1')}\n${good('r-2')}`,
    ],
    ['a trailing comma', good('a').replace('}]}}', '},|]}}'), /comma/i, good('a')],
    [
      'a list around everything',
      `|[\n${good('a')},\n${good('b')}\n]`,
      /Convert to JSON Lines/,
      `${good('a')}\n${good('b')}\n`,
    ],
    [
      'a request spread over lines, from any of them',
      [
        good('a'),
        JSON.stringify(JSON.parse(good('b')), null, 2).replace('"parts"', '"pa|rts"'),
        good('c'),
      ].join('\n'),
      /Join the lines/,
      [good('a'), good('b'), good('c')].join('\n'),
    ],
    [
      'a text with line breaks',
      [good('a'), good('b').replace('Hi', 'One\n|\n two'), good('c')].join('\n'),
      /Join the lines/,
      [good('a'), good('b').replace('Hi', 'One\\n\\n two'), good('c')].join('\n'),
    ],
    [
      'requests spread over lines',
      `|${JSON.stringify(JSON.parse(good('a')), null, 2)}`,
      /Convert to JSON Lines/,
      `${good('a')}\n`,
    ],
  ];
  for (const [name, marked, title, after] of fixes) {
    it(`mend ${name}`, async () => {
      const { text, actions } = await actionsAt(marked);
      const action = actions.find(
        (candidate) => candidate.isPreferred === true && title.test(candidate.title),
      );
      assert.ok(action, `no such fix among ${actions.map((candidate) => candidate.title).join(', ')}`);
      assert.equal(applyEdits(text, editsOf(action)), after);
      assert.equal(action.diagnostics?.length, 1);
    });
  }

  it('are there only where the cursor is', async () => {
    assert.deepEqual((await actionsAt(`${good('a')}|\n${good('a')}`, ['quickfix'])).actions, []);
  });

  it('mend all of one rule in the file, keys included', async () => {
    const lines = [
      good('a').replace('"key"', '"cust|om_id"'),
      '{"request":{}}',
      good('b').replace('"key"', '"custom_id"'),
    ];
    const { text, actions } = await actionsAt(lines.join('\n'));
    const whole = actions.find(({ title }) => title.includes('(key-name)'));
    assert.equal(applyEdits(text, editsOf(whole)), [good('a'), '{"request":{}}', good('b')].join('\n'));
    const repeated = await actionsAt([good('a'), good('|a'), good('a')].join('\n'));
    const keys = repeated.actions.find(({ title }) => title.includes('(duplicate-key)'));
    const after = open(applyEdits(repeated.text, editsOf(keys)));
    assert.deepEqual(diagnosticsOf(after), []);
  });

  it('mend a document that is a single request', async () => {
    const text = JSON.stringify(JSON.parse(good('a')), null, 2);
    const { checked, position } = markedDocument(
      text.replace('"parts"', '"par|tz"'),
      'batchwright-request:/a.json',
    );
    const range = { start: position, end: position };
    const actions = await codeActions(checked, range, { diagnostics: [] }, { delivery: 'inline', turns });
    const [fix] = actions;
    assert.equal(actions.length, 1);
    const edits = fix!.edit!.changes!['batchwright-request:/a.json']!;
    assert.equal(applyEdits(checked.document.getText(), edits), text);
  });

  it('wait for the question before they look through the whole file', async () => {
    const { checked, position } = markedDocument(good('a').replace('"key"', '"custom|_id"'));
    const range = { start: position, end: position };
    const actions = await codeActions(checked, range, { diagnostics: [] }, { delivery: 'resolve', turns });
    const lazy = actions.filter(({ edit }) => edit === undefined);
    assert.equal(lazy.length, 2);
    for (const action of lazy) {
      const resolved = await resolveCodeAction(action, () => Promise.resolve(checked), { turns });
      assert.equal(applyEdits(checked.document.getText(), editsOf(resolved)), good('a'));
    }
    const nonsense = { title: 'x', data: { uri: 5 } };
    assert.equal(await resolveCodeAction(nonsense, () => Promise.resolve(checked), { turns }), nonsense);
    const late = await resolveCodeAction(lazy[0]!, () => Promise.resolve(undefined), { turns });
    assert.equal(late.edit, undefined);
  });

  it('leave out what concerns the whole file when that takes long and nobody asked for it', async () => {
    let now = 0;
    const slow = { ...turns, now: () => (now += 2) };
    const wrong = Array.from({ length: 600 }, (_, index) => good(`${index}`).replace('"key"', '"custom_id"'));
    const checked = open(wrong.join('\n'));
    const place = { line: 0, character: 4 };
    const range = { start: place, end: place };
    const kinds = async (only?: string[]) => {
      const context = { diagnostics: [], ...(only && { only }) };
      const actions = await codeActions(checked, range, context, { delivery: 'inline', turns: slow });
      return actions.map(({ kind }) => kind);
    };
    assert.deepEqual(await kinds(), ['quickfix']);
    assert.deepEqual(await kinds([fixAllKind]), [fixAllKind]);
  });

  it('are offered by kind', async () => {
    const marked = `${good('a').replace('"key"', '"custom|_id"')}\n${good('b').replace('"key"', '"custom_id"')}`;
    for (const only of ['source.fixAll', 'source', fixAllKind]) {
      assert.deepEqual(
        (await actionsAt(marked, [only])).actions.map(({ kind }) => kind),
        [fixAllKind],
      );
    }
    assert.deepEqual((await actionsAt(marked, ['refactor'])).actions, []);
    assert.deepEqual((await actionsAt(good('a'), [fixAllKind])).actions, []);
  });
});

describe('fix all', () => {
  it('mends the classic mistakes to the point where nothing is left to mend', async () => {
    const text = readFileSync('examples/classic-mistakes.jsonl', 'utf8');
    const once = await fixAll(text);
    assert.equal(await fixAll(once), once);
    const left = diagnosticsOf(open(once)).map(({ code }) => code);
    assert.ok(left.length < diagnosticsOf(open(text)).length / 2, left.join(', '));
  });

  it('puts two requests of one line on two', async () => {
    assert.equal(
      await fixAll(`${good('a')}${good('a')}\n${good('b')}`),
      `${good('a')}\n${good('a-2')}\n${good('b')}`,
    );
  });

  it('names lines after their own keys, and never after a stranger’s', async () => {
    const named = (...keys: string[]) => keys.map(good).join('\n');
    assert.equal(
      await fixAll(named('twice', 'twice', 'twice', 'twice-3', 'last')),
      named('twice', 'twice-2', 'twice-4', 'twice-3', 'last'),
    );
    const bare = good('x').replace('"key":"x",', '');
    assert.equal(
      await fixAll([good('first'), bare, good('last')].join('\n')),
      named('first', 'request-1', 'last'),
    );
    const { text, actions } = await actionsAt([named('a', 'a-2'), good('|a'), good('z')].join('\n'));
    const [fix] = actions;
    assert.equal(applyEdits(text, editsOf(fix)), named('a', 'a-2', 'a-3', 'z'));
  });

  it('joins the lines of a request, mends it, and leaves it its key', async () => {
    const wrong = spread('b-1').replace('"parts"', '"role": "assistant",\n"parts"');
    assert.equal(
      await fixAll([good('b'), good('b'), wrong].join('\n')),
      [good('b'), good('b-2'), good('b-1').replace('"parts"', '"role":"model","parts"')].join('\n'),
    );
  });

  it('joins all of them when only that is asked for', async () => {
    const { text, actions } = await actionsAt(
      [good('a'), spread('b').replace('"key"', '"k|ey"'), '{"key":1}', spread('b')].join('\n'),
    );
    const whole = actions.find(({ title }) => title.includes('(object-over-lines)'));
    assert.equal(applyEdits(text, editsOf(whole)), [good('a'), good('b'), '{"key":1}', good('b')].join('\n'));
  });

  it('mends what was wrong with the lines of a list, too', async () => {
    const list = `[\n${good('a')},\n${good('a')}\n]`;
    assert.deepEqual(diagnosticsOf(open(await fixAll(list))), []);
  });

  it('never touches a line that is in order, and comes to an end', async () => {
    const piece = fc.constantFrom(
      good('a'),
      good('b'),
      good('a-1'),
      good('a').replace('"key"', '"custom_id"'),
      good('a').replace('"a"', '7'),
      '{"request":{"contents":[{"parts":[{"text":"x"}]}]}}',
      '{"contents":[{"parts":[{"text":"x"}]}]}',
      good('c').replace('}]}}', '},]}}'),
      good('c').replace('"parts"', '"role":"assistant","parts"'),
      good('d').replace('"contents"', '"temperature":1,"contents"'),
      good('e') + good('e'),
      "{'key':'f','request':{}}",
      '{"key":"g","request":',
      spread('h'),
      spread('i').replace('"parts"', '"role":"assistant","parts"'),
      '',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (lines) => {
        const text = [good('first'), ...lines].join('\n');
        const before = open(text);
        const once = await fixAll(text);
        assert.equal(await fixAll(once), once);
        const linesOfOnce = new Set(once.split('\n'));
        text.split('\n').forEach((line, index) => {
          if (before.problemsOn(index).length === 0) assert.ok(linesOfOnce.has(line), line);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the edit of a line', () => {
  it('is as small as can be', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (head, before, after, tail) => {
        const from = (head + before + tail).replace(/[\r\n]/g, '');
        const to = (head + after + tail).replace(/[\r\n]/g, '');
        const edits = lineEdit(0, from, to);
        assert.equal(applyEdits(from, edits), to);
        if (from === to) assert.deepEqual(edits, []);
      }),
    );
    assert.deepEqual(lineEdit(3, 'aXc', 'abbc'), [
      { range: { start: { line: 3, character: 1 }, end: { line: 3, character: 2 } }, newText: 'bb' },
    ]);
  });
});
