import assert from 'node:assert/strict';
import { BackgroundWriter } from '../../../src/http/backgroundWriter';

const MB = 1 << 20;

/** A file in memory whose writes and syncs end when a test says so. */
class SlowFile {
  readonly content: Buffer[] = [];
  readonly calls: string[] = [];
  /** Ends what is under way; by itself where `open` is. */
  open = true;
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

  async writev<T extends readonly NodeJS.ArrayBufferView[]>(buffers: T, position?: number) {
    const data = Buffer.concat(buffers as unknown as readonly Buffer[]);
    await this.run(`write ${(position ?? 0) / MB}+${data.length / MB}`);
    this.content.push(data);
    return { bytesWritten: data.length, buffers };
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
  const megabyte = (n: number) => Buffer.alloc(MB, n);
  async function appendAll(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await writer.append(megabyte(n));
  }

  it('takes more while a batch is being written, and holds back who is too fast', async () => {
    file.open = false;
    await appendAll(2);
    assert.deepEqual(file.calls, ['write 0+1']);
    let taken = false;
    const last = writer.append(megabyte(2)).then(() => (taken = true));
    await Promise.resolve();
    assert.equal(taken, false);
    file.open = true;
    file.release();
    await last;
    assert.deepEqual(file.calls, ['write 0+1', 'write 1+2']);
  });

  it('writes all of it, in order', async () => {
    await appendAll(10);
    await writer.append(Buffer.from('rest'));
    await writer.sync();
    const whole = Buffer.concat(file.content);
    assert.equal(whole.length, 10 * MB + 4);
    for (let n = 0; n < 10; n += 1) assert.equal(whole[n * MB], n);
    assert.equal(file.calls.at(-1), 'sync');
  });

  it('tells the disk in time, not only at the end', async () => {
    await appendAll(70);
    assert.ok(file.calls.includes('datasync'));
    await writer.sync();
  });

  for (const call of ['write 1+1', 'datasync', 'sync'])
    it(`does not forget that ${call} failed, and writes nothing after it`, async () => {
      const error = new Error('disk full');
      file.failing = { call, error };
      await assert.rejects(
        appendAll(80).then(() => writer.sync()),
        error,
      );
      if (call === 'sync') return;
      const written = file.calls.length;
      await assert.rejects(writer.append(megabyte(1)), error);
      await assert.rejects(writer.sync(), error);
      assert.equal(file.calls.length, written);
    });

  it('begins anew elsewhere', async () => {
    file.failing = { call: 'write 0+1', error: new Error('x') };
    await assert.rejects(appendAll(1).then(() => writer.flush()));
    await writer.drop();
    const other = new SlowFile();
    writer.reset(other, 3 * MB);
    await appendAll(1);
    await writer.flush();
    assert.deepEqual(other.calls, ['write 3+1']);
  });
});
