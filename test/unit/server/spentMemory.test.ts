import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { letGoAfter } from '../../../src/server/spentMemory';

describe('what opening a document leaves behind', () => {
  it('goes when the document was large', async () => {
    const spent = new WeakRef({ text: 'x' });
    await nextTurn();
    letGoAfter(50 << 20);
    assert.equal(spent.deref(), undefined);
  });
});
