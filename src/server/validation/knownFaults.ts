/** What is wrong with all lines of one sketch. */
export interface Faults {
  readonly errors: number;
  readonly warnings: number;
  /** Tokens of such a line beyond those of its texts. */
  readonly tokens: number;
  readonly model: string | undefined;
}

/** More sketches than this are not remembered. */
const mostKnown = 1 << 13;
/** After so many sketches in a row that were new, lines hardly repeat each other: then only a sample is remembered. */
const patience = 256;
const sampled = 64;

/**
 * Faults by sketch: where a script has made the same mistake on every line, only the first of them is checked in full. Wanted when
 * faults are only counted.
 */
export class KnownFaults {
  private readonly bySketch = new Map<number, Faults>();
  private newInARow = 0;

  of(sketch: number): Faults | undefined {
    const faults = this.bySketch.get(sketch);
    this.newInARow = faults === undefined ? this.newInARow + 1 : 0;
    return faults;
  }

  remember(sketch: number, faults: Faults): void {
    if (this.newInARow > patience && this.newInARow % sampled !== 0) return;
    if (this.bySketch.size >= mostKnown) this.bySketch.clear();
    this.bySketch.set(sketch, faults);
  }
}
