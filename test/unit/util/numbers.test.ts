import assert from 'node:assert/strict';
import { formatApproximate, formatBytes, formatCount } from '../../../src/util/numbers';

describe('numbers', () => {
  const cases: [write: typeof formatCount, value: number, language: string, text: string][] = [
    [formatCount, 1_234_567, 'en', '1,234,567'],
    [formatCount, 1_234_567, 'de', '1.234.567'],
    [formatApproximate, 999, 'en', '999'],
    [formatApproximate, 1649, 'en', '1.6 k'],
    [formatApproximate, 1649, 'de', '1,6 k'],
    [formatApproximate, 840_400, 'en', '840 k'],
    [formatApproximate, 999_499, 'en', '999 k'],
    [formatApproximate, 999_500, 'en', '1 M'],
    [formatBytes, 999, 'en', '999 B'],
    [formatBytes, 1_440_000, 'en', '1.4 MB'],
    [formatBytes, 1_440_000, 'de', '1,4 MB'],
  ];
  for (const [write, value, language, text] of cases) {
    it(`${write.name} writes ${value} as ${text} in ${language}`, () =>
      assert.equal(write(value, language), text));
  }
});
