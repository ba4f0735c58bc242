import { CompletionItemKind, InsertTextFormat, type CompletionItem, type Range } from 'vscode-languageserver';
import contributed from '../../syntaxes/requests.snippets.json';
import type { FileKind } from '../shared/dialect';
import { escapeSnippet } from './valueSnippets';

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}

const snippets: readonly Snippet[] = Object.values(contributed);

/** Which snippets make lines of which files; an empty file may become any. */
function fits({ prefix }: Snippet, kind: FileKind): boolean {
  const made = prefix.startsWith('batch-openai')
    ? 'openai'
    : prefix === 'batch-embed'
      ? 'gemini-embed'
      : 'gemini';
  return kind === 'none' || kind === made || (kind === 'gemini-bare' && made === 'gemini');
}

/**
 * Whole request lines, for an empty line. The same ones that the extension contributes, but with the key that the file would
 * have there.
 */
export function snippetItems(
  kind: FileKind,
  key: string,
  range: Range,
  asSnippets: boolean,
): CompletionItem[] {
  return snippets
    .filter((snippet) => fits(snippet, kind))
    .map(({ prefix, description, body }) => {
      const text = body.join('\n').replace('${1:request-${TM_LINE_NUMBER}}', `\${1:${escapeSnippet(key)}}`);
      return {
        label: prefix,
        kind: CompletionItemKind.Snippet,
        detail: description,
        insertTextFormat: asSnippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
        textEdit: { range, newText: asSnippets ? text : plainText(text) },
        documentation: plainText(text),
      };
    });
}

/** A snippet as it looks when nothing is changed in it. */
export function plainText(snippet: string): string {
  return snippet
    .replace(/\$\{(\d+)\|([^,|]*)[^}]*\|\}/g, '$2')
    .replace(/\$\{\d+:([^{}]*)\}/g, '$1')
    .replace(/\$\d+/g, '')
    .replace(/\\([\\$}])/g, '$1');
}
