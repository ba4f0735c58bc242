import type { LineVerdict } from '../../dialects';
import type { LinePart } from './spreadWatch';

/** What is wrong with all lines of one sketch. */
export interface Faults {
  readonly errors: number;
  readonly warnings: number;
  /** Tokens of such a line beyond those of its texts. */
  readonly tokens: number;
  readonly named: Pick<LineVerdict['check'], 'model' | 'endpoint'>;
  /** What the line is to objects over several lines. */
  readonly part: LinePart;
}

/** So many sketches are remembered at most; a new one takes the place of one that falls on its slot. */
const slotBits = 13;
/** From a sketch's number of 53 bits to its slot. */
const toSlot = 2 ** (slotBits - 53);
/** After so many sketches in a row that were new, lines hardly repeat each other: then only a sample is remembered. */
const patience = 256;
const sampled = 64;

/**
 * Faults by sketch: where a script has made the same mistake on every line, only the first of them is checked in full. Wanted when
 * faults are only counted.
 */
export class KnownFaults {
  private readonly sketches = new Float64Array(1 << slotBits).fill(NaN);
  private readonly faults: (Faults | undefined)[] = Array.from({ length: 1 << slotBits }, () => undefined);
  private newInARow = 0;

  of(sketch: number): Faults | undefined {
    const slot = (sketch * toSlot) | 0;
    if (this.sketches[slot] !== sketch) {
      this.newInARow += 1;
      return undefined;
    }
    this.newInARow = 0;
    return this.faults[slot];
  }

  remember(sketch: number, faults: Faults): void {
    if (this.newInARow > patience && this.newInARow % sampled !== 0) return;
    const slot = (sketch * toSlot) | 0;
    this.sketches[slot] = sketch;
    this.faults[slot] = faults;
  }
}
