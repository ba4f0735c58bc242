import {
  CodeLens,
  EventEmitter,
  l10n,
  languages,
  Range,
  window,
  type CodeLensProvider,
  type TextDocument,
} from 'vscode';
import type { DocumentState } from '../shared/lsp';
import { systemClock } from '../util/clock';
import { DisposableStore, toDisposable, type Disposable } from '../util/disposable';
import { formatApproximate } from '../config/numbers';
import { countWords } from './fileKinds';
import { requestFileSelector } from './selector';
import type { ServerSession } from './serverSession';

/** Lenses follow the cursor when it rests, not on every step of it. */
const restMs = 150;

/** The price of a file's requests for a person, e.g. `≈ $0.13`; undefined when it cannot be told. */
export type PriceOf = (state: DocumentState) => Promise<string | undefined>;

/** What can be done with a request file, above its first line, and with one request, above the line with the cursor. */
export class RequestLenses implements CodeLensProvider, Disposable {
  private readonly owned = new DisposableStore();
  private readonly changes = this.owned.add(new EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.changes.event;
  private resting: Disposable = toDisposable(() => undefined);
  private lines = new Map<string, number>();

  constructor(
    private readonly session: ServerSession,
    private readonly priceOf: PriceOf,
  ) {
    this.owned.add(languages.registerCodeLensProvider([...requestFileSelector], this));
    this.owned.add(session.onDidChangeState(() => this.changes.fire()));
    this.owned.add(
      window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
        const uri = textEditor.document.uri.toString();
        const line = selections[0]?.active.line ?? 0;
        if (this.session.stateOf(textEditor.document.uri) === undefined || this.lines.get(uri) === line)
          return;
        this.lines.set(uri, line);
        this.resting.dispose();
        this.resting = systemClock.after(restMs, () => this.changes.fire());
      }),
    );
    this.owned.add(toDisposable(() => this.resting.dispose()));
  }

  async provideCodeLenses(document: TextDocument): Promise<CodeLens[]> {
    const { uri } = document;
    const state = this.session.stateOf(uri);
    if (state === undefined || state.kind === 'none' || state.kind === 'results') return [];
    const price = await this.priceOf(state);
    const top = new Range(0, 0, 0, 0);
    const lenses = [
      new CodeLens(top, {
        title: submitTitle(state, price),
        command: 'batchwright.submitActiveFile',
        arguments: [uri],
      }),
    ];
    const line = Math.min(this.lines.get(uri.toString()) ?? 0, document.lineCount - 1);
    // A line of a pretty-printed file is no request, and neither is a blank one.
    if (!/^\s*\{.*\}/.test(document.lineAt(line).text)) return lenses;
    const range = new Range(line, 0, line, 0);
    return [
      ...lenses,
      new CodeLens(range, {
        title: l10n.t('▷ Try'),
        tooltip: l10n.t('Run this one request now, at the full price'),
        command: 'batchwright.tryRequest',
        arguments: [uri, line],
      }),
      new CodeLens(range, {
        title: l10n.t('Edit as JSON'),
        tooltip: l10n.t('Open this request beside, laid out over many lines'),
        command: 'batchwright.editAsJson',
        arguments: [uri, line],
      }),
    ];
  }

  dispose(): void {
    this.owned.dispose();
  }
}

/** `▷ Submit batch · 1,200 requests · ~840 k tokens · ≈ $0.13` */
export function submitTitle(state: DocumentState, price: string | undefined): string {
  const { tokens, errors, complete } = state;
  const parts = [l10n.t('▷ Submit batch')];
  if (!complete) return [...parts, l10n.t('checking…')].join(' · ');
  parts.push(...countWords(state));
  if (errors === 0) {
    parts.push(l10n.t('~{0} tokens', formatApproximate(tokens)));
    if (price !== undefined) parts.push(price);
  }
  return parts.join(' · ');
}
