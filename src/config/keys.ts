import type { Disposable } from '../util/disposable';
import { Emitter, type Event } from '../util/event';

/** Where a key comes from: the person gave it, the environment holds it, or the connection has a fixed one. */
export type KeySource = 'stored' | 'environment' | 'fixed';

export interface ApiKey {
  readonly value: string;
  readonly source: KeySource;
  /** Name of the environment variable, for `environment`. */
  readonly variable?: string;
}

/** The part of VS Code's SecretStorage that is used here. */
export interface SecretVault {
  get(name: string): PromiseLike<string | undefined>;
  store(name: string, value: string): PromiseLike<void>;
  delete(name: string): PromiseLike<void>;
  readonly onDidChange: (listener: (event: { readonly key: string }) => void) => Disposable;
}

/** What the sandbox accepts; it guards nothing. */
export const sandboxKey = 'sandbox';

const environmentVariables = ['GEMINI_API_KEY', 'GOOGLE_API_KEY'];
const prefix = 'batchwright.key.';

/** The API key of each connection. Keys live in the system's secret storage; the environment is read, never written. */
export class KeyStore implements Disposable {
  private readonly changed = new Emitter<string>();
  /** The id of the connection whose key was stored or removed, in this window or another. */
  readonly onDidChange: Event<string> = this.changed.event;
  private readonly subscription: Disposable;

  constructor(
    private readonly vault: SecretVault,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.subscription = vault.onDidChange(({ key }) => {
      if (key.startsWith(prefix)) this.changed.fire(key.slice(prefix.length));
    });
  }

  /** The key that calls of this connection carry; undefined where nobody gave one. */
  async get(connectionId: string): Promise<ApiKey | undefined> {
    if (connectionId === 'sandbox') return { value: sandboxKey, source: 'fixed' };
    const stored = await this.vault.get(prefix + connectionId);
    if (stored !== undefined && stored !== '') return { value: stored, source: 'stored' };
    // The variables name Google's own service: no other connection may get what is in them.
    if (connectionId !== 'gemini') return undefined;
    for (const variable of environmentVariables) {
      const value = this.environment[variable]?.trim();
      if (value !== undefined && value !== '') return { value, source: 'environment', variable };
    }
    return undefined;
  }

  async set(connectionId: string, value: string): Promise<void> {
    await this.vault.store(prefix + connectionId, value.trim());
  }

  async remove(connectionId: string): Promise<void> {
    await this.vault.delete(prefix + connectionId);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

/** Why `value` cannot be a key, for the input box; undefined when it may be one. */
export function keyProblem(value: string): 'empty' | 'spaces' | 'characters' | undefined {
  const key = value.trim();
  if (key === '') return 'empty';
  if (/\s/.test(key)) return 'spaces';
  // A header carries it: anything but printable ASCII would make every call fail with a puzzling message.
  return /^[\x21-\x7e]+$/.test(key) ? undefined : 'characters';
}
