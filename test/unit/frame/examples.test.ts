import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sampleText } from '../../../src/commands/files/sample';
import { validateFile } from '../../../src/server/validation';

const folder = path.join(__dirname, '../../../examples');

describe('the examples', function () {
  this.timeout(30_000);
  const check = (name: string) => validateFile(path.join(folder, name), { maxProblems: 100 });

  for (const [name, kind, rows] of [
    ['guide-two-requests.jsonl', 'gemini', 2],
    ['classify-tickets.jsonl', 'gemini', 1000],
    ['describe-images.jsonl', 'gemini', 6],
    ['calendar-tools.jsonl', 'gemini', 6],
    ['embed-articles.jsonl', 'gemini-embed', 12],
  ] as const) {
    it(`${name} is clean`, async () => {
      const summary = await check(name);
      assert.deepEqual(summary.problems, []);
      assert.deepEqual([summary.kind, summary.rows], [kind, rows]);
    });
  }

  it('the sample of the walkthrough is clean', async () => {
    const temporary = await mkdtemp(path.join(os.tmpdir(), 'sample-'));
    try {
      const file = path.join(temporary, 'sample.jsonl');
      await writeFile(file, sampleText);
      assert.deepEqual((await validateFile(file, { maxProblems: 10 })).problems, []);
    } finally {
      await rm(temporary, { recursive: true });
    }
  });

  it('classic-mistakes.jsonl has a problem on every line', async () => {
    const { problems, rows } = await check('classic-mistakes.jsonl');
    const lines = new Set(problems.map(({ line }) => line));
    assert.equal(rows, 20);
    // The first of two equal keys is only referred to; the mistake is on the second.
    assert.deepEqual(
      Array.from({ length: rows }, (_, line) => line).filter((line) => !lines.has(line)),
      [11],
    );
  });
});
