import type { TokenUsage } from '../shared/outcome';
import type { KeyTable } from './keyTable';
import { OffsetColumn, PackedColumn } from './packedColumn';
import { rowFlag, type RowBatch, type RowClass } from './rowBatch';

/** Where a line is in its file, in bytes, its line break included. */
export interface LineSpan {
  readonly offset: number;
  readonly bytes: number;
}

const noKey = -1;

/**
 * The lines of a file: where they begin and which key they have. Lines are not kept; their bytes are read again when somebody
 * looks. Everything is kept in as few bytes as it takes: about 4 a row, or 8 where keys come in another order than in the file
 * that was indexed before.
 */
export class LineIndex {
  private readonly places = new OffsetColumn();
  /** Numbers of keys and one, 0 for none. Absent as long as every row has the key of its own number. */
  private keyIds: PackedColumn | undefined;
  private readonly classCodes = new PackedColumn();
  /** What rows may be; a row's class is one of them. */
  readonly classes: RowClass[] = [];
  private readonly codeOf = new Map<string, number>();
  /** Per class the one of its duplicates. */
  private readonly duplicateOf = new Map<number, number>();

  /** @param keys shared by the files that are to be joined */
  constructor(readonly keys: KeyTable) {}

  get rows(): number {
    return this.places.length;
  }

  /** Every row has a key that no earlier row has, and its number is the row's. */
  get distinctKeys(): boolean {
    return this.keyIds === undefined;
  }

  append(batch: RowBatch): void {
    const from = this.rows;
    // What lies between two lines belongs to the earlier one.
    if (from > 0) this.places.endLast(batch.rows > 0 ? (batch.start[0] ?? 0) : batch.end);
    for (let row = 0; row < batch.rows; row += 1) {
      const start = batch.start[row] ?? 0;
      const next = row + 1 < batch.rows ? (batch.start[row + 1] ?? 0) : batch.end;
      this.places.push(start, next - start);
    }
    const codes = batch.classes.map((each) => this.classCode(each));
    for (const code of batch.class) this.classCodes.push(codes[code] ?? 0);
    this.appendKeys(batch, from);
  }

  private classCode(rowClass: RowClass): number {
    const { outcome, flags, reason, kinds, errorCode } = rowClass;
    const name = JSON.stringify([outcome, flags, reason, kinds, errorCode]);
    const known = this.codeOf.get(name);
    if (known !== undefined) return known;
    const code = this.classes.push(rowClass) - 1;
    this.codeOf.set(name, code);
    return code;
  }

  private appendKeys(batch: RowBatch, from: number): void {
    const { keys, keyEnd, keyHash } = batch;
    let start = 0;
    for (let row = 0; row < batch.rows; row += 1) {
      const end = keyEnd[row] ?? start;
      const keyless = this.hasFlag(from + row, rowFlag.keyless);
      this.addKey(from + row, keyless ? noKey : this.keys.intern(keys, start, end, keyHash[row] ?? 0));
      start = end;
    }
  }

  private addKey(row: number, id: number): void {
    if (this.keyIds === undefined) {
      if (id === row) return;
      this.keyIds = new PackedColumn();
      for (let before = 0; before < row; before += 1) this.keyIds.push(before + 1);
    }
    this.keyIds.push(id + 1);
  }

  span(row: number): LineSpan {
    return { offset: this.places.startOf(row), bytes: this.places.lengthOf(row) };
  }

  /** The number of a row's key in the key table, -1 for none. */
  keyId(row: number): number {
    if (row >= this.rows) return noKey;
    return this.keyIds === undefined ? row : this.keyIds.get(row) - 1;
  }

  keyOf(row: number): string | undefined {
    const id = this.keyId(row);
    return id === noKey ? undefined : this.keys.text(id);
  }

  /** The first row that has a key; -1 for none. */
  rowOfKey(id: number): number {
    if (this.keyIds === undefined) return id < this.rows ? id : -1;
    for (let row = 0; row < this.rows; row += 1) if (this.keyIds.get(row) === id + 1) return row;
    return -1;
  }

  /** Per key the first row that has it, -1 for none: for whoever asks for many. */
  rowsOfKeys(): Int32Array {
    const rows = new Int32Array(this.keys.size).fill(-1);
    for (let row = this.rows - 1; row >= 0; row -= 1) {
      const id = this.keyId(row);
      if (id !== noKey) rows[id] = row;
    }
    return rows;
  }

  /** Position of a row's class in `classes`. */
  classCodeOf(row: number): number {
    return this.classCodes.get(row);
  }

  classOf(row: number): RowClass {
    return this.classes[this.classCodes.get(row)] ?? noClass;
  }

  hasFlag(row: number, flag: number): boolean {
    return (this.classOf(row).flags & flag) !== 0;
  }

  /** Flags a row as having the key of an earlier one. */
  markDuplicate(row: number): void {
    const before = this.classCodes.get(row);
    let code = this.duplicateOf.get(before);
    if (code === undefined) {
      const rowClass = this.classOf(row);
      code = this.classCode({ ...rowClass, flags: rowClass.flags | rowFlag.duplicate });
      this.duplicateOf.set(before, code);
    }
    this.classCodes.set(row, code);
  }

  /** How many rows each class has. */
  countClasses(): Uint32Array {
    const counts = new Uint32Array(this.classes.length);
    for (let row = 0; row < this.rows; row += 1) {
      const code = this.classCodes.get(row);
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return counts;
  }

  /** The row whose line holds the byte at `offset`; -1 before the first row. */
  rowAt(offset: number): number {
    return this.places.rowAt(offset);
  }
}

const noClass: RowClass = { outcome: 0, flags: 0, reason: '', kinds: 0, errorCode: 0 };

/** What a results file holds besides: about 8 bytes a row more. */
export class ResultIndex extends LineIndex {
  /** Where the value worth showing first is, from the line's start; 0: read the whole line. */
  readonly preview = new PackedColumn();
  readonly input = new PackedColumn();
  readonly output = new PackedColumn();
  readonly thinking = new PackedColumn();
  private readonly sum = { input: 0, output: 0, thinking: 0, cached: 0 };

  get usage(): TokenUsage {
    return { ...this.sum };
  }

  override append(batch: RowBatch): void {
    super.append(batch);
    this.preview.append(batch.preview);
    this.input.append(batch.input);
    this.output.append(batch.output);
    this.thinking.append(batch.thinking);
    this.sum.cached += batch.cachedSum;
    for (let row = 0; row < batch.rows; row += 1) {
      this.sum.input += batch.input[row] ?? 0;
      this.sum.output += batch.output[row] ?? 0;
      this.sum.thinking += batch.thinking[row] ?? 0;
    }
  }
}
