import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineChecker, weighLine, type CheckContext } from '../../../src/dialects';
import { anyLine, mutatedLine, validEmbedLine, validLine } from './arbitraries';

const kinds: readonly CheckContext['kind'][] = ['gemini', 'gemini-embed', 'gemini-bare', 'openai'];

function holdTogether(line: string): void {
  for (const kind of kinds) {
    assert.equal(weighLine(line, kind), new LineChecker({ kind }).check(line).tokens, `${kind}: ${line}`);
  }
}

describe('weighLine', () => {
  it('counts the texts of a request', () => {
    const text = 'word '.repeat(400);
    const line = JSON.stringify({ key: 'a', request: { contents: [{ parts: [{ text }] }] } });
    const tokens = weighLine(line, 'gemini');
    assert.ok(tokens > 400 && tokens < 600, `${tokens}`);
    assert.equal(weighLine(line, 'openai'), 0);
  });

  it('comes to what the checker comes to', () => {
    fc.assert(fc.property(fc.oneof(validLine, validEmbedLine, mutatedLine, anyLine), holdTogether), {
      numRuns: 500,
    });
  });

  for (const [what, line] of [
    ['nothing', ''],
    ['no object', '[1]'],
    ['no JSON', '{"key":'],
    ['a byte order mark', '\ufeff{"key":"a","request":{"contents":[{"parts":[{"text":"hello there"}]}]}}'],
    [
      'a chat',
      '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"content":"hi"}]}}',
    ],
    [
      'texts to embed',
      '{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"input":["hi","there"]}}',
    ],
    ['a bare request', '{"contents":[{"parts":[{"text":"hi"}]}]}'],
    [
      'more levels than anybody looks into',
      `{"contents":[{"parts":[{"text":"hi"}]}],"x":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    ],
  ] as const) {
    it(`comes to what the checker comes to for ${what}`, () => holdTogether(line));
  }
});
