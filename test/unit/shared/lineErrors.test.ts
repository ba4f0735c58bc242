import assert from 'node:assert/strict';
import { parseLineErrors } from '../../../src/shared/lineErrors';

describe('line errors of a refused creation', () => {
  const table: readonly [message: string, expected: ReturnType<typeof parseLineErrors>][] = [
    ['Request contains an invalid argument.', []],
    [
      "Error on line 1: invalid JSON, near column 436: no such field: 'cachedContent'",
      [{ line: 1, column: 436, reason: "no such field: 'cachedContent'", field: 'cachedContent' }],
    ],
    [
      "Error on line 1: invalid JSON, near column 9: no such field: 'a'\nError on line 20: …",
      [
        { line: 1, column: 9, reason: "no such field: 'a'", field: 'a' },
        { line: 20, reason: '…' },
      ],
    ],
    [
      "Could not create the job: Error on line 3: invalid JSON, near column 23: unexpected character: '['; expected '{'",
      [{ line: 3, column: 23, reason: "unexpected character: '['; expected '{'" }],
    ],
    ['Error on line 2: missing request', [{ line: 2, reason: 'missing request' }]],
    ['error on line 4 : Unknown name "x"', [{ line: 4, reason: 'Unknown name "x"', field: 'x' }]],
    [
      'Error on line 5: invalid JSON, near column 7',
      [{ line: 5, column: 7, reason: 'invalid JSON, near column 7' }],
    ],
  ];
  for (const [message, expected] of table)
    it(message, () => assert.deepEqual(parseLineErrors(message), expected));
});
