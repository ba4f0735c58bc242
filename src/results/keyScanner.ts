import { ByteCursor, Members, type ByteSpan } from './byteCursor';

const openBrace = 0x7b;

/** What request and result lines have in common: their key, under one of its three names. */
export class KeyedLine extends ByteCursor {
  private readonly spans: readonly [own: ByteSpan, customId: ByteSpan, metadata: ByteSpan] = [
    { start: 0, end: -1 },
    { start: 0, end: -1 },
    { start: 0, end: -1 },
  ];
  private readonly metadata = new Members({ key: () => this.readPlainString(this.spans[2]) });
  /** Readers of the members that hold a key. A key that is no plain string is JSON.stringify's to say. */
  protected readonly keyMembers = {
    key: () => this.readPlainString(this.spans[0]),
    custom_id: () => this.readPlainString(this.spans[1]),
    metadata: () => (this.peek() === openBrace ? this.readObject(this.metadata) : this.skipValue()),
  };

  /** Reads a line by its members and puts the place of its key into `key`. */
  protected findsKey(buffer: Buffer, start: number, end: number, members: Members, key: ByteSpan): boolean {
    for (const span of this.spans) span.end = -1;
    if (!this.readsLine(buffer, start, end, members)) return false;
    const [own, customId, metadata] = this.spans;
    const found = own.end !== -1 ? own : customId.end !== -1 ? customId : metadata;
    key.start = found.start;
    key.end = found.end;
    return true;
  }
}

/** Finds the keys of request lines, and which of them {@link JSON.parse} has to look at. */
export class RequestKeyScanner extends KeyedLine {
  private readonly members = new Members(this.keyMembers);

  /** @returns false when the line is broken, or its key is written in a way that only JSON.parse reads */
  scan(buffer: Buffer, start: number, end: number, key: ByteSpan): boolean {
    return this.findsKey(buffer, start, end, this.members, key);
  }
}
