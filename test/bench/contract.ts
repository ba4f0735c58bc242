/** How a bench is asked to run. */
export interface BenchOptions {
  /** The sizes of the goals (gigabytes, minutes); otherwise sizes that finish in seconds. */
  readonly full: boolean;
  /** An empty directory of the bench's own; removed afterwards. */
  readonly directory: string;
  /** Says what is going on. */
  readonly log: (message: string) => void;
}

/** One measured figure beside the peer or limit measured in the same run. */
export interface BenchRow {
  /** What was measured, e.g. `upload 1 GB at 100 ms`. */
  readonly name: string;
  /** What it is compared with, e.g. `@google/genai 3.1.0`; absent for a plain limit. */
  readonly peerName?: string;
  readonly ours: number;
  /** The same measured for the peer; absent where the goal is a limit of its own. */
  readonly peer?: number;
  readonly unit: 's' | 'ms' | 'MB' | 'MB/s' | 'KB' | 'rows/s';
  /** How much better ours is than the peer (or than the limit): above 1 is better, whatever the unit. */
  readonly ratio?: number;
  /** The goal in words, e.g. `>= 10 x the SDK`. */
  readonly goal: string;
  /** Whether the goal was met; absent where the sizes of this run are too small to say. */
  readonly holds?: boolean;
}

/** What a `*.bench.ts` module exports. */
export interface BenchModule {
  readonly name: string;
  readonly run: (options: BenchOptions) => Promise<readonly BenchRow[]>;
}
