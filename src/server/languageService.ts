import * as l10n from '@vscode/l10n';
import {
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type CodeAction,
  type CodeActionContext,
  type CompletionItem,
  type Diagnostic,
  type DocumentSymbol,
  type FoldingRange,
  type FormattingOptions,
  type Hover,
  type Location,
  type Position,
  type Range,
  type SelectionRange,
  type TextEdit,
} from 'vscode-languageserver';
import type { ConvertedLines, ConvertLinesParams } from '../shared/lsp';
import type { CheckedDocument } from './checkedDocument';
import { codeActions, fixFileEdits, resolveCodeAction, type EditDelivery } from './codeActions';
import { completionItems, type CompletionOptions } from './completion';
import { convertLines } from './convertLines';
import { counterparts } from './definition';
import { diagnosticsOf } from './diagnostics';
import { foldingRanges } from './folding';
import { formattingEdits } from './formatting';
import { hoverAt, type HoverOptions } from './hover';
import { keyAt, renameKey, type KeyAtPosition } from './keys';
import { OpenDocuments, type OpenDocumentsOptions } from './openDocuments';
import { selectionRanges } from './selectionRanges';
import { documentSymbols } from './symbols';

export type LanguageService = ReturnType<typeof createLanguageService>;

/**
 * Everything the language server knows and does, without the protocol: documents by URI in, values in LSP's shapes out. No
 * network; the disk only where somebody asks for the other half of a row. Positions outside of a document are moved into it,
 * and for a document that is not open there is never more than nothing.
 */
export function createLanguageService(options: OpenDocumentsOptions) {
  const { turns } = options;
  const documents = new OpenDocuments(options);

  /** The document with every line checked, unless the client lost interest before that. */
  async function settled(uri: string, token?: CancellationToken): Promise<CheckedDocument | undefined> {
    const checked = documents.get(uri);
    while (checked !== undefined && !checked.isComplete && documents.get(uri) === checked) {
      if (token?.isCancellationRequested === true)
        throw new ResponseError(LSPErrorCodes.RequestCancelled, l10n.t('Cancelled.'));
      const end = turns.now() + 8;
      checked.checkSome(() => turns.now() >= end);
      await new Promise<void>((resolve) => turns.soon(resolve));
    }
    return checked;
  }

  return {
    documents,

    async diagnostics(uri: string, token?: CancellationToken): Promise<Diagnostic[]> {
      const checked = await settled(uri, token);
      return checked === undefined ? [] : diagnosticsOf(checked);
    },

    hover(uri: string, position: Position, how: HoverOptions): Hover | null {
      const checked = documents.get(uri);
      return checked === undefined ? null : hoverAt(checked, position, how);
    },

    completions(uri: string, position: Position, how: CompletionOptions): CompletionItem[] {
      const checked = documents.get(uri);
      return checked === undefined ? [] : completionItems(checked, position, how);
    },

    async codeActions(
      uri: string,
      range: Range,
      context: CodeActionContext,
      delivery: EditDelivery,
      token?: CancellationToken,
    ): Promise<CodeAction[]> {
      const checked = context.only === undefined ? documents.get(uri) : await settled(uri, token);
      return checked === undefined ? [] : codeActions(checked, range, context, { delivery, turns, token });
    },

    resolveCodeAction(action: CodeAction, token?: CancellationToken): Promise<CodeAction> {
      return resolveCodeAction(action, (uri) => settled(uri, token), { turns, token });
    },

    /** The edits that a command of ours stands for; undefined when it is none, or the document changed meanwhile. */
    commandEdits(args: readonly unknown[], token?: CancellationToken) {
      return fixFileEdits(args, (uri) => settled(uri, token), { turns, token });
    },

    async symbols(uri: string, token?: CancellationToken): Promise<DocumentSymbol[]> {
      const checked = documents.get(uri);
      return checked === undefined ? [] : documentSymbols(checked, { turns, token });
    },

    /** Rejects with a ResponseError where the document is not there or changed meanwhile. */
    async convertLines(params: ConvertLinesParams, token?: CancellationToken): Promise<ConvertedLines> {
      const checked = documents.get(params.uri);
      const converted = checked && (await convertLines(checked.document, params, { turns, token }));
      if (converted !== undefined) return converted;
      throw new ResponseError(
        LSPErrorCodes.ContentModified,
        l10n.t('The file changed meanwhile. Try again.'),
      );
    },

    foldingRanges(uri: string): FoldingRange[] {
      const checked = documents.get(uri);
      return checked === undefined ? [] : foldingRanges(checked);
    },

    selectionRanges(uri: string, positions: readonly Position[]): SelectionRange[] {
      const checked = documents.get(uri);
      return checked === undefined ? [] : selectionRanges(checked.document, positions);
    },

    async format(
      uri: string,
      { tabSize, insertSpaces }: FormattingOptions,
      range?: Range,
      token?: CancellationToken,
    ): Promise<TextEdit[]> {
      const checked = documents.get(uri);
      if (checked === undefined) return [];
      const indent = insertSpaces ? ' '.repeat(tabSize) : '\t';
      return formattingEdits(checked, range ?? checked.document.fullRange(), indent, { turns, token });
    },

    keyAt(uri: string, position: Position): KeyAtPosition | undefined {
      const checked = documents.get(uri);
      return checked === undefined ? undefined : keyAt(checked, position);
    },

    /** Rejects with a ResponseError that says why, when the key cannot be named so. */
    async rename(uri: string, position: Position, newName: string): Promise<TextEdit[]> {
      const checked = await settled(uri);
      return checked === undefined ? [] : renameKey(checked, position, newName);
    },

    async definition(uri: string, position: Position, signal: AbortSignal): Promise<Location[]> {
      const checked = documents.get(uri);
      return checked === undefined ? [] : counterparts(checked, position, documents.all(), signal);
    },

    dispose: () => documents.dispose(),
  };
}
