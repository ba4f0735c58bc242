import {
  CancellationTokenSource,
  l10n,
  window,
  type LogOutputChannel,
  type Range,
  type TextDocument,
  type TextEdit,
  type Uri,
} from 'vscode';
import { DocumentRangeFormattingRequest, type LanguageClient } from 'vscode-languageclient/node';
import type { FileKind } from '../shared/dialect';
import {
  documentState,
  lspMethods,
  validateProgress,
  validationSummary,
  type DocumentState,
  type KnownFilesParams,
  type ValidationSummary,
} from '../shared/lsp';
import { CancelledError, throwIfCancelled } from '../util/async';
import { DisposableStore, type Disposable } from '../util/disposable';
import { Emitter } from '../util/event';
import { describeFault } from '../util/fault';
import { createClient } from './client';
import { HoverPictures } from './hoverPictures';

export interface ValidateOptions {
  /** How many problems to return; the rest is only counted. */
  readonly maxProblems: number;
  /** Whether the SHA-256 of the file is wanted; it takes longer than the check. Default: yes. */
  readonly hash?: boolean;
  /** What a person says the file is. */
  readonly kind?: FileKind | undefined;
  readonly signal?: AbortSignal;
  /** @param fraction 0 to 1 */
  readonly onProgress?: (fraction: number) => void;
}

/** What the rest of the extension host says to the language server. Starts it when it is first needed. */
export class ServerSession implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly stateChanges = this.owned.add(new Emitter<DocumentState>());
  private readonly pictures = this.owned.add(new HoverPictures());
  private readonly states = new Map<string, DocumentState>();
  private readonly progress = new Map<string, (fraction: number) => void>();
  /** A failed start is forgotten, so that the next need tries again. */
  private started: Promise<LanguageClient> | undefined;
  private runs = 0;

  constructor(
    private readonly extensionUri: Uri,
    private readonly log: LogOutputChannel,
    /** Called for each document after the server heard of it. */
    private readonly onDidOpen: (document: TextDocument) => void,
    /** What the service has of the key's files; undefined where nobody can say. */
    private readonly knownFiles: () => Promise<KnownFilesParams | undefined>,
  ) {}

  /** Fires when the server says something new about an open document. */
  readonly onDidChangeState = this.stateChanges.event;

  /** What the server last said about an open document. */
  stateOf(uri: Uri): DocumentState | undefined {
    return this.states.get(uri.toString());
  }

  start(): Promise<LanguageClient> {
    this.started ??= this.launch().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    return this.started;
  }

  async restart(): Promise<void> {
    const client = await this.start();
    await client.restart();
  }

  /** Says which dialect a document has; undefined gives the decision back to its content. */
  async setKind(uri: Uri, kind: FileKind | undefined): Promise<void> {
    const client = await this.start();
    await client.sendNotification(lspMethods.setKind, { uri: uri.toString(), kind: kind ?? null });
  }

  async setVisible(uri: Uri, start: number, end: number): Promise<void> {
    const client = await this.start();
    await client.sendNotification(lspMethods.visibleLines, { uri: uri.toString(), start, end });
  }

  /** Sends a request of ours; see src/shared/lsp.ts for what it takes and gives. */
  async request(method: string, params: unknown): Promise<unknown> {
    const client = await this.start();
    return client.sendRequest(method, params);
  }

  /** What formatting the lines of a range would change. */
  async formattingEdits(uri: Uri, range: Range): Promise<TextEdit[]> {
    const client = await this.start();
    const edits = await client.sendRequest(DocumentRangeFormattingRequest.type, {
      textDocument: { uri: uri.toString() },
      range: client.code2ProtocolConverter.asRange(range),
      options: { tabSize: 2, insertSpaces: true },
    });
    return (await client.protocol2CodeConverter.asTextEdits(edits)) ?? [];
  }

  /**
   * Checks a file of any size where it lies on disk. Rejects with an Error whose message is fit for a person, or with
   * CancelledError.
   */
  async validateFile(
    uri: string,
    { maxProblems, hash, kind, signal, onProgress }: ValidateOptions,
  ): Promise<ValidationSummary> {
    const client = await this.start();
    // Also of a person who gave up while the server was starting: from here on the signal is listened to.
    throwIfCancelled(signal);
    this.runs += 1;
    const token = String(this.runs);
    if (onProgress !== undefined) this.progress.set(token, onProgress);
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const params = { uri, token, maxProblems, hash, kind };
      return validationSummary.parse(
        await client.sendRequest(lspMethods.validateFile, params, cancellation.token),
      );
    } catch (error) {
      if (signal?.aborted === true) throw new CancelledError();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancellation.dispose();
      this.progress.delete(token);
    }
  }

  dispose(): void {
    const { started } = this;
    this.started = Promise.reject(new CancelledError());
    this.started.catch(() => undefined);
    void started?.then((client) => client.dispose()).catch(() => undefined);
    this.owned.dispose();
  }

  private async launch(): Promise<LanguageClient> {
    const client = createClient({
      extensionUri: this.extensionUri,
      log: this.log,
      middleware: {
        didOpen: async (document, next) => {
          await next(document);
          this.onDidOpen(document);
        },
        provideHover: async (document, position, token, next) => {
          const hover = await next(document, position, token);
          return hover ? this.pictures.shown(hover, document) : hover;
        },
        didClose: async (document, next) => {
          this.states.delete(document.uri.toString());
          await next(document);
        },
      },
      onGivenUp: () => void this.offerRestart(),
    });
    client.onNotification(lspMethods.documentState, (params: unknown) => {
      const state = documentState.parse(params);
      this.states.set(state.uri, state);
      this.stateChanges.fire(state);
    });
    client.onNotification(lspMethods.validateProgress, (params: unknown) => {
      const { token, bytes, totalBytes } = validateProgress.parse(params);
      this.progress.get(token)?.(totalBytes === 0 ? 1 : bytes / totalBytes);
    });
    client.onNotification(lspMethods.filesWanted, () => {
      const tell = async () => {
        const known = await this.knownFiles();
        if (known !== undefined) await client.sendNotification(lspMethods.knownFiles, known);
      };
      // Nothing is said about references then, as without a key.
      tell().catch((error: unknown) =>
        this.log.warn(`Files at the service are not known: ${describeFault(error)}`),
      );
    });
    await client.start();
    return client;
  }

  private async offerRestart(): Promise<void> {
    const again = l10n.t('Restart');
    const message = l10n.t(
      'The Batchwright language server keeps failing. Request files are no longer checked.',
    );
    if ((await window.showErrorMessage(message, again)) === again) await this.restart();
  }
}
