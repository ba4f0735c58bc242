/** A line with stretches marked by «…», and where they are in the text without the marks. */
export interface MarkedText {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** Takes the marks out of a text; marked stretches do not nest. */
export function marked(source: string): MarkedText {
  const spans: { start: number; end: number }[] = [];
  let text = '';
  let start = -1;
  for (const character of source) {
    if (character === '«') start = text.length;
    else if (character === '»') spans.push({ start, end: text.length });
    else text += character;
  }
  return { text, spans };
}
