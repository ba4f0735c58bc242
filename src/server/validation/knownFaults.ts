/** What is wrong with all lines of one sketch. */
export interface Faults {
  readonly errors: number;
  readonly warnings: number;
  /** Tokens of such a line beyond those of its texts. */
  readonly tokens: number;
  readonly model: string | undefined;
}

/** More sketches than this are not worth remembering: such lines hardly repeat each other. */
const mostKnown = 1 << 13;

/**
 * Faults by sketch: where a script has made the same mistake on every line, only the first of them is checked in full. Wanted when
 * faults are only counted.
 */
export class KnownFaults {
  private readonly bySketch = new Map<number, Faults>();

  of(sketch: number): Faults | undefined {
    return this.bySketch.get(sketch);
  }

  remember(sketch: number, faults: Faults): void {
    if (this.bySketch.size >= mostKnown) this.bySketch.clear();
    this.bySketch.set(sketch, faults);
  }
}
