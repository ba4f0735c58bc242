import { nextKey } from '../dialects';

/** Makes keys, one after the other, that no line of a file has. */
export class KeyMaker {
  private readonly made = new Set<string>();

  /**
   * @param isTaken whether a line has this key
   * @param candidate the first key to try; the others follow its form
   */
  constructor(
    private readonly isTaken: (key: string) => boolean,
    private candidate: string,
  ) {}

  next(): string {
    while (this.isTaken(this.candidate) || this.made.has(this.candidate)) {
      this.candidate = nextKey([this.candidate]);
    }
    this.made.add(this.candidate);
    return this.candidate;
  }
}
