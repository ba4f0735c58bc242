const LF = 0x0a;

/** Counts bytes, and lines that hold more than white space, chunk by chunk. */
export class RowCounter {
  bytes = 0;
  /** Where the last line begins that has no line break yet. */
  lineStart = 0;
  private ended = 0;
  private lineHasContent = false;

  get rows(): number {
    return this.ended + (this.lineHasContent ? 1 : 0);
  }

  clone(): RowCounter {
    return Object.assign(new RowCounter(), this);
  }

  add(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      if (this.lineHasContent || hasContent(chunk, from, end)) this.ended += 1;
      this.lineHasContent = false;
      from = end + 1;
      this.lineStart = this.bytes + from;
    }
    this.lineHasContent ||= hasContent(chunk, from, chunk.length);
    this.bytes += chunk.length;
  }
}

function hasContent(chunk: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if ((chunk[at] ?? 0) > 0x20) return true;
  return false;
}
