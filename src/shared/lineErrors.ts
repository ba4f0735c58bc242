/** What a service found wrong with one line of a request file when it refused to create a job from it. */
export interface ServiceLineError {
  /** One-based line of the request file. */
  readonly line: number;
  /** One-based column as the service counts it, which is not always from the beginning of the line: a hint, no range. */
  readonly column?: number;
  /** The service's words without "Error on line N" and "near column M". */
  readonly reason: string;
  /** The field that the reason quotes, by which its exact place on the line can be found. */
  readonly field?: string;
}

/**
 * Reads the line errors out of the message of a refused creation:
 * `Error on line 3: invalid JSON, near column 436: no such field: 'cachedContent'`, several of them joined by line breaks.
 * Messages of another form give none.
 */
export function parseLineErrors(message: string): readonly ServiceLineError[] {
  const errors: ServiceLineError[] = [];
  const marker = /\berror on line (\d+)\s*:\s*/gi;
  let open: { line: number; from: number } | undefined;
  for (const match of message.matchAll(marker)) {
    if (open !== undefined) errors.push(lineError(open.line, message.slice(open.from, match.index)));
    open = { line: Number(match[1]), from: match.index + match[0].length };
  }
  if (open !== undefined) errors.push(lineError(open.line, message.slice(open.from)));
  return errors;
}

function lineError(line: number, text: string): ServiceLineError {
  const column = /\bnear column (\d+)\s*:?\s*/i.exec(text);
  const reason = (column === null ? text : text.slice(column.index + column[0].length)).trim();
  const field = /no such field:\s*['"]([^'"]+)['"]|unknown name\s*['"]([^'"]+)['"]/i.exec(reason);
  const name = field?.[1] ?? field?.[2];
  return {
    line,
    ...(column?.[1] === undefined ? {} : { column: Number(column[1]) }),
    reason: reason === '' ? text.trim() : reason,
    ...(name === undefined ? {} : { field: name }),
  };
}
