import assert from 'node:assert/strict';
import type { SelectionRange } from 'vscode-languageserver';
import { foldingRanges } from '../../../src/server/folding';
import { formattingEdits } from '../../../src/server/formatting';
import { keyAt, renameKey } from '../../../src/server/keys';
import { beginningOf } from '../../../src/server/promptText';
import { selectionRanges } from '../../../src/server/selectionRanges';
import { documentSymbols } from '../../../src/server/symbols';
import { systemTurns } from '../../../src/server/turns';
import { applyEdits, markedDocument } from '../../support/markedDocument';

const turns = systemTurns;
const good = (key: string, text = 'Hi') =>
  `{"key":"${key}","request":{"contents":[{"parts":[{"text":"${text}"}]}]}}`;

describe('the outline', () => {
  it('has a line per request: its key and how its prompt begins', async () => {
    const { checked } = markedDocument(
      [
        good('a', 'One\\n  two'),
        '',
        good('b', 'x'.repeat(200)),
        '{"request":{"contents":[]}}',
        '{"key":"broken","request":',
      ].join('\n'),
    );
    const symbols = await documentSymbols(checked, { turns });
    assert.deepEqual(
      symbols.map(({ name, detail, range }) => [name, detail, range.start.line]),
      [
        ['a', 'One two', 0],
        ['b', `${'x'.repeat(79)}…`, 2],
        ['Line 4', undefined, 3],
        ['broken', undefined, 4],
      ],
    );
    assert.deepEqual(symbols[0]!.selectionRange.start, { line: 0, character: 7 });
  });

  it('is empty for a foreign file', async () => {
    assert.deepEqual(await documentSymbols(markedDocument('{"a":1}').checked, { turns }), []);
  });

  const beginnings: [name: string, row: unknown, text: string][] = [
    [
      'Gemini',
      { request: { contents: [{ role: 'user', parts: [{ inlineData: {} }, { text: 'a' }] }] } },
      'a',
    ],
    [
      'the user’s first turn',
      {
        request: {
          contents: [
            { role: 'model', parts: [{ text: 'm' }] },
            { role: 'user', parts: [{ text: 'u' }] },
          ],
        },
      },
      'u',
    ],
    ['only the model', { request: { contents: [{ role: 'model', parts: [{ text: 'm' }] }] } }, 'm'],
    ['embeddings', { request: { content: { parts: [{ text: 'e' }] } } }, 'e'],
    ['a bare request', { contents: [{ parts: [{ text: 'b' }] }] }, 'b'],
    [
      'OpenAI',
      {
        body: {
          messages: [
            { role: 'system', content: 's' },
            { role: 'user', content: 'u' },
          ],
        },
      },
      'u',
    ],
    [
      'OpenAI parts',
      { body: { messages: [{ role: 'user', content: [{ type: 'image_url' }, { text: 'p' }] }] } },
      'p',
    ],
    ['OpenAI embeddings', { body: { input: ['i', 'j'] } }, 'i'],
    ['a result', { response: { candidates: [{ content: { parts: [{ text: 'r' }] } }] } }, 'r'],
    ['an OpenAI result', { response: { body: { choices: [{ message: { content: 'c' } }] } } }, 'c'],
    ['an error', { error: { message: 'No.' } }, 'No.'],
    ['nothing', { request: 7 }, ''],
    ['no object', null, ''],
  ];
  for (const [name, row, text] of beginnings) {
    it(`finds the text of ${name}`, () => assert.equal(beginningOf(row), text));
  }
});

describe('expanding the selection', () => {
  it('grows from the text through values and properties to the line and the document', () => {
    const { checked, position } = markedDocument(`${good('a')}\n${good('b', 'Good| day')}`);
    const lines = checked.document;
    const texts: string[] = [];
    let at: SelectionRange | undefined = selectionRanges(lines, [position])[0];
    for (; at?.parent !== undefined; at = at.parent) {
      const { start, end } = at.range;
      texts.push(lines.line(start.line).slice(start.character, end.character));
    }
    assert.deepEqual(texts.slice(0, 4), [
      'Good day',
      '"Good day"',
      '"text":"Good day"',
      '{"text":"Good day"}',
    ]);
    assert.equal(texts.at(-1), good('b', 'Good day'));
    assert.equal(at!.range.end.line, 1);
  });

  it('takes what is there of a broken line', () => {
    const { checked, position } = markedDocument('{"key":"a","request":{"cont|ents":[');
    const [selection] = selectionRanges(checked.document, [position]);
    assert.deepEqual([selection!.range.start.character, selection!.range.end.character], [23, 31]);
  });

  it('stays on the line where it nests too deeply', () => {
    const { checked } = markedDocument('['.repeat(10_000));
    const [selection] = selectionRanges(checked.document, [{ line: 0, character: 5 }]);
    assert.equal(selection!.range.end.character, 10_000);
  });
});

describe('folding', () => {
  it('folds what is spread over lines', () => {
    const text = JSON.stringify(JSON.parse(good('a', 'b}')), null, 1);
    assert.deepEqual(
      foldingRanges(markedDocument(text).checked).map(({ startLine, endLine }) => [startLine, endLine]),
      [
        [6, 7],
        [5, 8],
        [4, 9],
        [3, 10],
        [2, 11],
        [0, 12],
      ],
    );
  });

  it('has nothing to fold in proper lines', () => {
    assert.deepEqual(foldingRanges(markedDocument(`${good('a')}\n${good('b')}`).checked), []);
  });
});

describe('formatting', () => {
  const text = `{ "key": "a", "request": { "contents": [ 1.0 ] } }\n{broken\n\n${good('b')}\n{"key" : "c"}`;

  it('takes white space out and leaves the rest', async () => {
    const { checked } = markedDocument(text);
    const edits = await formattingEdits(checked, checked.document.fullRange(), '  ', { turns });
    assert.equal(
      applyEdits(text, edits),
      `{"key":"a","request":{"contents":[1.0]}}\n{broken\n\n${good('b')}\n{"key":"c"}`,
    );
    assert.equal(edits.length, 2);
  });

  it('formats only the lines of a selection', async () => {
    const { checked } = markedDocument(text);
    const range = { start: { line: 0, character: 5 }, end: { line: 4, character: 0 } };
    assert.equal((await formattingEdits(checked, range, '  ', { turns })).length, 1);
  });

  it('lays out a document that is one request', async () => {
    const { checked } = markedDocument(
      '{"key":"a","request":{"contents":[]}}',
      'batchwright-request:/a.json',
    );
    const [edit] = await formattingEdits(checked, checked.document.fullRange(), '\t', { turns });
    assert.equal(edit!.newText, '{\n\t"key": "a",\n\t"request": {\n\t\t"contents": []\n\t}\n}');
  });

  it('leaves a foreign file alone', async () => {
    const { checked } = markedDocument('{ "a": 1 }');
    assert.deepEqual(await formattingEdits(checked, checked.document.fullRange(), '  ', { turns }), []);
  });
});

describe('keys', () => {
  it('are found under the cursor', () => {
    const { checked, position } = markedDocument(good('a|b'));
    assert.deepEqual(keyAt(checked, position), {
      key: 'ab',
      range: { start: { line: 0, character: 8 }, end: { line: 0, character: 10 } },
    });
  });

  for (const [name, marked] of [
    ['elsewhere in the line', good('a').replace('request', 'req|uest')],
    ['in a foreign file', '{"key":"a|"}'],
    ['where there is none', '{"request":{"con|tents":[]}}'],
  ] as const) {
    it(`are not found ${name}`, () => {
      const { checked, position } = markedDocument(marked);
      assert.equal(keyAt(checked, position), undefined);
      assert.deepEqual(renameKey(checked, position, 'x'), []);
    });
  }

  it('are renamed, escaped where they must be', () => {
    const { checked, position } = markedDocument(good('a|'));
    const edits = renameKey(checked, position, 'say "b"\\');
    assert.equal(applyEdits(good('a'), edits), good('say \\"b\\"\\\\'));
    assert.deepEqual(renameKey(checked, position, 'a'), []);
    assert.throws(() => renameKey(checked, position, '  '), /cannot be empty/);
  });
});
