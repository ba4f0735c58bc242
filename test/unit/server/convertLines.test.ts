import assert from 'node:assert/strict';
import { checkLine } from '../../../src/dialects';
import { convertLines } from '../../../src/server/convertLines';
import { LineDocument } from '../../../src/server/lineDocument';
import { systemTurns as turns } from '../../../src/server/turns';

const gemini = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;

function document(...lines: string[]): LineDocument {
  return new LineDocument('file:///a.jsonl', 'jsonl', 3, lines.join('\n'));
}

describe('converting lines', () => {
  it('turns each into the other dialect and back', async () => {
    const there = await convertLines(
      document(gemini('a'), '', gemini('b')),
      { to: 'openai', model: 'm' },
      { turns },
    );
    assert.deepEqual(
      there!.lines.map(({ line }) => line),
      [0, 2],
    );
    assert.equal(there!.version, 3);
    const openAi = there!.lines.map(({ text }) => text);
    for (const text of openAi) assert.deepEqual(checkLine(text, { kind: 'openai' }).problems, []);
    const back = await convertLines(document(...openAi), { to: 'gemini' }, { turns });
    assert.deepEqual(back!.models, ['m']);
    for (const { text } of back!.lines) assert.deepEqual(checkLine(text, { kind: 'gemini' }).problems, []);
  });

  it('leaves what it cannot convert, and says each reason once', async () => {
    const converted = await convertLines(
      document('nonsense', gemini('a'), 'nonsense'),
      { to: 'openai', model: 'm' },
      { turns },
    );
    assert.deepEqual(
      converted!.lines.map(({ line }) => line),
      [1],
    );
    assert.deepEqual(
      converted!.notes.map(({ line }) => line),
      [0],
    );
  });

  it('gives up when the document changes meanwhile', async () => {
    const changing = document(...Array.from({ length: 20_000 }, (_, index) => gemini(`k${index}`)));
    const converting = convertLines(changing, { to: 'openai', model: 'm' }, { turns });
    changing.apply([{ text: '' }], 4);
    assert.equal(await converting, undefined);
  });
});
