import assert from 'node:assert/strict';
import { KnownFileStates } from '../../../src/server/knownFileStates';

const origin = 'https://generativelanguage.googleapis.com';
const uri = `${origin}/v1beta/files/abc`;
const minute = 60_000;

describe('KnownFileStates', () => {
  it('asks when a reference is looked up, and again only after a while', () => {
    let now = 1_000_000;
    let asked = 0;
    const states = new KnownFileStates(
      () => now,
      () => (asked += 1),
    );
    assert.equal(states.stateOf(uri), undefined);
    assert.equal(states.stateOf(uri), undefined);
    assert.equal(asked, 1);
    states.set({ origin, files: [] });
    assert.equal(states.stateOf(uri), 'missing');
    assert.deepEqual(states.current, { origin, files: [] });
    now += 11 * minute;
    assert.equal(states.stateOf(uri), 'missing');
    assert.equal(asked, 2);
  });
});
