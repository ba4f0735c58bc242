import { l10n } from 'vscode';
import { connectionLabel } from '../../config/connectionLabel';
import {
  addressProblem,
  customConnections,
  geminiConnection,
  sandboxConnection,
  type AddressProblem,
} from '../../config/connections';
import type { SandboxProcess } from '../../config/sandboxProcess';
import type { SettingsReader } from '../../config/settings';
import type { Transport } from '../../http/transport';
import { createBatchService } from '../../openai/createService';
import type { BatchService } from '../../shared/batchService';
import type { Connection } from '../../shared/connection';
import { ServiceError } from '../../shared/serviceError';
import type { Logger } from '../../util/logger';
import { isLoopback } from '../../util/loopback';
import type { Connections, Keys } from '../context';
import { Refusal } from '../refusal';
import { connectionProblemText } from './connectionProblem';

export interface ConnectionServicesOptions {
  readonly settings: SettingsReader;
  readonly keys: Keys;
  readonly sandbox: Pick<SandboxProcess, 'ensure'>;
  readonly transport: Transport;
  readonly logger: Logger;
}

/** Builds the service of each connection from settings and key, and keeps it until one of them changes. */
export class ConnectionServices implements Connections {
  private readonly built = new Map<
    string,
    { readonly connection: Connection; readonly service: BatchService }
  >();

  constructor(private readonly options: ConnectionServicesOptions) {}

  get current(): string {
    return this.options.settings.get('connection');
  }

  label(connectionId: string): string {
    return connectionLabel(connectionId);
  }

  get ids(): readonly string[] {
    const { connections } = customConnections(this.options.settings.get('connections'));
    return ['gemini', 'sandbox', ...connections.map(({ id }) => id)];
  }

  isLocal(connectionId: string): boolean {
    if (connectionId === 'sandbox') return true;
    const { settings } = this.options;
    const { connections } = customConnections(settings.get('connections'));
    const baseUrl =
      connectionId === 'gemini'
        ? settings.get('gemini.baseUrl')
        : connections.find(({ id }) => id === connectionId)?.baseUrl;
    return baseUrl !== undefined && URL.canParse(baseUrl) && isLoopback(new URL(baseUrl).hostname);
  }

  async use(connectionId: string): Promise<void> {
    if (this.current !== connectionId) await this.options.settings.set('connection', connectionId);
  }

  async describe(connectionId: string): Promise<Connection> {
    const { settings, sandbox } = this.options;
    if (connectionId === 'sandbox') return sandboxConnection((await sandbox.ensure()).url);
    if (connectionId !== 'gemini') return this.custom(connectionId);
    const baseUrl = settings.get('gemini.baseUrl');
    const problem = addressProblem(baseUrl);
    if (problem !== undefined) {
      throw new Refusal(addressText(problem, baseUrl), {
        kind: 'settings',
        label: l10n.t('Open Setting'),
        query: 'batchwright.gemini.baseUrl',
      });
    }
    return geminiConnection(baseUrl, settings.get('gemini.apiVersion'));
  }

  async service(connectionId: string): Promise<BatchService> {
    const connection = await this.describe(connectionId);
    const known = this.built.get(connectionId);
    if (known !== undefined && same(known.connection, connection)) return known.service;
    const service = this.build(connection, () => this.key(connectionId));
    this.built.set(connectionId, { connection, service });
    return service;
  }

  async serviceWithKey(connectionId: string, key: string): Promise<BatchService> {
    return this.build(await this.describe(connectionId), () => Promise.resolve(key));
  }

  /** A connection of the setting `connections`. */
  private custom(connectionId: string): Connection {
    const { connections, problems } = customConnections(this.options.settings.get('connections'));
    const found = connections.find(({ id }) => id === connectionId);
    if (found !== undefined) return found;
    const bad = problems.find(({ name }) => name === connectionId);
    if (bad === undefined) {
      throw new Refusal(
        l10n.t('There is no connection “{0}” ({1}).', connectionId, 'batchwright.connection'),
        { kind: 'command', label: l10n.t('Choose Connection'), command: 'batchwright.useConnection' },
      );
    }
    throw new Refusal(
      l10n.t('The connection “{0}” cannot be used. {1}', connectionId, connectionProblemText(bad)),
      { kind: 'settings', label: l10n.t('Open Setting'), query: 'batchwright.connections' },
    );
  }

  private build(connection: Connection, key: () => Promise<string>): BatchService {
    const { transport, logger } = this.options;
    return createBatchService({ connection, key, transport, logger });
  }

  private async key(connectionId: string): Promise<string> {
    const key = await this.options.keys.get(connectionId);
    if (key !== undefined) return key.value;
    throw new ServiceError(
      l10n.t('{0} needs an API key, and there is none yet.', connectionLabel(connectionId)),
      {
        kind: 'auth',
        ambiguous: false,
      },
    );
  }
}

function same(a: Connection, b: Connection): boolean {
  const models = (connection: Connection) => connection.models?.join('\n');
  return (
    a.baseUrl === b.baseUrl &&
    a.apiVersion === b.apiVersion &&
    a.family === b.family &&
    models(a) === models(b)
  );
}

function addressText(problem: AddressProblem, address: string): string {
  switch (problem) {
    case 'notAnAddress':
      return l10n.t('The setting {0} is no address: {1}', 'batchwright.gemini.baseUrl', address);
    case 'notHttps':
      return l10n.t(
        'The setting {0} must begin with https, because the API key is sent there.',
        'batchwright.gemini.baseUrl',
      );
    case 'hasCredentials':
      return l10n.t('The setting {0} must not hold a user or password.', 'batchwright.gemini.baseUrl');
    case 'hasQuery':
      return l10n.t(
        'The setting {0} must end with the path, without “?” or “#”.',
        'batchwright.gemini.baseUrl',
      );
  }
}
