import { CompletionItemKind, InsertTextFormat, type CompletionItem, type Range } from 'vscode-languageserver';
import contributed from '../../syntaxes/requests.snippets.json';
import type { FileKind } from '../shared/dialect';
import { translated } from './texts';
import { escapeSnippet } from './valueSnippets';

/**
 * Snippets by name. The extension contributes the same file, without prefixes: there they are for *Insert Snippet*. While
 * typing they come from here, where it is known which of them fit the file and which key is next.
 */
const snippets = Object.entries(contributed);

/** Which snippets make lines of which files; an empty file may become any. */
function fits(name: string, kind: FileKind): boolean {
  const made = name.startsWith('batch-openai')
    ? 'openai'
    : name === 'batch-embed'
      ? 'gemini-embed'
      : 'gemini';
  return kind === 'none' || kind === made || (kind === 'gemini-bare' && made === 'gemini');
}

/** Whole request lines, for a line that is empty or holds the beginning of a name, with the key that the file would have there. */
export function snippetItems(
  kind: FileKind,
  key: string,
  range: Range,
  asSnippets: boolean,
): CompletionItem[] {
  return snippets
    .filter(([name]) => fits(name, kind))
    .map(([name, { description, body }], index) => {
      const text = body.join('\n').replace('${1:request-${TM_LINE_NUMBER}}', `\${1:${escapeSnippet(key)}}`);
      return {
        label: name,
        kind: CompletionItemKind.Snippet,
        detail: translated(description),
        sortText: String(index).padStart(3, '0'),
        insertTextFormat: asSnippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
        textEdit: { range, newText: asSnippets ? text : plainText(text) },
        documentation: plainText(text),
      };
    });
}

/** A snippet as it looks when nothing is changed in it. */
export function plainText(snippet: string): string {
  const values = new Map<string, string>();
  return snippet
    .replace(/\$\{(\d+)\|([^,|]*)[^}]*\|\}/g, '$2')
    .replace(/\$\{(\d+):([^{}]*)\}/g, (_, stop: string, value: string) => {
      values.set(stop, value);
      return value;
    })
    .replace(/\$(\d+)/g, (_, stop: string) => values.get(stop) ?? '')
    .replace(/\\([\\$}])/g, '$1');
}
