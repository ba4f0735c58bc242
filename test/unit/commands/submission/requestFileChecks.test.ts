import assert from 'node:assert/strict';
import { foreignEncoding } from '../../../../src/commands/submission/requestFileChecks';

describe('foreignEncoding', () => {
  for (const [what, bytes, more, expected] of [
    ['ASCII', [0x7b], false, undefined],
    ['UTF-8 with a byte order mark', [0xef, 0xbb, 0xbf, 0x7b], false, undefined],
    ['a character that is cut by the end of the sample', [0x7b, 0xc3], true, undefined],
    [
      'a character that is cut by the end of the file',
      [0x7b, 0xc3],
      false,
      'it holds bytes that are no UTF-8 text',
    ],
    ['UTF-16 BE', [0xfe, 0xff, 0, 0x7b], false, 'UTF-16 BE'],
    ['nothing', [], false, undefined],
  ] as const) {
    it(`judges ${what}`, () => assert.equal(foreignEncoding(Uint8Array.from(bytes), more), expected));
  }
});
