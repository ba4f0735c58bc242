import { convertLine } from '../dialects';
import type { ConvertedLines, ConvertLinesParams } from '../shared/lsp';
import type { LineDocument } from './lineDocument';
import { inSlices, type SliceOptions } from './slices';

/**
 * Every line of a document in the other dialect. Lines that cannot be converted stay, and what is lost is said once, with the
 * first line it was lost on. Undefined when the document changed meanwhile or the client lost interest.
 */
export async function convertLines(
  document: LineDocument,
  { to, model }: Pick<ConvertLinesParams, 'to' | 'model'>,
  options: SliceOptions,
): Promise<ConvertedLines | undefined> {
  const { version } = document;
  const lines: ConvertedLines['lines'] = [];
  const notes = new Map<string, number>();
  const note = (message: string, line: number) => {
    if (!notes.has(message)) notes.set(message, line);
  };
  const models = new Set<string>();
  const done = await inSlices(
    document.lineCount,
    (line) => {
      const text = document.line(line);
      if (text.trim() === '') return;
      const converted = convertLine(text, to, model === undefined ? {} : { model });
      if ('error' in converted) {
        note(converted.error, line);
        return;
      }
      converted.notes.forEach((message) => note(message, line));
      if (converted.model !== undefined) models.add(converted.model);
      if (converted.line !== text) lines.push({ line, text: converted.line });
    },
    { ...options, isCurrent: () => document.version === version },
  );
  return done
    ? {
        version,
        lines,
        notes: [...notes].map(([message, line]) => ({ line, message })),
        models: [...models],
      }
    : undefined;
}
