import path from 'node:path';
import { env, extensions, l10n, Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import type { MapOptions } from '../../results/embeddingMap';
import { failureGroups, type FailureGroup } from '../../results/failures';
import { ResultsSession } from '../../results/session';
import { costOf } from '../../shared/pricing';
import type { ResultsEvent, ResultsParams, ResultsSummary, WantedRow } from '../../shared/resultsMessages';
import { CancelledError, isCancelled } from '../../util/async';
import { DisposableStore } from '../../util/disposable';
import type { ResultsServices } from './api';
import type { RequestPlace } from './askedDefinition';
import { dataWrangler } from './dataWrangler';
import { RequestDispatcher, type ResultsHandlers } from './dispatcher';
import { openInDataWrangler, runExport, tellFailure, withProgress } from './exports';
import { openLink } from './openLink';
import { RequestEditor } from './requestEditor';
import type { DocumentParts, ResultsDocument } from './resultsDocument';
import { RowActions } from './rowActions';
import { RunComparison } from './runComparison';
import type { TextDocuments } from './textDocuments';

/** Summaries while indexing; more often nobody can read. */
const summaryEveryMs = 250;

/** Embeddings that are gone through in about a second. */
const momentBytes = 256 << 20;

/** One editor on a results document: answers its webview and keeps the request file in step. */
export class ResultsPanel {
  private readonly owned = new DisposableStore();
  private readonly dispatcher: RequestDispatcher;
  private session: ResultsSession;
  private requests: RequestEditor;
  private failures: readonly FailureGroup[] = [];
  private readonly comparison: RunComparison;
  private readonly rows: RowActions;
  private ready = false;
  /** Settled when all rows are joined and can be gone to. */
  private indexed: Promise<void> = Promise.resolve();
  /** The row to go to once there is a page. */
  private wanted: WantedRow | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastSummary = 0;

  constructor(
    readonly document: ResultsDocument,
    readonly panel: WebviewPanel,
    private readonly texts: TextDocuments,
    private readonly parts: DocumentParts,
  ) {
    this.dispatcher = new RequestDispatcher(
      this.handlers(),
      (message) => void panel.webview.postMessage(message),
      (method, error) => this.services.logger.warn(`Results editor, ${method}: ${nameOf(error)}`),
    );
    this.session = this.newSession();
    this.requests = this.newRequestEditor();
    this.comparison = new RunComparison(document, () => this.session, texts, parts);
    this.rows = new RowActions(document, () => this.session, texts);
    this.owned.add(panel.webview.onDidReceiveMessage((data: unknown) => void this.dispatcher.receive(data)));
    this.owned.add(document.onDidReplace(() => this.replace()));
    this.owned.add(document.onDidLearn(() => this.emitSummary()));
    this.owned.add(panel.onDidChangeViewState(() => this.onViewState()));
    this.follow();
  }

  private get services(): ResultsServices {
    return this.parts.services;
  }

  private newSession(): ResultsSession {
    return new ResultsSession(this.document.set, (event) => this.emit(event));
  }

  private newRequestEditor(): RequestEditor {
    return new RequestEditor(
      this.document.set,
      this.texts,
      (row) => this.goTo({ row, asked: false }),
      () => (this.panel.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One),
    );
  }

  private emit(event: ResultsEvent): void {
    if (this.ready) void this.panel.webview.postMessage({ type: 'event', event });
  }

  private onViewState(): void {
    // VS Code throws the page of an editor that is behind away; the next one says when it is there.
    if (!this.panel.visible) this.ready = false;
    if (!this.panel.active) return;
    // Going to the definition of a request may be what brought the editor to the front.
    const asked = this.services.definitions.take(this.document.requestsPath);
    if (asked !== undefined) void this.showRow(asked);
  }

  /** Goes to the row of a request, as soon as it is known. */
  async showRow(request: RequestPlace): Promise<void> {
    await this.indexed;
    const row = this.requests.rowOf(request);
    if (row !== undefined) this.goTo({ row, asked: true });
  }

  private goTo(wanted: WantedRow): void {
    if (this.ready) this.emit({ name: 'select', ...wanted });
    else this.wanted = wanted;
  }

  /** Tells of progress while the set is being indexed, and of the end of it. */
  private follow(): void {
    const { set } = this.document;
    const listening = set.onDidChange(() => this.onProgress());
    this.owned.add(listening);
    this.indexed = set.ready.then(
      async () => {
        this.failures = await failureGroups(set);
        if (set !== this.document.set) return;
        this.emitSummary();
        this.session.refresh();
        void this.document.keepOutcomes();
      },
      (error: unknown) => {
        if (!isCancelled(error)) tellFailure(error);
      },
    );
  }

  private onProgress(): void {
    const wait = this.lastSummary + summaryEveryMs - this.services.now();
    if (this.timer !== undefined) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.lastSummary = this.services.now();
        if (this.document.set.summary().complete) return;
        this.emitSummary();
        this.session.refresh();
      },
      Math.max(0, wait),
    );
  }

  private replace(): void {
    this.session.dispose();
    this.requests.dispose();
    this.failures = [];
    this.session = this.newSession();
    this.requests = this.newRequestEditor();
    this.follow();
    this.emit({ name: 'reset', summary: this.summary() });
  }

  private emitSummary(): void {
    this.emit({ name: 'summary', summary: this.summary() });
  }

  private summary(): ResultsSummary {
    const { document } = this;
    const { job } = document;
    const summary = document.set.summary();
    const overrides = this.services.prices?.();
    const at = job?.createdAt ?? this.services.now();
    // The sandbox costs nothing, whatever model it plays.
    const cost =
      job === undefined || job.connectionId === 'sandbox'
        ? undefined
        : costOf(job.model, summary.usage, { at, ...(overrides === undefined ? {} : { overrides }) });
    return {
      ...summary,
      reasons: [...summary.reasons],
      failures: [...this.failures],
      gone: document.gone,
      job: {
        resultsName: path.basename(document.uri.fsPath),
        ...(document.requestsPath === undefined
          ? {}
          : { requestsName: path.basename(document.requestsPath) }),
        ...(job === undefined ? {} : { model: job.model }),
        ...(cost === undefined ? {} : { cost }),
        ...(job?.endedAt === undefined ? {} : { duration: Math.max(0, job.endedAt - job.createdAt) }),
        requestsChanged: document.requestsChanged,
        canRetry:
          this.services.retry !== undefined && job !== undefined && document.requestsPath !== undefined,
        hasDataWrangler: extensions.getExtension(dataWrangler) !== undefined,
      },
    };
  }

  private handlers(): ResultsHandlers {
    return {
      ready: () => {
        this.ready = true;
        const { wanted } = this;
        this.wanted = undefined;
        return Promise.resolve({ summary: this.summary(), ...(wanted === undefined ? {} : { wanted }) });
      },
      view: (params, signal) => this.session.view(params, signal),
      rows: (params) => this.session.rows(params),
      detail: (params) => this.session.detail(params),
      media: (params) => this.session.media(params),
      nextFailure: (params) => Promise.resolve(this.session.nextFailure(params)),
      findRow: (params) => this.findRow(params),
      positionOf: (params) => Promise.resolve(this.session.positionOf(params)),
      columns: () => this.session.columns(),
      cells: (params) => this.session.cells(params),
      map: (_params, signal) =>
        this.throughFile(l10n.t('Drawing the map of the embeddings'), signal, (options) =>
          this.session.map(options),
        ),
      neighbours: (params, signal) =>
        this.throughFile(l10n.t('Finding the nearest rows'), signal, (options) =>
          this.session.neighbours(params, options),
        ),
      compared: (params) => Promise.resolve(this.session.compared(params)),
      ...this.workbenchHandlers(),
      ...this.taskHandlers(),
    };
  }

  /** Goes through the whole results file; where that takes more than a moment, with progress and a way to call it off. */
  private throughFile<T>(
    title: string,
    signal: AbortSignal,
    work: (options: MapOptions) => Promise<T>,
  ): Promise<T> {
    if (this.document.set.resultsStamp.sizeBytes < momentBytes) return work({ signal });
    return withProgress(title, (options) =>
      work({ ...options, signal: AbortSignal.any([signal, options.signal]) }),
    );
  }

  /** What shows something outside the webview. */
  private workbenchHandlers() {
    return {
      copyTable: async (params: ResultsParams<'copyTable'>) => {
        const { text, rows } = await this.session.tableText(params);
        await env.clipboard.writeText(text);
        return { rows };
      },
      copyAnswer: async ({ row }: ResultsParams<'copyAnswer'>) => ({
        characters: await this.rows.copyAnswer(row),
      }),
      revealRequest: async ({ row, focus }: ResultsParams<'revealRequest'>) => {
        await this.requests.reveal(row, focus);
        return {};
      },
      openRaw: async ({ row, what }: ResultsParams<'openRaw'>) => {
        await this.rows.openRaw(row, what);
        return {};
      },
      openLink: async ({ uri }: ResultsParams<'openLink'>) => {
        await openLink(uri);
        return {};
      },
      saveMedia: async (params: ResultsParams<'saveMedia'>) => {
        await this.rows.saveMedia(params);
        return {};
      },
      diff: async ({ key }: ResultsParams<'diff'>) => {
        await this.comparison.diff(key);
        return {};
      },
    };
  }

  /** What takes a while and asks first. */
  private taskHandlers() {
    return {
      compare: ({ again }: ResultsParams<'compare'>, signal: AbortSignal) =>
        this.comparison.run(again, signal),
      export: async ({ kind }: ResultsParams<'export'>) => {
        await runExport(this.session, kind);
        return {};
      },
      retry: async ({ outcomes }: ResultsParams<'retry'>) => {
        await this.runRetry(outcomes);
        return {};
      },
      openInDataWrangler: async () => {
        await openInDataWrangler(this.session);
        return {};
      },
      chooseRequestFile: async () => {
        await this.chooseRequests();
        return {};
      },
    };
  }

  /** Where a row that was shown before the files changed is now. */
  private async findRow({ row, key }: ResultsParams<'findRow'>) {
    const { set } = this.document;
    await set.ready;
    // Among several lines with one key it is still this one that is meant; a row that had no answer may have one now.
    const same = row >= 0 && set.has(row) && set.keyOf(row) === key;
    const found = same || key === undefined ? row : set.rowOfKey(key);
    return found === undefined || !set.has(found) ? {} : { row: found };
  }

  /** Gives the editor the focus where it stands; VS Code would take it to the group in front. */
  focus(): void {
    this.panel.reveal(this.panel.viewColumn);
  }

  focusSearch(): void {
    this.focus();
    this.emit({ name: 'focusSearch' });
  }

  /** The webview asks for the earlier run, as if its menu had been used. */
  askToCompare(): void {
    this.focus();
    this.emit({ name: 'compare' });
  }

  /** Opens the request file, or a window of it, at its first request. */
  async showRequests(): Promise<void> {
    await this.document.set.ready;
    const first = this.document.set.rowOfRequest(0);
    if (first !== undefined) await this.requests.reveal(first, true);
  }

  async export(kind: ResultsParams<'export'>['kind']): Promise<void> {
    await runExport(this.session, kind);
  }

  async runRetry(outcomes: ResultsParams<'retry'>['outcomes']): Promise<void> {
    const { retry } = this.services;
    const requests = this.document.requestsPath;
    if (retry === undefined || requests === undefined) {
      throw new Error(
        l10n.t('The request file of these results is not known, so nothing can be sent again.'),
      );
    }
    await this.document.set.ready;
    await retry({ job: this.document.job, results: this.document.uri.fsPath, requests, outcomes });
  }

  private async chooseRequests(): Promise<void> {
    const [chosen] =
      (await window.showOpenDialog({
        title: l10n.t('Request File of These Results'),
        defaultUri: Uri.file(path.dirname(this.document.uri.fsPath)),
        filters: { 'JSON Lines': ['jsonl', 'ndjson'] },
      })) ?? [];
    if (chosen === undefined) throw new CancelledError();
    await this.document.chooseRequests(chosen.fsPath);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.dispatcher.dispose();
    this.session.dispose();
    this.requests.dispose();
    this.comparison.dispose();
    this.owned.dispose();
  }
}

/** Messages of errors may hold pieces of a line; logs must not. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
