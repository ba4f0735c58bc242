import assert from 'node:assert/strict';
import { toJsonLines } from '../../../src/dialects';

describe('toJsonLines', () => {
  const one = '{"key":"a","request":{"n":1.50,"t":"[{,\\"}"}}';
  const two = '{"key":"b","request":{}}';
  const cases: Record<string, readonly [before: string, after: string | undefined]> = {
    'a list': [`[\n  ${one},\n  ${two}\n]\n`, `${one}\n${two}\n`],
    'a list on one line': [`[${one},${two}]`, `${one}\n${two}\n`],
    'objects over several lines': [
      `{\n  "key": "a",\n  "request": {"n": 1.50, "t": "[{,\\"}"}\n}\n${two}`,
      `${one}\n${two}\n`,
    ],
    'objects with commas between them': [`${one},\n${two},\n`, `${one}\n${two}\n`],
    'lines already': [`${one}\n${two}\n`, `${one}\n${two}\n`],
    'a byte order mark': [`\ufeff[${one}]`, `${one}\n`],
    'broken JSON': ['[{"a":}]', undefined],
    'an open list': [`[${one}`, undefined],
    nothing: ['  ', undefined],
  };
  for (const [name, [before, after]] of Object.entries(cases)) {
    it(name, () => assert.equal(toJsonLines(before), after));
  }
});
