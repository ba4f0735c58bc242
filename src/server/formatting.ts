import type { Range, TextEdit } from 'vscode-languageserver';
import { isJson, minifyJson, prettyJson } from '../util/jsonText';
import type { CheckedDocument } from './checkedDocument';
import { layoutOf } from './jsonUnit';
import { inSlices, type SliceOptions } from './slices';

/**
 * Takes the white space out of every line of `range`, and nothing else: numbers, escapes and the order of keys stay as they
 * are written. A document that is a single request is laid out over many lines instead. What is no JSON is left alone.
 */
export async function formattingEdits(
  checked: CheckedDocument,
  range: Range,
  indent: string,
  options: SliceOptions,
): Promise<TextEdit[]> {
  const { document, kind } = checked;
  if (layoutOf(document) === 'whole') {
    const text = document.getText();
    return isJson(text) ? changed(document.fullRange(), text, prettyJson(text, indent)) : [];
  }
  if (kind === 'none') return [];
  const { version } = document;
  const first = document.clamp(range.start).line;
  const last = document.clamp(range.end);
  // A selection that ends before the first character of a line does not mean that line.
  const end = last.character === 0 && last.line > first ? last.line : last.line + 1;
  const edits: TextEdit[] = [];
  const done = await inSlices(
    end - first,
    (index) => {
      const line = first + index;
      const text = document.line(line);
      if (!isJson(text)) return;
      const whole = { start: { line, character: 0 }, end: { line, character: text.length } };
      edits.push(...changed(whole, text, minifyJson(text)));
    },
    { ...options, isCurrent: () => document.version === version },
  );
  return done ? edits : [];
}

function changed(range: Range, before: string, after: string): TextEdit[] {
  return before === after ? [] : [{ range, newText: after }];
}
