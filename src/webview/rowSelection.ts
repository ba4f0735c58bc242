import type { RowDetail, RowSummary } from '../shared/resultsMessages';
import type { Host } from './rpc';

/** What brought a row into view: a person, who wants its request to follow, or something else. */
export type ChosenBy = 'user' | 'program';

export interface SelectionParts {
  readonly host: Pick<Host, 'call'>;
  readonly detail: {
    /** The row that is shown. */
    readonly row: number | undefined;
    show(detail: RowDetail): void;
    clear(): void;
    problem(message: string): void;
  };
  /** Selects a position in the list that is in front. */
  readonly select: (position: number, by: ChosenBy) => void;
  /** Shows all rows again, because the one that somebody asked for is filtered out. */
  readonly unfilter: (row: number) => Promise<void>;
  /** Told of every row that is selected, and when there is none any more: what is to survive the page. */
  readonly onSelected: (row: number | undefined) => void;
  /** Told when a row's detail is there. */
  readonly onShown: (row: RowSummary) => void;
  readonly tell: (error: unknown) => void;
  /** Runs something a moment later; the answer calls it off. Holding an arrow key down must not open every row on the way. */
  readonly later: (run: () => void) => () => void;
}

/** A row as an earlier page left it. */
export interface SavedRow {
  readonly row: number;
  /** Absent where the row has none. */
  readonly key?: string | undefined;
}

/** The selected row: found in the list, shown in detail, found again after the files have changed. */
export class RowSelection {
  private callOff = (): void => undefined;
  private row: number | undefined;
  /** Key of the row that is shown, absent where it has none. */
  private key: string | undefined;
  /** Whether the number is of the files as they are now: they may have been replaced while there was no page. */
  private certain = true;
  private finding: Promise<void> | undefined;

  constructor(
    private readonly parts: SelectionParts,
    saved?: SavedRow,
  ) {
    this.row = saved?.row;
    this.key = saved?.key;
    this.certain = saved?.key === undefined;
  }

  /** The row that a new view is to keep in sight; undefined also while it is being looked for. */
  get toKeep(): number | undefined {
    return this.certain ? this.row : undefined;
  }

  /** Whether there is a row to be shown that is not on the screen yet. */
  get isLooking(): boolean {
    return this.row !== undefined && this.parts.detail.row === undefined;
  }

  /** Shows a row in detail, a moment later. */
  show(row: number, by: ChosenBy): void {
    this.row = row;
    this.certain = true;
    this.parts.onSelected(row);
    this.callOff();
    if (this.parts.detail.row === row) return;
    this.callOff = this.parts.later(() => void this.load(row, by));
  }

  private async load(row: number, by: ChosenBy): Promise<void> {
    const { host, detail, onShown, tell } = this.parts;
    try {
      const found = await host.call('detail', { row });
      if (this.row !== row) return;
      this.key = found.summary.key;
      detail.show(found);
      onShown(found.summary);
      if (by === 'user' && found.request !== undefined)
        host.call('revealRequest', { row, focus: false }).catch(tell);
    } catch (error) {
      if (this.row === row) detail.problem(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Goes to a row: selected in the list, shown in detail. Where a filter hides it, only the detail follows, or the filter gives
   * way.
   */
  async goTo(row: number, by: ChosenBy, filter: 'stays' | 'givesWay' = 'stays'): Promise<void> {
    // At once, so that whoever looks for another row meanwhile gives up.
    this.row = row;
    this.key = undefined;
    this.certain = true;
    try {
      const { position } = await this.parts.host.call('positionOf', { row });
      if (this.row !== row) return;
      if (position !== -1) this.parts.select(position, by);
      else if (filter === 'givesWay') await this.parts.unfilter(row);
      if (this.row === row) this.show(row, by);
    } catch (error) {
      this.parts.tell(error);
    }
  }

  /** Selects the row where it is in a new view. */
  async relocate(): Promise<void> {
    const row = this.toKeep;
    if (row === undefined) return;
    const { position } = await this.parts.host.call('positionOf', { row });
    if (position !== -1 && this.toKeep === row) this.parts.select(position, 'program');
  }

  /** Shows the row of an earlier page again, once the host knows it. */
  async restore(): Promise<void> {
    const { row } = this;
    if (row === undefined || this.parts.detail.row !== undefined) return;
    if (!this.certain) {
      // Rows come in batches, and each asks for this; the answer waits for the last of them.
      this.finding ??= this.find().finally(() => (this.finding = undefined));
      return this.finding;
    }
    try {
      const { position } = await this.parts.host.call('positionOf', { row });
      if (position === -1 || this.row !== row) return;
      this.parts.select(position, 'program');
      this.show(row, 'program');
    } catch (error) {
      this.parts.tell(error);
    }
  }

  /** The files changed: what was shown is stale, and its row may have another number now. */
  async find(): Promise<void> {
    const { row, key } = this;
    if (row === undefined) return;
    try {
      const found = await this.parts.host.call('findRow', { row, ...(key === undefined ? {} : { key }) });
      if (this.row !== row) return;
      this.parts.detail.clear();
      this.row = found.row;
      this.certain = true;
      if (found.row === undefined) this.parts.onSelected(undefined);
      await this.restore();
    } catch (error) {
      this.parts.tell(error);
    }
  }
}
