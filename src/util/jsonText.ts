/** Nesting beyond this is not indented further, or the result would grow with the square of the input. */
const deepestIndent = 100;

/** Whether `text` is one JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * JSON on one line, without white space outside strings. Works on the text and not on values, so numbers, escapes, the
 * order of the keys and even repeated ones stay as they were written. `text` must be valid JSON.
 */
export function minifyJson(text: string): string {
  return layOut(text, undefined);
}

/** JSON over many lines; otherwise as {@link minifyJson}, which undoes it exactly. */
export function prettyJson(text: string, indent = '  '): string {
  return layOut(text, indent);
}

function layOut(text: string, indent: string | undefined): string {
  const out: string[] = [];
  let depth = 0;
  let index = 0;
  const breakLine = () => {
    if (indent !== undefined) out.push('\n', indent.repeat(Math.min(depth, deepestIndent)));
  };
  while (index < text.length) {
    const char = text.charAt(index);
    if (isWhitespace(char)) {
      index += 1;
    } else if (char === '"') {
      const end = stringEnd(text, index);
      out.push(text.slice(index, end));
      index = end;
    } else if (char === '{' || char === '[') {
      index = nextToken(text, index + 1);
      const close = text.charAt(index);
      if (close === '}' || close === ']') {
        out.push(char, close);
        index += 1;
      } else {
        out.push(char);
        depth += 1;
        breakLine();
      }
    } else if (char === '}' || char === ']') {
      depth -= 1;
      breakLine();
      out.push(char);
      index += 1;
    } else if (char === ',') {
      out.push(char);
      breakLine();
      index += 1;
    } else if (char === ':') {
      out.push(indent === undefined ? ':' : ': ');
      index += 1;
    } else {
      const start = index;
      while (index < text.length && !/[\s,:{}[\]"]/.test(text.charAt(index))) index += 1;
      out.push(text.slice(start, index));
    }
  }
  return out.join('');
}

function nextToken(text: string, from: number): number {
  let index = from;
  while (index < text.length && isWhitespace(text.charAt(index))) index += 1;
  return index;
}

function isWhitespace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}

/** Behind the closing quote of the string that opens at `start`; the end of the text when it never closes. */
export function stringEnd(text: string, start: number): number {
  let index = start + 1;
  while (true) {
    const quote = text.indexOf('"', index);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (text.charAt(quote - 1 - backslashes) === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    index = quote + 1;
  }
}
