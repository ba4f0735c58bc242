import path from 'node:path';
import {
  commands,
  env,
  extensions,
  l10n,
  Uri,
  ViewColumn,
  window,
  workspace,
  type WebviewPanel,
} from 'vscode';
import { failureGroups, type FailureGroup } from '../../results/failures';
import { ResultSet } from '../../results/resultSet';
import type { RowId } from '../../results/rowOrder';
import { ResultsSession } from '../../results/session';
import { extensionOf, FileNames } from '../../results/export/exportImages';
import { costOf } from '../../shared/pricing';
import type { ResultsEvent, ResultsParams, ResultsSummary } from '../../shared/resultsMessages';
import { CancelledError, isCancelled } from '../../util/async';
import { DisposableStore } from '../../util/disposable';
import { freePath } from '../../util/files';
import type { ResultsServices } from './api';
import { dataWrangler } from './dataWrangler';
import { RequestDispatcher, type ResultsHandlers } from './dispatcher';
import { openInDataWrangler, runExport, tellFailure, withProgress } from './exports';
import { RequestEditor } from './requestEditor';
import type { DocumentParts, ResultsDocument } from './resultsDocument';
import { prettyJson, type TextDocuments } from './textDocuments';

/** Summaries while indexing; more often nobody can read. */
const summaryEveryMs = 250;
/** Longer JSON is given to an editor as it is: laying it out would take the window seconds. */
const maxPretty = 8 << 20;

/** One editor on a results document: answers its webview and keeps the request file in step. */
export class ResultsPanel {
  private readonly owned = new DisposableStore();
  private readonly dispatcher: RequestDispatcher;
  private session: ResultsSession;
  private requests: RequestEditor;
  private failures: readonly FailureGroup[] = [];
  private earlier: ResultSet | undefined;
  private ready = false;
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
    this.owned.add(panel.webview.onDidReceiveMessage((data: unknown) => void this.dispatcher.receive(data)));
    this.owned.add(document.onDidReplace(() => this.replace()));
    this.owned.add(document.onDidLearn(() => this.emitSummary()));
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
      (row) => this.emit({ name: 'select', row }),
      () => (this.panel.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One),
    );
  }

  private emit(event: ResultsEvent): void {
    if (this.ready) void this.panel.webview.postMessage({ type: 'event', event });
  }

  /** Tells of progress while the set is being indexed, and of the end of it. */
  private follow(): void {
    const { set } = this.document;
    const listening = set.onDidChange(() => this.onProgress());
    this.owned.add(listening);
    set.ready.then(
      async () => {
        this.failures = await failureGroups(set);
        if (set !== this.document.set) return;
        this.emitSummary();
        this.session.refresh();
        await this.document.keepOutcomes();
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
        return Promise.resolve({ summary: this.summary() });
      },
      view: (params, signal) => this.session.view(params, signal),
      rows: (params) => this.session.rows(params),
      detail: (params) => this.session.detail(params),
      media: (params) => this.session.media(params),
      nextFailure: (params) => Promise.resolve(this.session.nextFailure(params)),
      positionOf: (params) => Promise.resolve(this.session.positionOf(params)),
      columns: () => this.session.columns(),
      cells: (params) => this.session.cells(params),
      map: (_params, signal) => this.session.map(signal),
      neighbours: (params, signal) => this.session.neighbours(params, signal),
      compared: (params) => Promise.resolve(this.session.compared(params)),
      ...this.workbenchHandlers(),
      ...this.taskHandlers(),
    };
  }

  /** What shows something outside the webview. */
  private workbenchHandlers() {
    return {
      copyTable: async (params: ResultsParams<'copyTable'>) => {
        const { text, rows } = await this.session.tableText(params);
        await env.clipboard.writeText(text);
        return { rows };
      },
      copy: async ({ text }: ResultsParams<'copy'>) => {
        await env.clipboard.writeText(text);
        return {};
      },
      revealRequest: async ({ row, focus }: ResultsParams<'revealRequest'>) => {
        await this.requests.reveal(row, focus);
        return {};
      },
      openRaw: async ({ row, what }: ResultsParams<'openRaw'>) => {
        await this.openRaw(row, what);
        return {};
      },
      openLink: async ({ uri }: ResultsParams<'openLink'>) => {
        await openLink(uri);
        return {};
      },
      saveMedia: async (params: ResultsParams<'saveMedia'>) => {
        await this.saveMedia(params);
        return {};
      },
      diff: async ({ key }: ResultsParams<'diff'>) => {
        await this.diff(key);
        return {};
      },
    };
  }

  /** What takes a while and asks first. */
  private taskHandlers() {
    return {
      compare: (_params: object, signal: AbortSignal) => this.compare(signal),
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

  focusSearch(): void {
    this.panel.reveal();
    this.emit({ name: 'focusSearch' });
  }

  /** The webview asks for the earlier run, as if its menu had been used. */
  askToCompare(): void {
    this.panel.reveal();
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

  private async openRaw(row: RowId, what: 'result' | 'request'): Promise<void> {
    const text = await this.rawText(row, what);
    if (text === undefined) throw new Error(l10n.t('There is no such line.'));
    const name = `${this.document.set.keyOf(row) ?? String(row)}.${what}.json`;
    await this.texts.show(
      this.texts.put(`row${row}`, name, text.length > maxPretty ? text : prettyJson(text)),
      'json',
    );
  }

  private async rawText(row: RowId, what: 'result' | 'request'): Promise<string | undefined> {
    if (what === 'result') return this.session.resultText(row);
    return this.session.requestText(this.document.set.requestOf(row));
  }

  private async saveMedia(params: ResultsParams<'saveMedia'>): Promise<void> {
    const { mimeType, bytes } = await this.session.media(params);
    const name = new FileNames().next(this.document.set.keyOf(params.row) ?? 'media', extensionOf(mimeType));
    const proposed = await freePath(path.join(path.dirname(this.document.uri.fsPath), name));
    const target = await window.showSaveDialog({ defaultUri: Uri.file(proposed) });
    if (target === undefined) throw new CancelledError();
    await workspace.fs.writeFile(target, bytes);
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

  /** Asks for the earlier run and compares it. */
  private async compare(signal: AbortSignal) {
    const [chosen] =
      (await window.showOpenDialog({
        title: l10n.t('Results of the Earlier Run'),
        defaultUri: Uri.file(path.dirname(this.document.uri.fsPath)),
        filters: { 'JSON Lines': ['jsonl', 'ndjson'] },
      })) ?? [];
    if (chosen === undefined) throw new CancelledError();
    this.earlier?.dispose();
    const { scanner, cache } = this.parts;
    const earlier = await ResultSet.open({ results: chosen.fsPath, scanner, cache });
    this.earlier = earlier;
    const counts = await withProgress(l10n.t('Comparing with {0}', path.basename(chosen.fsPath)), (options) =>
      this.session.compare(earlier, AbortSignal.any([signal, options.signal]), options.onProgress),
    );
    return { name: path.basename(chosen.fsPath), counts };
  }

  private async diff(key: string): Promise<void> {
    const { earlier } = this;
    if (earlier === undefined) return;
    const before = await lineOf(earlier, key);
    const after = await lineOf(this.document.set, key);
    const left = this.texts.put('before', `${key}.json`, before);
    const right = this.texts.put('after', `${key}.json`, after);
    await commands.executeCommand('vscode.diff', left, right, l10n.t('{0}: earlier run ↔ this run', key), {
      viewColumn: ViewColumn.Active,
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.dispatcher.dispose();
    this.session.dispose();
    this.requests.dispose();
    this.earlier?.dispose();
    this.owned.dispose();
  }
}

async function lineOf(set: ResultSet, key: string): Promise<string> {
  const row = set.rowOfKey(key);
  if (row === undefined || row < 0) return '';
  return prettyJson(await set.resultLines.text(set.results.span(row)));
}

/** Links that models write are followed only after a look at where they lead. */
async function openLink(address: string): Promise<void> {
  const uri = Uri.parse(address, true);
  if (!['http', 'https', 'mailto'].includes(uri.scheme)) {
    throw new Error(l10n.t('Only web and mail addresses can be opened.'));
  }
  const open = l10n.t('Open Link');
  const detail = l10n.t('The address was written by a model:\n{0}', address);
  const chosen = await window.showWarningMessage(l10n.t('Open this link?'), { modal: true, detail }, open);
  if (chosen !== open) throw new CancelledError();
  await env.openExternal(uri);
}

/** Messages of errors may hold pieces of a line; logs must not. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
