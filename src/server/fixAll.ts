import type { TextEdit } from 'vscode-languageserver';
import { joinLines, locateKey, toJsonLines, type RuleCode } from '../dialects';
import { CheckedDocument } from './checkedDocument';
import { FileFixer } from './fileFixer';
import { layoutOf } from './jsonUnit';
import { LineDocument } from './lineDocument';
import { lineEdit } from './lineEdits';
import { nextKeyAt } from './nextKey';
import { inSlices, type SliceOptions } from './slices';
import { rangeOf, textsOf } from './spreads';

/**
 * The edits that mend everything with one obvious mend, or everything of one rule: a second run would find nothing to do.
 * Lines that are in order are not touched. Undefined when the document changed meanwhile or the client lost interest.
 */
export async function fixAllEdits(
  checked: CheckedDocument,
  options: SliceOptions & { readonly rule?: RuleCode },
): Promise<TextEdit[] | undefined> {
  const { document, context } = checked;
  if (checked.layout !== 'lines') return layoutEdits(checked, options);
  if (context === undefined || layoutOf(document) === 'whole') return [];
  const newKey = nextKeyAt(checked, document.lineCount);
  const spreadKeys = new Set(
    checked.spreads.map((placed) => locateKey(joinLines(textsOf(document, placed)))?.value),
  );
  const fixer = new FileFixer(context, (key) => checked.hasKey(key) || spreadKeys.has(key), newKey);
  const { version } = document;
  const { rule } = options;
  const edits: TextEdit[] = [];
  const fixed = (text: string) => (rule === undefined ? fixer.fixAll(text) : fixer.fixRule(text, rule));
  const done = await inSlices(
    document.lineCount,
    (line) => {
      const placed = checked.spreadAt(line);
      if (placed !== undefined) {
        if (placed.start !== line || (rule !== undefined && rule !== 'object-over-lines')) return;
        const joined = joinLines(textsOf(document, placed));
        edits.push({ range: rangeOf(document, placed), newText: fixed(joined).join('\n') });
        return;
      }
      const record = checked.recordAt(line);
      if (record === undefined || (!record.duplicated && record.check.problems.length === 0)) {
        fixer.pass(record?.check.key);
        return;
      }
      const before = document.line(line);
      edits.push(...lineEdit(line, before, fixed(before).join('\n')));
    },
    { ...options, isCurrent: () => document.version === version },
  );
  return done ? edits : undefined;
}

/** A file that is one list or pretty-printed becomes JSON Lines first, and then its lines are mended. */
async function layoutEdits(
  { document, settings }: CheckedDocument,
  options: SliceOptions & { readonly rule?: RuleCode },
): Promise<TextEdit[] | undefined> {
  const text = toJsonLines(document.getText());
  if (text === undefined) return [];
  const converted = new LineDocument(document.uri, document.languageId, document.version, text);
  if (options.rule === undefined) {
    const lines = new CheckedDocument(converted, settings);
    lines.checkSome(() => false);
    const edits = lines.layout === 'lines' ? await fixAllEdits(lines, options) : [];
    if (edits === undefined) return undefined;
    // From the end on, so that no edit moves the place of another.
    converted.apply(
      edits.map(({ range, newText }) => ({ range, text: newText })).reverse(),
      document.version,
    );
  }
  return [{ range: document.fullRange(), newText: converted.getText() }];
}
