import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineWindow, type LineSink } from '../../../src/server/validation/lineWindow';

const LF = 0x0a;

interface SeenLine {
  readonly offset: number;
  readonly text: string;
}

/** The lines that a segment of `content` has, read through a window of `capacity` bytes in pieces of at most `piece`. */
function linesOf(content: Buffer, start: number, end: number, capacity: number, piece: number): SeenLine[] {
  const seen: SeenLine[] = [];
  // A byte more, as the prover's memory has, for the line feed that the last line lacks.
  const memory = Buffer.alloc(capacity + 1).subarray(0, capacity);
  const add = (text: Buffer, offset: number) => {
    if (offset >= end) return false;
    seen.push({ offset, text: text.toString('latin1') });
    return true;
  };
  const sink: LineSink = {
    lines(from, to, offset) {
      assert.equal(memory[to - 1], LF);
      for (let at = from; at < to;) {
        const feed = memory.indexOf(LF, at);
        if (!add(memory.subarray(at, feed), offset + at - from)) return false;
        at = feed + 1;
      }
      return true;
    },
    longLine: add,
    hugeLine: () => assert.fail('no line is that long'),
  };
  const window = new LineWindow(sink, memory, { index: 0, start, end, places: 0 });
  for (;;) {
    const { room, position } = window;
    assert.ok(room.length > 0);
    const read = content.copy(room, 0, position, position + Math.min(piece, room.length));
    if (read === 0) {
      window.finish();
      return seen;
    }
    if (!window.filled(read)) return seen;
  }
}

describe('LineWindow', () => {
  it('gives each line to the segment that it begins in, however small the window and the reads are', () => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 12 }), {
      maxLength: 8,
    });
    const cuts = fc.array(fc.nat(), { maxLength: 4 });
    const sizes = fc.tuple(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(lines, fc.boolean(), cuts, sizes, (texts, ended, places, [capacity, piece]) => {
        const content = Buffer.from(texts.join('\n') + (ended ? '\n' : ''));
        const borders = [0, content.length, ...places.map((place) => place % (content.length + 1))];
        borders.sort((a, b) => a - b);
        const seen = borders
          .slice(1)
          .flatMap((end, index) =>
            borders[index] === end ? [] : linesOf(content, borders[index] ?? 0, end, capacity, piece),
          );
        let offset = 0;
        const expected = content
          .toString()
          .split('\n')
          .map((text) => {
            const line = { offset, text };
            offset += text.length + 1;
            return line;
          });
        // What is behind the last line feed is a line only if there is something.
        if (expected.at(-1)?.text === '') expected.pop();
        assert.deepEqual(seen, expected);
      }),
      { numRuns: 2000 },
    );
  });
});
