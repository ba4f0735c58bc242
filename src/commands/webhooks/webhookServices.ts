import { env, Uri } from 'vscode';
import type { SettingsReader } from '../../config/settings';
import type { SecretVault } from '../../config/keys';
import { WebhookSecrets } from '../../config/webhookSecrets';
import type { Transport } from '../../http/transport';
import type { Clock } from '../../util/clock';
import { DisposableStore, type Disposable } from '../../util/disposable';
import type { Logger } from '../../util/logger';
import type { WebhooksSnapshot } from '../../views/webhooksView';
import type { Delivery } from '../../webhooks/delivery';
import type { Connections, Keys, Webhooks } from '../context';
import { ReceiverControl } from './receiverControl';

export interface WebhookServicesOptions {
  readonly settings: SettingsReader;
  readonly vault: SecretVault;
  readonly keys: Keys;
  readonly connections: Connections;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly refreshView: () => void;
  /** Something happened to a job of this connection: look at the service. */
  readonly onDelivery: (connectionId: string, delivery: Delivery) => void;
}

/** Webhooks as commands and the view use them: secrets and receiver, kept as the settings say. */
export class WebhookServices implements Webhooks, Disposable {
  readonly secrets: WebhookSecrets;
  readonly receiver: ReceiverControl;
  readonly refreshView: () => void;
  private readonly owned = new DisposableStore();

  constructor(private readonly options: WebhookServicesOptions) {
    const { settings, vault, connections, transport, clock, logger, refreshView, onDelivery } = options;
    this.refreshView = refreshView;
    this.secrets = new WebhookSecrets(vault, clock);
    this.receiver = this.owned.add(
      new ReceiverControl({
        settings,
        secrets: this.secrets,
        vault,
        transport,
        clock,
        logger,
        connection: () => connections.describe(connections.current),
        asExternal: async (url) => (await env.asExternalUri(Uri.parse(url))).toString(true),
      }),
    );
    this.owned.add(this.receiver.onDelivery((delivery) => onDelivery(connections.current, delivery)));
    this.owned.add(
      settings.onDidChange((ids) => {
        if (ids.some((id) => id.startsWith('webhooks.') || id === 'connection')) void this.follow();
      }),
    );
  }

  /** Brings the receiver in line with the settings, and the view in line with both. */
  async follow(): Promise<void> {
    await this.receiver.apply();
    this.refreshView();
  }

  /** What the view shows now. Rejects with ServiceError where the service cannot be asked. */
  async snapshot(): Promise<WebhooksSnapshot> {
    const { keys, connections } = this.options;
    const connectionId = connections.current;
    const receiver = await this.receiver.state();
    if ((await keys.get(connectionId)) === undefined) return { receiver, webhooks: [], copyable: new Set() };
    const api = (await connections.service(connectionId)).webhooks;
    const webhooks = api === undefined ? [] : await api.list();
    return { receiver, webhooks, copyable: await this.secrets.copyable(connectionId) };
  }

  dispose(): void {
    this.owned.dispose();
  }
}
