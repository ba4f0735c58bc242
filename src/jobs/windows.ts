import { randomUUID } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../util/clock';
import type { Disposable } from '../util/disposable';
import { Emitter } from '../util/event';
import { errorCode } from '../util/files';

/** How often a window says that it lives. */
const beatMs = 5_000;
/** A window whose sign of life stands still for this long, watched by a window that itself was awake all the time, is dead. */
const silenceMs = 20_000;

const windowFile = z.object({ pid: z.number().int(), host: z.string() });

/** What was last seen of another window's sign of life, and for how long it has not moved. */
interface Observation {
  beat: string;
  unchangedMs: number;
  /** Its process has ended, though its id is still taken. */
  isZombie: boolean;
  readonly pid: number;
  readonly host: string;
}

/**
 * Which windows (processes with an engine on the same directory) are alive. Each has a file in `directory`, named after its id,
 * that says its process and host and is touched regularly. On the same machine a process that is gone is dead at once. Otherwise,
 * and because a process id may have been given to somebody else, a window is dead when its file did not change while *we* were
 * running for a while: a comparison of times would declare everybody dead after a laptop slept or a clock was moved.
 */
export class Windows implements Disposable {
  /** This window. */
  readonly self = randomUUID();
  private readonly seen = new Map<string, Observation>();
  /** Who lived at the last look. */
  private living: ReadonlySet<string> = new Set();
  private readonly lost = new Emitter<void>();
  private timer: Disposable | undefined;
  private disposed = false;

  /** Another window died or closed: what it was at is nobody's now. */
  readonly onDidLose = this.lost.event;

  constructor(
    private readonly directory: string,
    private readonly clock: Clock,
  ) {}

  async open(): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await this.introduce();
    await this.look();
    this.arm();
  }

  isSelf(window: string | undefined): boolean {
    return window === this.self;
  }

  /** Whether `window` may still be working. Unknown windows are dead: a window writes its file before anything else. */
  isAlive(window: string | undefined): boolean {
    if (window === undefined) return false;
    if (window === this.self) return !this.disposed;
    const observation = this.seen.get(window);
    if (observation === undefined || observation.isZombie || observation.unchangedMs >= silenceMs)
      return false;
    return isRunning(observation);
  }

  /** Looks at the other windows now; needed before {@link isAlive} where a window may have come up a moment ago. */
  async look(elapsedMs = 0): Promise<void> {
    const present = new Set<string>();
    for (const entry of await readdir(this.directory)) {
      const window = entry.endsWith('.json') ? entry.slice(0, -5) : undefined;
      if (window === undefined || window === this.self) continue;
      const observation = await this.observe(window, elapsedMs);
      if (observation === undefined) continue;
      present.add(window);
      this.seen.set(window, observation);
    }
    for (const window of this.seen.keys()) if (!present.has(window)) this.seen.delete(window);
    const before = this.living;
    this.living = new Set([...present].filter((window) => this.isAlive(window)));
    if ([...before].some((window) => !this.living.has(window))) this.lost.fire();
  }

  /** Takes this window's file away, so that others need not wait to take over. */
  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.lost.dispose();
    try {
      // Synchronous, because a window that closes does not wait for promises.
      unlinkSync(this.pathOf(this.self));
    } catch {
      // Another window buried us, or the directory is gone.
    }
  }

  private async introduce(): Promise<void> {
    if (this.disposed) return;
    await writeFile(this.pathOf(this.self), JSON.stringify({ pid: process.pid, host: hostname() }));
  }

  private arm(): void {
    if (this.disposed) return;
    this.timer = this.clock.after(beatMs, () => {
      void this.beat().finally(() => this.arm());
    });
  }

  private async beat(): Promise<void> {
    const now = this.clock.now() / 1000;
    try {
      await utimes(this.pathOf(this.self), now, now).catch(() => this.introduce());
      if (this.disposed) return;
      await this.look(beatMs);
      await this.buryLongDead();
    } catch {
      // A full or vanished disk must not stop the beat; the next one tries again.
    }
  }

  private async observe(window: string, elapsedMs: number): Promise<Observation | undefined> {
    const path = this.pathOf(window);
    try {
      const beat = String((await stat(path)).mtimeMs);
      const before = this.seen.get(window);
      if (before !== undefined) {
        const unchangedMs = before.beat === beat ? before.unchangedMs + elapsedMs : 0;
        return { ...before, beat, unchangedMs, isZombie: await isZombie(before) };
      }
      const { data } = windowFile.safeParse(JSON.parse(await readFile(path, 'utf8')));
      return data && { ...data, beat, unchangedMs: 0, isZombie: await isZombie(data) };
    } catch (error) {
      // Gone meanwhile, or caught half written at its window's start: the next look sees it.
      if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  private async buryLongDead(): Promise<void> {
    for (const window of this.seen.keys()) {
      if (!this.isAlive(window)) await unlink(this.pathOf(window)).catch(() => undefined);
    }
  }

  private pathOf(window: string): string {
    return join(this.directory, `${window}.json`);
  }
}

/** What a window says of itself. */
type WindowProcess = z.infer<typeof windowFile>;

/**
 * Whether the process of a window has ended and waits for a parent that does not ask for it, as in containers whose first process
 * is no init: signals still reach its id. Only Linux tells.
 */
async function isZombie({ pid, host }: WindowProcess): Promise<boolean> {
  if (process.platform !== 'linux' || host !== hostname()) return false;
  // pid (name) state …: the name may hold brackets and blanks itself.
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /^ [ZX]/.test(status.slice(status.lastIndexOf(')') + 1));
}

/** Whether the process of a window exists, as far as can be known from here. */
function isRunning({ pid, host }: WindowProcess): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return errorCode(error) === 'EPERM';
  }
}
