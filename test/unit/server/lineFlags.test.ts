import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineFlags } from '../../../src/server/lineFlags';

describe('LineFlags', () => {
  it('does what an array of truth values does', () => {
    const step = fc.record({
      at: fc.nat(300),
      removed: fc.nat(20),
      inserted: fc.nat(150),
      mark: fc.nat(400),
    });
    fc.assert(
      fc.property(fc.nat(200), fc.array(step, { maxLength: 12 }), (count, steps) => {
        const flags = new LineFlags();
        flags.reset(count);
        const model = new Array<boolean>(count).fill(false);
        for (const { at, removed, inserted, mark } of steps) {
          const start = Math.min(at, model.length);
          const gone = Math.min(removed, model.length - start);
          model.splice(start, gone, ...new Array<boolean>(inserted).fill(false));
          flags.splice(start, gone, inserted);
          if (mark < model.length) {
            model[mark] = !model[mark];
            flags.set(mark, model[mark]);
          }
          const found: number[] = [];
          for (let line = flags.next(0); line >= 0; line = flags.next(line + 1)) found.push(line);
          assert.deepEqual(
            found,
            model.flatMap((marked, line) => (marked ? [line] : [])),
          );
        }
      }),
    );
  });
});
