import type { Disposable } from '../util/disposable';
import { Emitter } from '../util/event';

/** What keeps the lists of connections from being fresh: no network, a wrong key, a service that is down. */
export class Troubles implements Disposable {
  private readonly current = new Map<string, Error>();
  private readonly changed = new Emitter<string>();

  /** The connection whose trouble came, became another, or went. */
  readonly onDidChange = this.changed.event;

  /** By connection. */
  get all(): ReadonlyMap<string, Error> {
    return this.current;
  }

  /** How the last look at a connection ended. */
  note(connectionId: string, error: Error | undefined): void {
    const before = this.current.get(connectionId);
    if (error === undefined) this.current.delete(connectionId);
    else this.current.set(connectionId, error);
    if (before?.message !== error?.message) this.changed.fire(connectionId);
  }

  dispose(): void {
    this.changed.dispose();
  }
}
