import { Transform, type TransformCallback } from 'node:stream';

const headerEnd = Buffer.from('\r\n\r\n');
/** What is no header by then is none. */
const longestHeader = 64 * 1024;
/** No client sends more at once; a length beyond is a slip that would swallow everything after it. */
const longestBody = 1024 ** 3;

/**
 * Lets only well-formed frames of the protocol through: a header with a length, and so many bytes. Whatever else a client
 * writes is dropped up to the next header, so that one slip does not take the session with it. A body goes on in one piece, so
 * that whoever reads the frame has no pieces to put together: a document of 50 MB would be there twice.
 */
export class FrameFilter extends Transform {
  private pending = Buffer.alloc(0);
  /** The body that is being read, once it does not come in one piece, and how much of it is there. */
  private body: Buffer | undefined;
  private bodyRead = 0;
  private bodyLength = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.bodyLength > 0 ? this.readBody(rest) : this.readHeader(rest);
    }
    done();
  }

  /** Reads on in the body; gives back what follows it. */
  private readBody(bytes: Buffer): Buffer {
    const { bodyLength, bodyRead } = this;
    const piece = bytes.subarray(0, bodyLength - bodyRead);
    if (piece.length < bodyLength) {
      this.body ??= Buffer.allocUnsafeSlow(bodyLength);
      piece.copy(this.body, bodyRead);
    }
    this.bodyRead += piece.length;
    if (this.bodyRead === bodyLength) {
      this.push(this.body ?? piece);
      this.body = undefined;
      this.bodyRead = 0;
      this.bodyLength = 0;
    }
    return bytes.subarray(piece.length);
  }

  /** Looks for the end of a header; gives back what follows it. */
  private readHeader(bytes: Buffer): Buffer {
    this.pending = Buffer.concat([this.pending, bytes]);
    const end = this.pending.indexOf(headerEnd);
    if (end < 0) {
      if (this.pending.length > longestHeader) this.pending = this.pending.subarray(-longestHeader / 2);
      return Buffer.alloc(0);
    }
    const rest = this.pending.subarray(end + headerEnd.length);
    const length = bodyLength(this.pending.toString('latin1', 0, end));
    this.pending = Buffer.alloc(0);
    if (length !== undefined) {
      this.push(`Content-Length: ${length}\r\n\r\n`);
      this.bodyLength = length;
    }
    return rest;
  }
}

/** The length that a header gives. Rubbish before it is what a wrong length earlier has left behind. */
function bodyLength(header: string): number | undefined {
  const [, digits] = [...header.matchAll(/content-length:[ \t]*(\d{1,10})[ \t]*(?:\r\n|$)/gi)].at(-1) ?? [];
  const length = Number(digits);
  return length > 0 && length <= longestBody ? length : undefined;
}
