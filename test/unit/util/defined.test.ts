import assert from 'node:assert/strict';
import { defined } from '../../../src/util/defined';

describe('defined', () => {
  it('drops what is undefined and nothing else', () => {
    const absent = (): number | undefined => undefined;
    const result: { a: number; b?: number; c: null; d: string; e?: boolean } = defined({
      a: 0,
      b: absent(),
      c: null,
      d: '',
      e: false,
    });
    assert.deepEqual(result, { a: 0, c: null, d: '', e: false });
    assert.ok(!('b' in result));
  });
});
