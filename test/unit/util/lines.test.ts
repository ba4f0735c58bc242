import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { CancelledError } from '../../../src/util/async';
import { readLineBatches, splitLines, type ByteLine } from '../../../src/util/lines';

// eslint-disable-next-line @typescript-eslint/require-await -- an async source without awaits of its own
async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(batches: AsyncIterable<ByteLine[]>) {
  const lines: { index: number; offset: number; text: string }[] = [];
  for await (const batch of batches) {
    for (const { index, offset, bytes } of batch) lines.push({ index, offset, text: bytes.toString() });
  }
  return lines;
}

describe('splitLines', () => {
  const table: [string, string, [number, string][]][] = [
    ['nothing', '', []],
    ['one line without a break', 'a', [[0, 'a']]],
    ['one line with a break', 'a\n', [[0, 'a']]],
    [
      'blank lines are lines',
      '\n\na\n',
      [
        [0, ''],
        [1, ''],
        [2, 'a'],
      ],
    ],
    [
      'CR LF',
      'a\r\nb\r\n',
      [
        [0, 'a'],
        [3, 'b'],
      ],
    ],
    [
      'offsets are bytes',
      'ä\nb',
      [
        [0, 'ä'],
        [3, 'b'],
      ],
    ],
  ];
  for (const [name, text, expected] of table) {
    it(name, async () => {
      const lines = await collect(splitLines(chunksOf(text, 2)));
      assert.deepEqual(
        lines.map(({ offset, text: line }) => [offset, line]),
        expected,
      );
      assert.deepEqual(
        lines.map(({ index }) => index),
        expected.map((_, index) => index),
      );
    });
  }

  it('gives the same lines whatever the chunks are', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '\n', '\r', '𝒳'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (content, size) => {
        const expected = content.split('\n');
        if (expected.at(-1) === '') expected.pop();
        const lines = await collect(splitLines(chunksOf(content, size)));
        assert.deepEqual(
          lines.map(({ text: line }) => line),
          expected.map((line) => line.replace(/\r$/, '')),
        );
        for (const { offset, text: line } of lines) {
          assert.equal(
            Buffer.from(content)
              .subarray(offset, offset + Buffer.byteLength(line))
              .toString(),
            line,
          );
        }
      }),
    );
  });

  it('stops when cancelled', async () => {
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(collect(splitLines(chunksOf('a\nb', 1), { signal: abort.signal })), CancelledError);
  });
});

describe('readLineBatches', () => {
  it('starts in the middle and counts offsets from the beginning of the file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lines-'));
    try {
      const path = join(directory, 'a.jsonl');
      await writeFile(path, 'first\nsecond\nthird');
      const lines = await collect(readLineBatches(path, { start: 6, chunkBytes: 3 }));
      assert.deepEqual(lines, [
        { index: 0, offset: 6, text: 'second' },
        { index: 1, offset: 13, text: 'third' },
      ]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
