import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashOf, KeyTable } from '../../../src/results/keyTable';
import { CancelledError } from '../../../src/util/async';

function intern(table: KeyTable, text: string): number {
  const bytes = Buffer.from(`<${text}>`);
  return table.intern(bytes, 1, bytes.length - 1, hashOf(bytes.subarray(1, -1)));
}

describe('KeyTable', () => {
  it('keeps every key once and finds it again, however many there are', () => {
    const table = new KeyTable();
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 50_000; index += 1) assert.equal(intern(table, `key ${index} ü`), index);
    }
    assert.equal(table.size, 50_000);
    assert.equal(table.text(49_999), 'key 49999 ü');
    assert.equal(table.find('key 31 ü'), 31);
    assert.equal(table.find('key 50000 ü'), -1);
  });

  it('tells keys of one hash apart', () => {
    const table = new KeyTable();
    const pairs = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke'];
    assert.equal(hashOf(Buffer.from('costarring')), hashOf(Buffer.from('liquid')));
    pairs.forEach((key, id) => assert.equal(intern(table, key), id));
    pairs.forEach((key, id) => assert.equal(table.find(key), id));
  });

  it('keeps keys of any length, also across the pieces of its memory', () => {
    const table = new KeyTable();
    const keys = [0, 1, 262_000, 200, 700_000, 3].map((length) => 'k'.repeat(length));
    keys.forEach((key, id) => assert.equal(intern(table, key), id));
    keys.forEach((key, id) => {
      assert.equal(table.text(id), key);
      assert.equal(table.find(key), id);
    });
  });

  it('is made fast again with pauses, and finds every key also in these', async () => {
    const table = new KeyTable();
    const texts = Array.from({ length: 120_000 }, (_, id) => `key-${id}`);
    texts.forEach((text) => intern(table, text));
    table.settle();
    let pauses = 0;
    await table.prepare(() => {
      pauses += 1;
      assert.equal(table.find('key-70000'), 70_000);
      return Promise.resolve();
    });
    assert.equal(pauses, 3);
    texts.forEach((text, id) => assert.equal(table.find(text), id));
    assert.equal(table.find('key-120000'), -1);
  });

  it('is as it was when making it fast is called off', async () => {
    const table = new KeyTable();
    intern(table, 'a');
    table.settle();
    await assert.rejects(
      table.prepare(() => Promise.reject(new CancelledError())),
      CancelledError,
    );
    assert.equal(table.find('a'), 0);
    assert.equal(intern(table, 'b'), 1);
  });

  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 50 }), (texts) => {
        const table = new KeyTable();
        texts.forEach((text, id) => assert.equal(intern(table, text), id));
        const check = (text: string, id: number) =>
          assert.deepEqual([table.find(text), table.text(id)], [id, text]);
        texts.forEach(check);
        table.settle();
        texts.forEach(check);
        assert.equal(table.find(`${texts.join('')}!`), -1);
        assert.equal(intern(table, `${texts.join('')}!`), texts.length);
        texts.forEach(check);
      }),
    );
  });
});
