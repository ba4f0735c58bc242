import type { JobsChange } from './api';

/** What happened to jobs since it was last told: for each, what all of it comes to. */
export class PendingChanges {
  private readonly added = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly removed = new Set<string>();

  add(id: string): void {
    if (this.removed.delete(id)) this.changed.add(id);
    else this.added.add(id);
  }

  change(id: string): void {
    if (!this.added.has(id)) this.changed.add(id);
  }

  remove(id: string): void {
    if (!this.added.delete(id)) this.removed.add(id);
    this.changed.delete(id);
  }

  /** Empties it; undefined when nothing happened. */
  take(): JobsChange | undefined {
    const { added, changed, removed } = this;
    if (added.size + changed.size + removed.size === 0) return undefined;
    const change: JobsChange = { added: [...added], changed: [...changed], removed: [...removed] };
    for (const ids of [added, changed, removed]) ids.clear();
    return change;
  }
}
