import assert from 'node:assert/strict';
import { readDelivery } from '../../../src/webhooks/delivery';
import { ReplayMemory } from '../../../src/webhooks/replayMemory';
import { ManualClock } from '../../support/manualClock';

describe('readDelivery', () => {
  const ids: [string, unknown, string | undefined][] = [
    ['the form of the reference', { id: 'batch_123456' }, 'batches/123456'],
    ['the name of the job', { id: 'batches/abc' }, 'batches/abc'],
    ['a name with a path before it', { name: 'projects/1/batches/abc' }, 'batches/abc'],
    ['a bare id', { id: 'abc123' }, 'batches/abc123'],
    ['no id', {}, undefined],
    ['an id of the wrong type', { id: 7 }, undefined],
    ['something that is no id', { id: 'https://evil.invalid/?x=1' }, undefined],
    ['data that is no object', 'text', undefined],
  ];
  for (const [name, data, jobName] of ids) {
    it(`finds the job in ${name}`, () => {
      assert.equal(readDelivery(JSON.stringify({ type: 'batch.succeeded', data }))?.jobName, jobName);
    });
  }

  it('gathers user metadata from wherever it stands, texts only', () => {
    const body = { type: 't', userMetadata: { a: '1', n: 2 }, data: { user_metadata: { b: '3' } } };
    assert.deepEqual(readDelivery(JSON.stringify(body))?.userMetadata, { a: '1', b: '3' });
  });

  it('takes nothing that is no event', () => {
    for (const body of ['', 'null', '[]', '{}', '{"type":1}', '{"type":'])
      assert.equal(readDelivery(body), undefined);
  });
});

describe('ReplayMemory', () => {
  it('admits an id once until its time is over', () => {
    const clock = new ManualClock();
    const memory = new ReplayMemory(clock, 1_000);
    assert.equal(memory.admit('a'), true);
    clock.advance(999);
    assert.equal(memory.admit('a'), false);
    clock.advance(1);
    assert.equal(memory.admit('a'), true);
  });

  it('forgets the oldest when it is full', () => {
    const memory = new ReplayMemory(new ManualClock(), 1_000, 2);
    assert.deepEqual(
      ['a', 'b', 'c', 'b', 'a'].map((id) => memory.admit(id)),
      [true, true, true, false, true],
    );
  });
});
