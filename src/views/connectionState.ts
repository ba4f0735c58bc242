import { connectionLabel } from '../config/connectionLabel';
import type { ContextKeys } from '../config/contextKeys';
import type { KeyStore } from '../config/keys';
import type { SettingsReader } from '../config/settings';
import { DisposableStore, type Disposable } from '../util/disposable';
import type { Logger } from '../util/logger';
import type { BatchesView } from './batchesView';

/** Keeps what menus and welcome texts depend on in step with settings and keys. */
export class ConnectionState implements Disposable {
  private readonly owned = new DisposableStore();

  constructor(
    private readonly settings: SettingsReader,
    private readonly keys: KeyStore,
    private readonly contextKeys: ContextKeys,
    private readonly view: Pick<BatchesView, 'useConnection'>,
    private readonly log: Logger,
  ) {
    this.owned.add(
      settings.onDidChange(
        (ids) => (ids.includes('connection') || ids.includes('connections')) && this.refresh(),
      ),
    );
    this.owned.add(keys.onDidChange(() => this.refresh()));
    this.refresh();
  }

  dispose(): void {
    this.owned.dispose();
  }

  private refresh(): void {
    const connectionId = this.settings.get('connection');
    this.contextKeys.set('batchwright.connection', connectionId);
    this.contextKeys.set('batchwright.noSuchConnection', !exists(connectionId, this.settings));
    this.contextKeys.set('batchwright.hasWebhooks', speaksGemini(connectionId, this.settings));
    this.view.useConnection(connectionId, connectionLabel(connectionId));
    this.keys.get(connectionId).then(
      (key) => {
        // The answer may be late, and about a connection that is no longer the one in use.
        if (this.settings.get('connection') !== connectionId) return;
        this.contextKeys.set('batchwright.hasKey', key !== undefined);
        this.contextKeys.set('batchwright.ready', true);
      },
      (error: unknown) => this.log.error(`The secret storage could not be read: ${String(error)}`),
    );
  }
}

function exists(connectionId: string, settings: SettingsReader): boolean {
  return isBuiltIn(connectionId) || entryOf(connectionId, settings) !== undefined;
}

/** Webhooks are a part of the Gemini API; OpenAI-compatible services, which entries are unless they say otherwise, have none. */
function speaksGemini(connectionId: string, settings: SettingsReader): boolean {
  return isBuiltIn(connectionId) || entryOf(connectionId, settings)?.family === 'gemini';
}

function isBuiltIn(connectionId: string): boolean {
  return connectionId === 'gemini' || connectionId === 'sandbox';
}

/** The entry of the settings, as it is: a package that checks entries would be loaded with the extension. */
function entryOf(connectionId: string, settings: SettingsReader): { readonly family?: unknown } | undefined {
  const entries = settings.get('connections') as readonly ({
    readonly name?: unknown;
    readonly family?: unknown;
  } | null)[];
  return entries.find((entry) => entry?.name === connectionId) ?? undefined;
}
