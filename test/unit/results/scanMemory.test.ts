import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scanMemory } from '../../../src/results/scanMemory';

/** What the WebAssembly does, byte by byte. */
function closingQuote(text: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end) {
    if (text[at] === 0x22) return at;
    at += text[at] === 0x5c ? 2 : 1;
  }
  return -1;
}

describe('scanMemory', () => {
  const memory = scanMemory(1000);
  assert.ok(memory, 'WebAssembly runs here');

  it('finds the end of a string exactly as a loop over its bytes does', () => {
    const pieces = fc.constantFrom('"', '\\', 'a', 'é', 'n'.repeat(15), 'x'.repeat(40), '\\"', '\\\\');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), fc.nat(40), fc.nat(40), (parts, from, short) => {
        const text = Buffer.from(parts.join(''));
        text.copy(memory.buffer);
        const end = Math.max(0, text.length - short);
        assert.equal(memory.closingQuote(from, end), closingQuote(text, from, end));
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps its content when it grows, and reaches to its last byte', () => {
    const before = memory.buffer.length;
    memory.buffer.fill('y');
    memory.grow();
    assert.ok(memory.buffer.length >= before * 2);
    assert.equal(memory.buffer[before - 1], 'y'.charCodeAt(0));
    const last = memory.buffer.length - 1;
    memory.buffer.fill('z');
    memory.buffer.write('"', last);
    assert.equal(memory.closingQuote(0, memory.buffer.length), last);
    assert.equal(memory.closingQuote(0, last), -1);
  });

  it('is not there where it cannot be', () => {
    assert.equal(scanMemory(Number.MAX_SAFE_INTEGER), undefined);
  });
});
