import { isDeepStrictEqual } from 'node:util';
import {
  DidChangeConfigurationNotification,
  DocumentDiagnosticReportKind,
  type CancellationToken,
  type ClientCapabilities,
  type Connection,
  type DocumentSymbol,
  type PublishDiagnosticsParams,
  type SymbolInformation,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import * as z from 'zod';
import {
  convertLinesParams,
  knownFilesParams,
  lspMethods,
  setKindParams,
  validateFileParams,
  visibleLinesParams,
} from '../shared/lsp';
import { fixFileCommand } from './codeActions';
import { diagnosticsOf } from './diagnostics';
import { describeFault } from '../util/fault';
import { clientOptions, editDelivery, initializeResult, type ClientOptions } from './handshake';
import { KnownFileStates } from './knownFileStates';
import { createLanguageService, type LanguageService } from './languageService';
import { readRules } from './settings';
import { letGoAfter } from './spentMemory';
import { useTranslations } from './texts';
import type { Turns } from './turns';
import { validateOnDisk } from './validateOnDisk';

/** What comes with `workspace/didChangeConfiguration` from clients that cannot be asked. */
const sentSettings = z.object({ batchwright: z.unknown() }).catch({ batchwright: undefined });

/** Binds the language service to a client. Everything here only translates; decisions are in the service. */
export function serve(connection: Connection, turns: Turns): void {
  new Session(connection, turns).listen();
}

class Session {
  private client: ClientCapabilities = {};
  private extras: ClientOptions = {};
  /** Documents that the client fetches diagnostics for by itself: what it also got by push it would show twice. */
  private readonly pulled = new Set<string>();
  private readonly files = new KnownFileStates(Date.now, () => {
    if (this.extras.knownFiles === true) this.notify(lspMethods.filesWanted, {});
  });
  private readonly service: LanguageService;

  constructor(
    private readonly connection: Connection,
    turns: Turns,
  ) {
    this.service = createLanguageService({
      turns,
      fileState: this.files.stateOf,
      onProblems: (checked) => {
        const { uri, version } = checked.document;
        if (!this.pulled.has(uri)) this.publish({ uri, version, diagnostics: diagnosticsOf(checked) });
      },
      onState: (state) => {
        if (this.extras.documentState === true) this.notify(lspMethods.documentState, state);
      },
      onSettled: ({ document }) => letGoAfter(document.length),
    });
  }

  listen(): void {
    this.followLifecycle();
    this.followDocuments();
    this.answerAboutMeaning();
    this.answerAboutStructure();
    this.answerAboutKeys();
    this.answerOurOwn();
    this.connection.listen();
  }

  private followLifecycle(): void {
    const { connection, service } = this;
    connection.onInitialize((params) => {
      this.client = params.capabilities;
      this.extras = clientOptions.parse(params.initializationOptions ?? {});
      useTranslations(this.extras.l10n, params.locale);
      service.documents.setRules(readRules(this.extras.settings));
      return initializeResult(params);
    });
    connection.onInitialized(async () => {
      if (this.client.workspace?.didChangeConfiguration?.dynamicRegistration === true) {
        await connection.client.register(DidChangeConfigurationNotification.type, { section: 'batchwright' });
      }
      await this.readSettings(undefined);
    });
    connection.onDidChangeConfiguration(({ settings }) => this.readSettings(settings));
    connection.onShutdown(() => service.dispose());
  }

  /** Asks the client for the settings where it can be asked, or else takes what it sent. */
  private async readSettings(sent: unknown): Promise<void> {
    const { connection, client } = this;
    let { settings } = this.extras;
    if (client.workspace?.configuration === true) {
      settings = await connection.workspace.getConfiguration('batchwright');
    } else if (sent !== undefined) {
      settings = sentSettings.parse(sent).batchwright;
    }
    this.service.documents.setRules(readRules(settings));
    const mustAskAgain = client.workspace?.diagnostics?.refreshSupport === true && this.pulled.size > 0;
    if (mustAskAgain) this.send(connection.languages.diagnostics.refresh());
  }

  private followDocuments(): void {
    const { connection, service, pulled } = this;
    connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
      if (isOurs(uri, languageId)) service.documents.open(uri, languageId, version, text);
    });
    connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
      service.documents.change(textDocument.uri, contentChanges, textDocument.version);
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      service.documents.close(uri);
      if (!pulled.delete(uri)) this.publish({ uri, diagnostics: [] });
    });
    connection.languages.diagnostics.on(async ({ textDocument: { uri } }, token) => {
      if (!pulled.has(uri)) {
        pulled.add(uri);
        this.publish({ uri, diagnostics: [] });
      }
      return { kind: DocumentDiagnosticReportKind.Full, items: await service.diagnostics(uri, token) };
    });
  }

  private answerAboutMeaning(): void {
    const { connection, service } = this;
    connection.onHover(({ textDocument: { uri }, position }) =>
      service.hover(uri, position, { mediaLinks: this.extras.mediaLinks === true }),
    );
    connection.onCompletion(({ textDocument: { uri }, position }) =>
      service.completions(uri, position, {
        snippets: this.client.textDocument?.completion?.completionItem?.snippetSupport === true,
        suggestCommand: this.extras.suggestCommand,
      }),
    );
    connection.onCodeAction(({ textDocument: { uri }, range, context }, token) => {
      return service.codeActions(uri, range, context, editDelivery(this.client), token);
    });
    connection.onExecuteCommand(async ({ command, arguments: args = [] }, token) => {
      if (command !== fixFileCommand) return;
      const found = await service.commandEdits(args, token);
      if (found !== undefined) await connection.workspace.applyEdit(changesTo(found.uri, found.edits));
    });
    connection.onCodeActionResolve((action, token) => service.resolveCodeAction(action, token));
  }

  private answerAboutStructure(): void {
    const { connection, service } = this;
    connection.onDocumentSymbol(async ({ textDocument: { uri } }, token) => {
      const symbols = await service.symbols(uri, token);
      const isTree = this.client.textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true;
      return isTree ? symbols : symbols.map((symbol) => flatSymbol(uri, symbol));
    });
    connection.onFoldingRanges(({ textDocument: { uri } }) => service.foldingRanges(uri));
    connection.onSelectionRanges(({ textDocument: { uri }, positions }) =>
      service.selectionRanges(uri, positions),
    );
    connection.onDocumentFormatting(({ textDocument: { uri }, options }, token) =>
      service.format(uri, options, undefined, token),
    );
    connection.onDocumentRangeFormatting(({ textDocument: { uri }, options, range }, token) =>
      service.format(uri, options, range, token),
    );
  }

  private answerAboutKeys(): void {
    const { connection, service } = this;
    connection.onPrepareRename(({ textDocument: { uri }, position }) => {
      const found = service.keyAt(uri, position);
      return found === undefined ? null : { range: found.range, placeholder: found.key };
    });
    connection.onRenameRequest(async ({ textDocument: { uri }, position, newName }) =>
      changesTo(uri, await service.rename(uri, position, newName)),
    );
    connection.onDefinition(({ textDocument: { uri }, position }, token) =>
      service.definition(uri, position, signalOf(token)),
    );
  }

  /** What is not in the protocol; see src/shared/lsp.ts. */
  private answerOurOwn(): void {
    const { connection, service } = this;
    connection.onNotification(lspMethods.setKind, (params: unknown) => {
      const { uri, kind } = setKindParams.parse(params);
      service.documents.setKind(uri, kind ?? undefined);
    });
    connection.onNotification(lspMethods.visibleLines, (params: unknown) => {
      const { uri, start, end } = visibleLinesParams.parse(params);
      service.documents.setVisible(uri, start, end);
    });
    connection.onNotification(lspMethods.knownFiles, (params: unknown) => {
      const known = knownFilesParams.parse(params);
      if (isDeepStrictEqual(known, this.files.current)) return;
      this.files.set(known);
      service.documents.checkAgain();
    });
    connection.onRequest(lspMethods.convertLines, (params: unknown, token: CancellationToken) =>
      service.convertLines(convertLinesParams.parse(params), token),
    );
    connection.onRequest(lspMethods.validateFile, (params: unknown, token: CancellationToken) =>
      validateOnDisk(validateFileParams.parse(params), {
        rules: service.documents.currentRules,
        files: this.files.current,
        texts: this.extras.l10n,
        signal: signalOf(token),
        onProgress: (progress) => this.notify(lspMethods.validateProgress, progress),
        onFault: (error) => connection.console.error(`Checking a file failed: ${describeFault(error)}`),
      }),
    );
  }

  private publish(params: PublishDiagnosticsParams): void {
    this.send(this.connection.sendDiagnostics(params));
  }

  private notify(method: string, params: unknown): void {
    this.send(this.connection.sendNotification(method, params));
  }

  /** A message that cannot be sent has nobody left to hear about it. */
  private send(sending: Promise<void>): void {
    sending.catch((error: unknown) => this.connection.console.error(describeFault(error)));
  }
}

/** A `.json` file is no JSON Lines, whatever it holds; the extension offers to change its language. */
function isOurs(uri: string, languageId: string): boolean {
  return languageId !== 'json' || !/\.json$/i.test(uri);
}

function changesTo(uri: string, edits: TextEdit[]): WorkspaceEdit {
  return { changes: { [uri]: edits } };
}

function flatSymbol(uri: string, { name, kind, range }: DocumentSymbol): SymbolInformation {
  return { name, kind, location: { uri, range } };
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort());
  if (token.isCancellationRequested) controller.abort();
  return controller.signal;
}
