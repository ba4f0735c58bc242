import type { Disposable } from '../util/disposable';
import type { NudgeHint } from './api';
import { ConnectionPoller, type PollerOptions } from './connectionPoller';

export interface PollersOptions extends Omit<PollerOptions, 'isFocused' | 'onLooked' | 'onTrouble'> {
  readonly connectionIds: () => readonly string[];
  readonly onLooked: (connectionId: string) => void;
  readonly onTrouble: (connectionId: string, error: Error | undefined) => void;
  /** Where work that nobody waits for goes. */
  readonly inBackground: (work: Promise<void>) => void;
}

/** The pollers of all connections: one each, made when it is first needed. */
export class Pollers implements Disposable {
  private readonly pollers = new Map<string, ConnectionPoller>();
  private focused = true;

  constructor(private readonly options: PollersOptions) {}

  of(connectionId: string): ConnectionPoller {
    const existing = this.pollers.get(connectionId);
    if (existing !== undefined) return existing;
    const poller = new ConnectionPoller(connectionId, {
      ...this.options,
      isFocused: () => this.focused,
      onLooked: () => this.options.onLooked(connectionId),
      onTrouble: (error) => this.options.onTrouble(connectionId, error),
    });
    this.pollers.set(connectionId, poller);
    return poller;
  }

  /** Connections in use, and those that have something unfinished. */
  get connections(): ReadonlySet<string> {
    return new Set([...this.options.connectionIds(), ...this.options.store.busyConnections]);
  }

  /** Asks all services now. Rejects with the first failure, after all have been asked. */
  async refresh(signal?: AbortSignal): Promise<void> {
    const looks = [...this.connections].map((connectionId) => this.of(connectionId).refresh(signal));
    const failed = (await Promise.allSettled(looks)).find((look) => look.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Something changed: whatever is unfinished now has to be followed. */
  wake(): void {
    for (const connectionId of this.options.store.busyConnections) this.of(connectionId).wake();
  }

  nudge({ connectionId, jobName, token }: NudgeHint): void {
    const { store, connectionIds } = this.options;
    const byToken = token === undefined ? undefined : store.findByToken(token);
    const byName = jobName === undefined ? undefined : store.jobs.find((job) => job.name === jobName);
    const job = byToken ?? byName;
    if (job?.name !== undefined) {
      this.of(job.connectionId).nudge(job.name);
      return;
    }
    const connections = connectionId === undefined ? connectionIds() : [connectionId];
    for (const connection of connections) this.of(connection).nudge(undefined);
  }

  setFocused(focused: boolean): void {
    if (focused === this.focused) return;
    this.focused = focused;
    if (!focused) return;
    for (const poller of this.pollers.values()) this.options.inBackground(poller.comeForward());
  }

  dispose(): void {
    for (const poller of this.pollers.values()) poller.dispose();
  }
}
