import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineDocument, type ContentChange } from '../../../src/server/lineDocument';

function open(text: string): LineDocument {
  return new LineDocument('file:///a.jsonl', 'jsonl', 1, text);
}

function edit(
  startLine: number,
  startCharacter: number,
  endLine: number,
  endCharacter: number,
  text: string,
) {
  return {
    range: {
      start: { line: startLine, character: startCharacter },
      end: { line: endLine, character: endCharacter },
    },
    text,
  };
}

describe('LineDocument', () => {
  const splits: [string, string[]][] = [
    ['', ['']],
    ['a', ['a']],
    ['a\n', ['a', '']],
    ['a\r\nb\rc\nd', ['a', 'b', 'c', 'd']],
    ['\n\r', ['', '', '']],
    ['a\u2028b\n', ['a\u2028b', '']],
  ];
  for (const [text, lines] of splits) {
    it(`splits ${JSON.stringify(text)}`, () => {
      assert.deepEqual([...open(text).texts()], lines);
      assert.equal(open(text).getText(), text);
    });
  }

  const edits: [string, string, ContentChange, string][] = [
    ['a character', 'ab\ncd', edit(1, 1, 1, 1, 'x'), 'ab\ncxd'],
    ['a new line', 'ab\ncd', edit(0, 1, 0, 1, '\n'), 'a\nb\ncd'],
    ['a join', 'ab\r\ncd\r\nef', edit(0, 2, 1, 0, ''), 'abcd\r\nef'],
    ['everything', 'ab\ncd', { text: 'x\ny\nz' }, 'x\ny\nz'],
    ['a reversed range', 'ab\ncd', edit(1, 1, 0, 1, ''), 'ad'],
    ['beyond the end', 'ab', edit(7, 0, 9, 9, '!'), 'ab!'],
    ['a line feed behind a carriage return', 'a\rb', edit(1, 0, 1, 0, '\n'), 'a\r\nb'],
    ['nonsense numbers', 'ab', edit(-1, Number.NaN, 0, 1, ''), 'b'],
  ];
  for (const [name, before, change, after] of edits) {
    it(`applies ${name}`, () => {
      const document = open(before);
      document.apply([change], 2);
      assert.equal(document.getText(), after);
      assert.deepEqual([...document.texts()], [...open(after).texts()]);
      assert.equal(document.version, 2);
    });
  }

  it('reports which lines an edit replaced', () => {
    const document = open('a\nb\nc\nd');
    const splices = document.apply([edit(1, 0, 2, 1, 'x\ny\nz'), edit(0, 0, 0, 0, '-')], 2);
    assert.deepEqual(splices, [
      { start: 1, removed: 2, inserted: 3 },
      { start: 0, removed: 1, inserted: 1 },
    ]);
  });

  it('takes a paste of more lines than a call has room for arguments', () => {
    const document = open('first\nlast');
    const pasted = 'x\n'.repeat(200_000);
    document.apply([edit(1, 0, 1, 0, pasted)], 2);
    assert.equal(document.lineCount, 200_002);
    assert.equal(document.line(200_001), 'last');
  });

  it('equals a document opened with the same text after any edits', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', '{', 'é', '😀'), maxLength: 30 });
    const change = fc.record({
      a: fc.nat(12),
      b: fc.nat(12),
      c: fc.nat(12),
      d: fc.nat(12),
      text,
    });
    fc.assert(
      fc.property(text, fc.array(change, { maxLength: 8 }), (start, changes) => {
        const document = open(start);
        let expected = start;
        for (const { a, b, c, d, text: inserted } of changes) {
          const from = offsetAt(expected, document.clamp({ line: a, character: b }));
          const to = offsetAt(expected, document.clamp({ line: c, character: d }));
          const [low, high] = from < to ? [from, to] : [to, from];
          const linesBefore = document.lineCount;
          const [splice] = document.apply([edit(a, b, c, d, inserted)], 2);
          expected = expected.slice(0, low) + inserted + expected.slice(high);
          assert.equal(document.lineCount, linesBefore - splice!.removed + splice!.inserted);
        }
        assert.equal(document.getText(), expected);
        assert.equal(document.length, expected.length);
        assert.deepEqual([...document.texts()], [...open(expected).texts()]);
      }),
    );
  });
});

/** The plain definition: walk the text and count. */
function offsetAt(text: string, position: { line: number; character: number }): number {
  let line = 0;
  let offset = 0;
  while (line < position.line) {
    if (text[offset] === '\r' && text[offset + 1] === '\n') offset += 1;
    if (text[offset] === '\r' || text[offset] === '\n') line += 1;
    offset += 1;
  }
  return offset + position.character;
}
