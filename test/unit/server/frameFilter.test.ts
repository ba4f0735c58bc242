import assert from 'node:assert/strict';
import { once } from 'node:events';
import { FrameFilter } from '../../../src/server/frameFilter';

const frame = (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** What comes out when the input arrives in pieces of `size` bytes. */
async function filtered(input: string, size: number): Promise<string> {
  const filter = new FrameFilter();
  const out: Buffer[] = [];
  filter.on('data', (chunk: Buffer) => out.push(chunk));
  const bytes = Buffer.from(input);
  for (let at = 0; at < bytes.length; at += size) filter.write(bytes.subarray(at, at + size));
  filter.end();
  await once(filter, 'end');
  return Buffer.concat(out).toString();
}

describe('FrameFilter', () => {
  const good = frame('{"a":"é😀"}');
  const cases: [name: string, input: string, output: string][] = [
    ['frames', good + good, good + good],
    [
      'a frame with a content type',
      good.replace('\r\n\r\n', '\r\nContent-Type: application/vscode-jsonrpc\r\n\r\n'),
      good,
    ],
    ['a header in lower case', good.replace('Content-Length', 'content-length'), good],
    ['rubbish before a frame', `rubbish\r\n\r\n${good}`, good],
    ['rubbish without an end before a frame', `rubbish${good}`, good],
    [
      'what a length that is too small leaves behind',
      `Content-Length: 2\r\n\r\n{"b":1}${good}`,
      frame('{"') + good,
    ],
    [
      'lengths that are none',
      `Content-Length: -1\r\n\r\nContent-Length: x\r\n\r\nContent-Length: 99999999999\r\n\r\n${good}`,
      good,
    ],
    ['an empty frame', `Content-Length: 0\r\n\r\n${good}`, good],
    ['endless rubbish', `${'x'.repeat(200_000)}\r\n\r\n${good}`, good],
  ];
  for (const [name, input, output] of cases) {
    for (const size of [1, 7, 1_000_000]) {
      if (size === 1 && input.length > 10_000) continue;
      it(`handles ${name}, ${size} bytes at a time`, async () =>
        assert.equal(await filtered(input, size), output));
    }
  }
});
