import { fileStates, type CheckContext, type KnownFiles } from '../dialects';

/** What was said of files is asked for again after this long. */
const staleMs = 10 * 60_000;

/**
 * What the client last said about files at the service. The server has no network: whoever looks a reference up makes it ask
 * the client, at most once in a while.
 */
export class KnownFileStates {
  private known: KnownFiles | undefined;
  private judge: CheckContext['fileState'];
  private askedAt = -Infinity;

  /** @param ask has the client say what there is, where it can */
  constructor(
    private readonly now: () => number,
    private readonly ask: () => void,
  ) {}

  /** For worker threads, which are told once. */
  get current(): KnownFiles | undefined {
    return this.known;
  }

  set(known: KnownFiles): void {
    this.known = known;
    this.judge = fileStates(known, this.now);
  }

  /** For {@link CheckContext.fileState}. */
  readonly stateOf: NonNullable<CheckContext['fileState']> = (uri) => {
    if (this.now() - this.askedAt >= staleMs) {
      this.askedAt = this.now();
      this.ask();
    }
    return this.judge?.(uri);
  };
}
