import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextPollMs, type PollFacts } from '../../../src/jobs/pollPolicy';

const calm: PollFacts = {
  baseMs: 30_000,
  youngestAgeMs: 20 * 60_000,
  failures: 0,
  focused: true,
  random: 0.5,
};
const hour = 3_600_000;

describe('poll policy', () => {
  const cases: readonly [string, Partial<PollFacts>, number][] = [
    ['an ordinary job', {}, 30_000],
    ['just submitted', { youngestAgeMs: 0 }, 3_000],
    ['three minutes old', { youngestAgeMs: 180_000 }, 10_000],
    ['some hours old', { youngestAgeMs: 3 * hour }, 60_000],
    ['a day old', { youngestAgeMs: 24 * hour }, 120_000],
    ['nobody looks', { focused: false }, 90_000],
    ['failed once', { failures: 1 }, 30_000],
    ['failed four times', { failures: 4 }, 240_000],
    ['failed for ever', { failures: 1_000 }, 15 * 60_000],
    ['young and failing: failing counts', { failures: 3, youngestAgeMs: 0 }, 120_000],
    ['the service asked to wait', { retryAfterMs: 50_000 }, 50_000],
    ['never too often', { baseMs: 5_000, youngestAgeMs: 0 }, 1_000],
    ['jitter, low', { random: 0 }, 25_500],
    ['jitter, high', { random: 0.999999999 }, 34_500],
  ];
  for (const [what, change, expected] of cases) {
    it(what, () => assert.equal(nextPollMs({ ...calm, ...change }), expected));
  }

  it('never waits less than a second or more than a quarter of an hour, jitter aside', () => {
    const facts = fc.record({
      baseMs: fc.integer({ min: 1, max: 10 * hour }),
      youngestAgeMs: fc.integer({ min: 0, max: 1_000 * hour }),
      failures: fc.nat(),
      focused: fc.boolean(),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(facts, (value) => {
        const wait = nextPollMs(value);
        assert.ok(wait >= 850 && wait <= 15 * 60_000 * 1.15);
      }),
    );
  });
});
