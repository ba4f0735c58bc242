import assert from 'node:assert/strict';
import { LineChecker } from '../../../src/dialects';
import type { LineRecord } from '../../../src/server/lineRecord';
import { Spreads } from '../../../src/server/spreads';

describe('Spreads', () => {
  it('looks only near an edit, however many lines are cut off', () => {
    const checker = new LineChecker({ kind: 'gemini' });
    const texts = Array.from({ length: 1000 }, (_, index) => `{"key":"r-${index}","request":{"contents":[]`);
    const record = (text: string): LineRecord => ({
      check: checker.check(text),
      duplicated: false,
      hidden: false,
    });
    const records = texts.map(record);
    const spreads = new Spreads();
    spreads.reset(records.length);
    records.forEach((line, index) => spreads.set(index, line));
    const update = () => {
      const read: number[] = [];
      const changes = spreads.update(records, (line) => {
        read.push(line);
        return texts[line] ?? '';
      });
      return { ...changes, read };
    };
    const first = update();
    assert.deepEqual([first.gone, first.come], [[], []]);
    assert.ok(first.read.length <= 2 * records.length);
    assert.deepEqual(update().read, []);

    texts[500] = '}}';
    records[500] = record('}}');
    spreads.splice(500, 1, 1);
    spreads.set(500, records[500]);
    const { come, read } = update();
    assert.ok(read.length <= 8);
    assert.deepEqual(
      come.map(({ lines }) => lines),
      [2],
    );
    assert.deepEqual(
      [spreads.at(499)?.start, spreads.at(500)?.start, spreads.at(501)],
      [499, 499, undefined],
    );

    spreads.splice(0, 1, 3);
    assert.equal(spreads.at(501)?.start, 501);
    spreads.splice(502, 1, 1);
    assert.deepEqual(spreads.all, []);
  });
});
