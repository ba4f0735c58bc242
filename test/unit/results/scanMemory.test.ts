import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { scanMemory } from '../../../src/results/scanMemory';
import { scanWasm } from '../../../src/results/scanWasm';

/** What the WebAssembly does, by an expression. */
function stringEnd(text: string, from: number, end: number): number {
  const string = /^(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*"/u.exec(
    text.slice(from, end),
  );
  return string === null ? -1 : from + string[0].length - 1;
}

/** The shortest beginning that JSON.parse takes: an object or array cannot go on behind its end. */
function nestedEnd(text: string, from: number, end: number): number {
  for (let to = from + 1; to <= end; to += 1) {
    try {
      const value: unknown = JSON.parse(text.slice(from, to));
      if (typeof value === 'object' && value !== null) return to;
    } catch {
      // Not yet, or never.
    }
  }
  return -1;
}

describe('scanMemory', () => {
  const memory = scanMemory(1000);
  assert.ok(memory, 'WebAssembly runs here');

  const agree = (
    pieces: readonly string[],
    name: 'stringEnd' | 'nestedEnd',
    expected: typeof stringEnd,
    starts: readonly string[] = [''],
  ) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        fc.array(fc.constantFrom(...pieces), { maxLength: 30 }),
        fc.nat(name === 'stringEnd' ? 20 : 0),
        fc.nat(20),
        (start, parts, from, short) => {
          const text = Buffer.from(start + parts.join(''));
          text.copy(memory.buffer);
          const end = Math.max(0, text.length - short);
          const found = memory[name](from, end);
          if (from < end) assert.equal(found, expected(text.toString('latin1'), from, end), text.toString());
        },
      ),
      { numRuns: 3000 },
    );
  };

  it('finds the ends of strings, and what is none', () => {
    const filling = ['a', 'é', 'n'.repeat(15), 'x'.repeat(40)];
    const escapes = ['\\"', '\\\\', '\\n', '\\/', '\\u00e9', '\\uD83D'];
    agree([...filling, ...filling, ...escapes, '"'], 'stringEnd', stringEnd);
    agree([...filling, ...escapes, '\\', '\\u00', '\t', '\u007f', 'u', 'g', '"'], 'stringEnd', stringEnd);
  });

  it('finds the ends of objects and arrays, and what is none', () => {
    const values = [
      '0',
      '-0',
      '12',
      '-1.25e-7',
      '3E+2',
      '"a"',
      '""',
      '"\\n"',
      'true',
      'false',
      'null',
      '{}',
      '[]',
    ];
    const some = ['[1,2]', '{"a":1}', '{"a":[ {} ]}', ' ', '\n'];
    const wrong = [
      '01',
      '.',
      '1.',
      'e',
      '-',
      '+1',
      'tru',
      'True',
      '"\\x"',
      '"\t"',
      '"',
      'x',
      '\0',
      '1e',
      '[,',
    ];
    const marks = ['{', '}', '[', ']', ',', ',', ':', '"k":', '"k" : '];
    for (const pieces of [
      [...values, ...some, ...marks],
      [...values, ...some, ...marks, ...wrong],
    ]) {
      agree(pieces, 'nestedEnd', nestedEnd, ['[', '{"k":', '[[', '[{"k":']);
    }
  });

  it('leaves what is very deep', () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const end = (text: string) => (memory.buffer.write(text), memory.nestedEnd(0, text.length));
    assert.equal(end(deep(64)), 128);
    assert.equal(end(deep(65)), -1);
  });

  it('is what its source compiles to', async () => {
    const script = join(import.meta.dirname, '../../../src/results/assembly/compile.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--print']);
    assert.equal(stdout.trim(), scanWasm, 'run: npm run scan');
  }).timeout(60_000);

  it('keeps its content when it grows, and reaches to its last byte', () => {
    const before = memory.buffer.length;
    memory.buffer.fill('y');
    memory.grow();
    assert.ok(memory.buffer.length >= before * 2);
    assert.equal(memory.buffer[before - 1], 'y'.charCodeAt(0));
    const last = memory.buffer.length - 1;
    memory.buffer.fill('z');
    memory.buffer.write('"', last);
    assert.equal(memory.stringEnd(0, memory.buffer.length), last);
    assert.equal(memory.stringEnd(0, last), -1);
  });

  it('is not there where it cannot be', () => {
    assert.equal(scanMemory(Number.MAX_SAFE_INTEGER), undefined);
  });
});
