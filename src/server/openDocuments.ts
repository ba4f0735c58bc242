import { isDeepStrictEqual } from 'node:util';
import type { CheckContext, RuleSettings } from '../dialects';
import type { FileKind } from '../shared/dialect';
import type { DocumentState } from '../shared/lsp';
import type { Disposable } from '../util/disposable';
import { CheckedDocument } from './checkedDocument';
import { Coalescer } from './coalescer';
import { LineDocument, type ContentChange } from './lineDocument';
import type { Turns } from './turns';

/** How long lines are checked before waiting messages have their turn. */
const sliceMs = 8;
/** Between two reports of a long check: each takes twice as long to come as the one before, up to a limit. */
const firstPauseMs = 250;
const longestPauseMs = 2000;

export interface OpenDocumentsOptions {
  readonly turns: Turns;
  /** Called when the problems of a document are to be shown anew. Its cost is measured. */
  readonly onProblems: (document: CheckedDocument) => void;
  readonly onState: (state: DocumentState) => void;
  /** Called once for each document that was opened, when all of it has been checked and shown. */
  readonly onSettled?: (document: CheckedDocument) => void;
  readonly rules?: RuleSettings;
  /** What is known of files that requests refer to. */
  readonly fileState?: CheckContext['fileState'];
}

interface Entry {
  readonly checked: CheckedDocument;
  kind: FileKind | undefined;
  visible: { start: number; end: number } | undefined;
  reportAt: number;
  pauseMs: number;
  /** Whether every line was checked once since it was opened. */
  settled: boolean;
  readonly showing: Coalescer;
}

/** The documents a client has open: keeps them checked, a slice at a time, and says when there is something to show. */
export class OpenDocuments implements Disposable {
  private readonly entries = new Map<string, Entry>();
  private rules: RuleSettings;
  private working: Disposable | undefined;

  constructor(private readonly options: OpenDocumentsOptions) {
    this.rules = options.rules ?? {};
  }

  get currentRules(): RuleSettings {
    return this.rules;
  }

  get(uri: string): CheckedDocument | undefined {
    return this.entries.get(uri)?.checked;
  }

  all(): CheckedDocument[] {
    return [...this.entries.values()].map((entry) => entry.checked);
  }

  open(uri: string, languageId: string, version: number, text: string): void {
    this.close(uri);
    const document = new LineDocument(uri, languageId, version, text);
    const checked = new CheckedDocument(document, this.checkOptions(undefined));
    const entry: Entry = {
      checked,
      kind: undefined,
      visible: undefined,
      reportAt: 0,
      pauseMs: firstPauseMs,
      settled: false,
      showing: new Coalescer(this.options.turns, () => this.show(entry)),
    };
    this.entries.set(uri, entry);
    this.work();
  }

  change(uri: string, changes: readonly ContentChange[], version: number): void {
    const entry = this.entries.get(uri);
    if (entry === undefined) return;
    entry.checked.edited(entry.checked.document.apply(changes, version));
    if (entry.checked.isComplete) entry.showing.ask();
    else {
      entry.reportAt = 0;
      this.work();
    }
  }

  close(uri: string): void {
    this.entries.get(uri)?.showing.dispose();
    this.entries.delete(uri);
  }

  /** A person's word on what a file is; undefined gives the decision back to its content. */
  setKind(uri: string, kind: FileKind | undefined): void {
    const entry = this.entries.get(uri);
    if (entry === undefined) return;
    entry.kind = kind;
    this.reconfigure(entry);
  }

  setRules(rules: RuleSettings): void {
    if (isDeepStrictEqual(rules, this.rules)) return;
    this.rules = rules;
    for (const entry of this.entries.values()) this.reconfigure(entry);
  }

  setVisible(uri: string, start: number, end: number): void {
    const entry = this.entries.get(uri);
    if (entry !== undefined) entry.visible = { start, end };
  }

  dispose(): void {
    for (const uri of [...this.entries.keys()]) this.close(uri);
    this.working?.dispose();
  }

  /** Checks everything anew, because something became known that lines depend on. */
  checkAgain(): void {
    for (const entry of this.entries.values()) this.reconfigure(entry);
  }

  private checkOptions(kind: FileKind | undefined) {
    const { fileState } = this.options;
    return { rules: this.rules, kind, ...(fileState && { fileState }) };
  }

  private reconfigure(entry: Entry): void {
    entry.checked.configure(this.checkOptions(entry.kind));
    // Shown after the first slice: until then there is nothing to show, which would look like all being well.
    entry.reportAt = 0;
    entry.pauseMs = firstPauseMs;
    this.work();
  }

  /** Checks a slice, lets everybody else have a turn, and goes on until no line is left. */
  private work(): void {
    this.working ??= this.options.turns.soon(() => {
      this.working = undefined;
      const entry = this.nextEntry();
      if (entry === undefined) return;
      this.checkSlice(entry);
      if (this.nextEntry() !== undefined) this.work();
    });
  }

  /** The document opened last is the one being looked at. Fresh ones count even without lines to check. */
  private nextEntry(): Entry | undefined {
    return [...this.entries.values()]
      .reverse()
      .find((entry) => !entry.checked.isComplete || entry.reportAt === 0);
  }

  private checkSlice(entry: Entry): void {
    const { turns } = this.options;
    const end = turns.now() + sliceMs;
    entry.checked.checkSome(() => turns.now() >= end, entry.visible);
    if (!entry.checked.isComplete && turns.now() < entry.reportAt) return;
    entry.reportAt = turns.now() + entry.pauseMs;
    entry.pauseMs = Math.min(2 * entry.pauseMs, longestPauseMs);
    entry.showing.ask();
  }

  private show(entry: Entry): void {
    const { checked, kind } = entry;
    this.options.onProblems(checked);
    const { document, totals } = checked;
    this.options.onState({
      uri: document.uri,
      version: document.version,
      kind: checked.kind,
      overridden: kind !== undefined,
      ...totals,
      complete: checked.isComplete,
    });
    if (entry.settled || !checked.isComplete) return;
    entry.settled = true;
    this.options.onSettled?.(checked);
  }
}
