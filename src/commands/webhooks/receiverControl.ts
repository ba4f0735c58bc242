import { l10n } from 'vscode';
import { addressProblem } from '../../config/connections';
import type { SettingsReader } from '../../config/settings';
import type { WebhookSecrets } from '../../config/webhookSecrets';
import { fetchThrough } from '../../http/fetchThrough';
import type { Transport } from '../../http/transport';
import type { Connection } from '../../shared/connection';
import { Sequencer } from '../../util/async';
import type { Clock } from '../../util/clock';
import type { Disposable } from '../../util/disposable';
import { Emitter, type Event } from '../../util/event';
import { errorCode } from '../../util/files';
import type { Logger } from '../../util/logger';
import { isLoopback } from '../../util/loopback';
import type { ReceiverState } from '../../views/presentWebhook';
import type { Delivery } from '../../webhooks/delivery';
import { newPath, startWebhookReceiver, type WebhookReceiver } from '../../webhooks/receiver';
import { createVerifier } from '../../webhooks/verifier';

export interface ReceiverControlOptions {
  readonly settings: SettingsReader;
  readonly secrets: WebhookSecrets;
  /** Keeps the path, which is a secret, between sessions. */
  readonly vault: {
    get(name: string): PromiseLike<string | undefined>;
    store(name: string, value: string): PromiseLike<void>;
  };
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The connection in use. */
  readonly connection: () => Promise<Connection>;
  /** An address through which the world reaches a loopback address, or that same address where there is none. */
  readonly asExternal: (url: string) => Promise<string>;
}

/** Where deliveries can be sent, and by whom. */
export interface ReceiverAddress {
  readonly url: string;
  readonly reach: 'public' | 'loopback';
}

const pathSecret = 'batchwright.webhooks.path';
const maxKeysBytes = 256 * 1024;

/** Runs the receiver as the settings say. */
export class ReceiverControl implements Disposable {
  private readonly heard = new Emitter<Delivery>();
  /** A verified delivery: a reason to look at the service. */
  readonly onDelivery: Event<Delivery> = this.heard.event;
  private readonly steps = new Sequencer();
  private receiver: WebhookReceiver | undefined;
  private connectionId: string | undefined;
  private failure: string | undefined;
  private disposed = false;

  constructor(private readonly options: ReceiverControlOptions) {}

  /** Starts, stops or moves the receiver, whatever the settings ask for now. Never rejects: {@link state} tells. */
  apply(): Promise<void> {
    return this.steps.run(async () => {
      const { settings, logger } = this.options;
      const wanted = settings.get('webhooks.receive') && !this.disposed;
      const port = settings.get('webhooks.port');
      if (wanted && this.serves(port, settings.get('connection'))) return;
      this.stop();
      if (!wanted) return;
      try {
        await this.start(port);
      } catch (error) {
        this.failure = startFailure(error, port);
        logger.warn(`The webhook receiver does not listen: ${this.failure}`);
      }
    });
  }

  async state(): Promise<ReceiverState> {
    if (this.failure !== undefined) return { kind: 'failed', reason: this.failure };
    if (
      this.receiver !== undefined &&
      addressProblem(this.configured) !== undefined &&
      this.configured !== ''
    ) {
      const reason = l10n.t('the setting {0} is no https address', 'batchwright.webhooks.publicAddress');
      return { kind: 'failed', reason };
    }
    const address = await this.address();
    if (this.receiver === undefined || address === undefined) return { kind: 'off' };
    return { kind: 'on', port: this.receiver.port, reach: address.reach, host: new URL(address.url).host };
  }

  /** Where the service has to deliver; undefined while the receiver is off. */
  async address(): Promise<ReceiverAddress | undefined> {
    const { receiver } = this;
    if (receiver === undefined) return undefined;
    const { configured } = this;
    if (configured !== '' && addressProblem(configured) === undefined) {
      return { url: configured + new URL(receiver.url).pathname, reach: 'public' };
    }
    const external = await this.options.asExternal(receiver.url);
    const isPublic = URL.canParse(external) && !isLoopback(new URL(external).hostname);
    return isPublic ? { url: external, reach: 'public' } : { url: receiver.url, reach: 'loopback' };
  }

  /** The address for a submission to `connection`; undefined where its service could not deliver there. */
  async addressFor(connection: Connection): Promise<string | undefined> {
    const address = await this.address();
    if (address === undefined) return undefined;
    const local = isLoopback(new URL(connection.baseUrl).hostname);
    return address.reach === 'public' || local ? address.url : undefined;
  }

  private get configured(): string {
    return this.options.settings.get('webhooks.publicAddress').trim().replace(/\/+$/, '');
  }

  dispose(): void {
    this.disposed = true;
    this.stop();
    this.heard.dispose();
  }

  /** Whether what runs is what is asked for; any port will do where none is named. */
  private serves(port: number, connectionId: string): boolean {
    if (this.receiver === undefined || this.connectionId !== connectionId) return false;
    return port === 0 || port === this.receiver.port;
  }

  private stop(): void {
    this.receiver?.dispose();
    this.receiver = undefined;
    this.failure = undefined;
  }

  private async start(port: number): Promise<void> {
    const { secrets, transport, clock, logger, connection } = this.options;
    const { id, baseUrl } = await connection();
    const verifier = createVerifier({
      secrets: () => secrets.all(id),
      jwks: {
        url: `${baseUrl}/.well-known/jwks.json`,
        fetch: fetchThrough(transport, { maxBytes: maxKeysBytes }),
      },
      clock,
    });
    const receiver = await startWebhookReceiver({ port, path: await this.path(), verifier, clock, logger });
    if (this.wasDisposed()) {
      receiver.dispose();
      return;
    }
    receiver.onDelivery((delivery) => {
      logger.info(`A webhook delivery came in: ${delivery.type}.`);
      this.heard.fire(delivery);
    });
    this.receiver = receiver;
    this.connectionId = id;
    logger.info(`The webhook receiver listens on port ${receiver.port} of this machine.`);
  }

  /** A method, because the flag can change during an await, which the compiler does not see. */
  private wasDisposed(): boolean {
    return this.disposed;
  }

  /** The path of last time, so that registered addresses stay right. */
  private async path(): Promise<string> {
    const { vault } = this.options;
    const known = await vault.get(pathSecret);
    if (known !== undefined) return known;
    const fresh = newPath();
    await vault.store(pathSecret, fresh);
    return fresh;
  }
}

function startFailure(error: unknown, port: number): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return l10n.t('port {0} is taken, perhaps by another window', port);
    case 'EACCES':
      return l10n.t('port {0} is not allowed; choose one above 1023', port);
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
