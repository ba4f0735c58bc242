import assert from 'node:assert/strict';
import {
  escapeMarkdown,
  formatAge,
  formatApproximate,
  formatBytes,
  formatCount,
  formatDay,
  formatSpan,
  startOfDay,
} from '../../../src/views/format';
import { at } from '../../support/jobs';

const minute = 60_000;
const hour = 60 * minute;

describe('format', () => {
  for (const [value, text] of [
    [0, '0'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ] as const) {
    it(`counts ${value} as ${text}`, () => assert.equal(formatCount(value), text));
  }

  for (const [value, text] of [
    [7, '7'],
    [999, '999'],
    [1000, '1 k'],
    [8437, '8.4 k'],
    [840_123, '840 k'],
    [999_499, '999 k'],
    [999_500, '1 M'],
    [1_340_000, '1.3 M'],
    [250_000_000, '250 M'],
  ] as const) {
    it(`rounds ${value} to ${text}`, () => assert.equal(formatApproximate(value), text));
  }

  for (const [value, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1_440_000, '1.4 MB'],
    [999_600, '1 MB'],
    [2_000_000_000, '2 GB'],
    [2_147_483_648_000, '2.1 TB'],
  ] as const) {
    it(`shows ${value} bytes as ${text}`, () => assert.equal(formatBytes(value), text));
  }

  for (const [value, text] of [
    [-5, '0 s'],
    [59_000, '59 s'],
    [minute, '1 min'],
    [59 * minute + 59_000, '59 min'],
    [hour, '1 h'],
    [47 * hour, '47 h'],
    [48 * hour, '2 d'],
  ] as const) {
    it(`shows ${value} ms as ${text}`, () => assert.equal(formatSpan(value), text));
  }

  it('never shows a future', () => {
    const now = at('2026-11-21T09:00:00');
    assert.equal(formatAge(now - 2 * hour, now), '2 h ago');
    assert.equal(formatAge(now - 30_000, now), 'just now');
    assert.equal(formatAge(now + 5 * hour, now), 'just now');
  });

  it('names days the way people do', () => {
    const now = at('2026-11-21T09:00:00');
    const day = (local: string) => formatDay(startOfDay(at(local)), now);
    assert.equal(day('2026-11-21T00:01:00'), 'Today');
    assert.equal(day('2026-11-20T23:59:00'), 'Yesterday');
    assert.equal(day('2026-11-17T12:00:00'), 'Tuesday, November 17');
    assert.equal(day('2025-12-31T12:00:00'), 'December 31, 2025');
  });

  it('escapes whatever Markdown, links, icons and HTML could be', () => {
    const hostile = '[x](command:evil) ![i](http://a/b.png) <b>&amp;</b> $(gear) `c` *d* _e_ ~f~\n# g | h @i';
    const escaped = escapeMarkdown(hostile);
    // Every sign that could begin markup is preceded by a backslash, and line breaks are gone.
    assert.ok(!/(?<!\\)[`*_{}[\]()#+\-.!|<>&~$:@]/.test(escaped), escaped);
    assert.ok(!escaped.includes('\n'));
    assert.equal(escapeMarkdown('a\\b'), 'a\\\\b');
  });
});
