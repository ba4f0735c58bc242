import assert from 'node:assert/strict';
import { BackgroundWriter, batchBytes as batch } from '../../../src/http/backgroundWriter';

/** A file in memory whose writes and syncs end when a test says so. */
class SlowFile {
  readonly content: Buffer[] = [];
  readonly calls: string[] = [];
  /** Ends what is under way; by itself where `open` is. */
  open = true;
  /** Takes so many bytes at once. */
  most = Infinity;
  failing: { readonly call: string; readonly error: Error } | undefined;
  private readonly gates: (() => void)[] = [];

  release(): void {
    for (const gate of this.gates.splice(0)) gate();
  }

  private async run(call: string): Promise<void> {
    this.calls.push(call);
    if (!this.open) await new Promise<void>((resolve) => this.gates.push(resolve));
    if (this.failing?.call === call) throw this.failing.error;
  }

  async write(buffer: Buffer, offset: number, length: number, position: number) {
    await this.run(`write ${position / batch}+${length / batch}`);
    const piece = buffer.subarray(offset, offset + Math.min(length, this.most));
    this.content.push(Buffer.from(piece));
    return { bytesWritten: piece.length };
  }

  datasync(): Promise<void> {
    return this.run('datasync');
  }

  sync(): Promise<void> {
    return this.run('sync');
  }
}

describe('background writer', () => {
  let file: SlowFile;
  let writer: BackgroundWriter;
  beforeEach(() => {
    file = new SlowFile();
    writer = new BackgroundWriter(file, 0);
  });
  const batchOf = (n: number) => Buffer.alloc(batch, n);
  async function appendAll(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await writer.append(batchOf(n));
  }

  it('takes more while a batch is being written, and holds back who is too fast', async () => {
    file.open = false;
    await appendAll(1);
    await writer.append(batchOf(1).subarray(1));
    assert.deepEqual(file.calls, ['write 0+1']);
    let taken = false;
    const last = writer.append(batchOf(2).subarray(0, 1)).then(() => (taken = true));
    await Promise.resolve();
    assert.equal(taken, false);
    file.open = true;
    file.release();
    await last;
    assert.deepEqual(file.calls, ['write 0+1', 'write 1+1']);
  });

  it('writes all of it, in order', async () => {
    await appendAll(10);
    await writer.append(Buffer.from('rest'));
    await writer.sync();
    const whole = Buffer.concat(file.content);
    assert.equal(whole.length, 10 * batch + 4);
    for (let n = 0; n < 10; n += 1) assert.equal(whole[n * batch], n);
    assert.equal(file.calls.at(-1), 'sync');
  });

  it('keeps a copy, and writes the rest of what was taken in part', async () => {
    file.most = batch / 4;
    const chunk = batchOf(7);
    await writer.append(chunk);
    chunk.fill(0);
    await writer.flush();
    assert.deepEqual(file.calls, ['write 0+1', 'write 0.25+0.75', 'write 0.5+0.5', 'write 0.75+0.25']);
    assert.deepEqual(Buffer.concat(file.content), batchOf(7));
  });

  it('writes across pages, which no system answers with large pieces of memory', () => {
    const pageBytes = 4096;
    for (let n = 1; n < 16; n += 1) assert.notEqual((n * batch) % pageBytes, 0);
  });

  it('tells the disk in time, not only at the end', async () => {
    await appendAll(400);
    assert.ok(file.calls.includes('datasync'));
    await writer.sync();
  });

  for (const call of ['write 1+1', 'datasync', 'sync'])
    it(`does not forget that ${call} failed, and writes nothing after it`, async () => {
      const error = new Error('disk full');
      file.failing = { call, error };
      await assert.rejects(
        appendAll(400).then(() => writer.sync()),
        error,
      );
      if (call === 'sync') return;
      const written = file.calls.length;
      await assert.rejects(writer.append(batchOf(1)), error);
      await assert.rejects(writer.sync(), error);
      assert.equal(file.calls.length, written);
    });

  it('begins anew elsewhere', async () => {
    file.failing = { call: 'write 0+1', error: new Error('x') };
    await assert.rejects(appendAll(1).then(() => writer.flush()));
    await writer.drop();
    const other = new SlowFile();
    writer.reset(other, 3 * batch);
    await appendAll(1);
    await writer.flush();
    assert.deepEqual(other.calls, ['write 3+1']);
  });
});
