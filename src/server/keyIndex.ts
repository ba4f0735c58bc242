import type { LineRecord } from './lineRecord';

/**
 * Which lines have which key. Most keys have one line, so that is kept without a set. Keeps `record.duplicated` true exactly
 * for the lines whose key another line has as well.
 */
export class KeyIndex {
  private readonly lines = new Map<string, LineRecord | Set<LineRecord>>();
  /** How many lines repeat a key of an earlier line. */
  repeated = 0;

  get(key: string): ReadonlySet<LineRecord> {
    const found = this.lines.get(key);
    if (found === undefined) return new Set();
    return found instanceof Set ? found : new Set([found]);
  }

  add(key: string, record: LineRecord): void {
    const found = this.lines.get(key);
    if (found === undefined) {
      this.lines.set(key, record);
      return;
    }
    this.repeated += 1;
    record.duplicated = true;
    if (found instanceof Set) found.add(record);
    else {
      found.duplicated = true;
      this.lines.set(key, new Set([found, record]));
    }
  }

  remove(key: string, record: LineRecord): void {
    const found = this.lines.get(key);
    if (!(found instanceof Set)) {
      this.lines.delete(key);
      return;
    }
    found.delete(record);
    record.duplicated = false;
    this.repeated -= 1;
    const [last, another] = found;
    if (last !== undefined && another === undefined) {
      last.duplicated = false;
      this.lines.set(key, last);
    }
  }

  clear(): void {
    this.lines.clear();
    this.repeated = 0;
  }
}
