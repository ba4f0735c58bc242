import {
  languages,
  l10n,
  LanguageStatusSeverity,
  window,
  type Memento,
  type QuickPickItem,
  type Uri,
} from 'vscode';
import type { FileKind } from '../shared/dialect';
import type { DocumentState } from '../shared/lsp';
import { DisposableStore, type Disposable } from '../util/disposable';
import { choosableKinds, countWords, kindLabel } from './fileKinds';
import { isRequestFile, requestFileSelector } from './selector';
import type { ServerSession } from './serverSession';

/** Where a person's choices are kept: URI -> kind. */
const memoryKey = 'language.kinds';
/** Choices for files that nobody has opened for long are dropped, the oldest first. */
const mostChoices = 200;

interface KindItem extends QuickPickItem {
  readonly fileKind?: FileKind;
}

/** Shows what a file is taken for, and lets a person say what it is. */
export class DialectStatus implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly item = this.owned.add(
    languages.createLanguageStatusItem('batchwright.dialect', [...requestFileSelector]),
  );

  constructor(
    private readonly session: ServerSession,
    private readonly memory: Memento,
  ) {
    this.item.name = l10n.t('Batchwright dialect');
    this.item.command = { title: l10n.t('Change'), command: 'batchwright.chooseDialect' };
    this.owned.add(session.onDidChangeState((state) => this.update(state)));
    this.owned.add(window.onDidChangeActiveTextEditor(() => this.update(this.activeState())));
    this.update(this.activeState());
  }

  /** What a person chose for a file; undefined where its content decides. */
  choiceFor(uri: Uri): FileKind | undefined {
    return this.choices()[uri.toString()];
  }

  /** Asks what a file is, and remembers it. */
  async choose(uri: Uri): Promise<void> {
    const chosen = this.choiceFor(uri);
    const inUse = (kind: FileKind | undefined) => (kind === chosen ? l10n.t('in use') : '');
    const items: KindItem[] = [
      { label: l10n.t('By content'), description: inUse(undefined) },
      ...choosableKinds.map((kind) => ({ label: kindLabel(kind), description: inUse(kind), fileKind: kind })),
    ];
    const picked = await window.showQuickPick(items, { title: l10n.t('What does this file hold?') });
    if (picked === undefined) return;
    const others = Object.entries(this.choices()).filter(([key]) => key !== uri.toString());
    const kept = others.slice(-(mostChoices - 1));
    if (picked.fileKind !== undefined) kept.push([uri.toString(), picked.fileKind]);
    await this.memory.update(memoryKey, Object.fromEntries(kept));
    await this.session.setKind(uri, picked.fileKind);
  }

  dispose(): void {
    this.owned.dispose();
  }

  private choices(): Record<string, FileKind> {
    return this.memory.get<Record<string, FileKind>>(memoryKey, {});
  }

  private activeState(): DocumentState | undefined {
    const document = window.activeTextEditor?.document;
    return document !== undefined && isRequestFile(document) ? this.session.stateOf(document.uri) : undefined;
  }

  private update(state: DocumentState | undefined): void {
    if (state === undefined || state.uri !== window.activeTextEditor?.document.uri.toString()) return;
    this.item.text = kindLabel(state.kind);
    this.item.detail = describeState(state);
    this.item.busy = !state.complete;
    this.item.severity = state.errors > 0 ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
  }
}

/** What stands beside the dialect: rows, errors, and whether a person chose it. */
export function describeState(state: DocumentState): string {
  const { kind, overridden } = state;
  const parts = kind === 'none' || kind === 'results' ? [] : countWords(state);
  if (overridden) parts.push(l10n.t('chosen by you'));
  return parts.join(' · ');
}
