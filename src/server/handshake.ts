import {
  CodeActionKind,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import * as z from 'zod';
import { fixAllKind, fixFileCommand, type EditDelivery } from './codeActions';

/** What a client may say about itself beyond the protocol; everything is optional. */
export const clientOptions = z
  .object({
    /** The client wants to hear `batchwright/documentState`. */
    documentState: z.boolean().optional(),
    /** The client answers `batchwright/filesWanted`. */
    knownFiles: z.boolean().optional(),
    /** Texts in the language of the client; see src/server/texts.ts. */
    l10n: z.record(z.string(), z.string()).optional().catch(undefined),
    /** The client follows links to pictures in a document. */
    mediaLinks: z.boolean().optional(),
    /** The client's command that opens its list of suggestions. */
    suggestCommand: z.string().optional(),
    /** The `batchwright` settings, for clients that cannot be asked for them. */
    settings: z.unknown().optional(),
  })
  .catch({});
export type ClientOptions = z.infer<typeof clientOptions>;

/** How a client gets an edit that takes long to make: by what it does soonest. */
export function editDelivery({ textDocument, workspace }: ClientCapabilities): EditDelivery {
  const support = textDocument?.codeAction;
  if (support?.dataSupport === true && support.resolveSupport?.properties.includes('edit') === true) {
    return 'resolve';
  }
  return workspace?.applyEdit === true && support?.codeActionLiteralSupport !== undefined
    ? 'command'
    : 'inline';
}

/** What the server says about itself. */
export function initializeResult({ capabilities }: InitializeParams): InitializeResult {
  return {
    serverInfo: { name: 'batchwright' },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      hoverProvider: true,
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, fixAllKind],
        resolveProvider: true,
      },
      completionProvider: { triggerCharacters: ['"', ':'] },
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      selectionRangeProvider: true,
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
      renameProvider: { prepareProvider: true },
      definitionProvider: true,
      ...(editDelivery(capabilities) === 'command' && {
        executeCommandProvider: { commands: [fixFileCommand] },
      }),
      ...(capabilities.textDocument?.diagnostic !== undefined && {
        diagnosticProvider: {
          identifier: 'batchwright',
          interFileDependencies: false,
          workspaceDiagnostics: false,
        },
      }),
    },
  };
}
