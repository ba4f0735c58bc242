import { window, type ExtensionContext } from 'vscode';
import type { ContextKeys } from '../config/contextKeys';
import type { KeyStore } from '../config/keys';
import type { ChannelLog } from '../config/log';
import { readNetwork } from '../config/network';
import { SandboxProcess } from '../config/sandboxProcess';
import type { VscodeSettings } from '../config/settings';
import { shareTranslations } from '../config/translations';
import type { storageLayout } from '../config/storage';
import { viewIds, type CommandId } from '../contributions';
import { createTransport } from '../http/undiciTransport';
import type { JobEngine } from '../jobs/api';
import type { LanguageHandle } from '../language/startLanguage';
import { hasNetwork } from '../jobs/network';
import type { DocumentState, KnownFilesParams } from '../shared/lsp';
import type { PriceOverrides } from '../shared/pricing';
import { systemClock } from '../util/clock';
import { DisposableStore, type Disposable } from '../util/disposable';
import { WorkerScanner } from '../results/workerScanner';
import { AnswerDocuments } from '../views/answerDocuments';
import type { BatchesView } from '../views/batchesView';
import type { ResultsEditors } from '../views/results/api';
import type { WebhooksSnapshot, WebhooksView } from '../views/webhooksView';
import { runCommand } from './boundary';
import { ConnectionServices } from './connections/connectionServices';
import type { CommandContext } from './context';
import { EngineHost } from './host/engineHost';
import { lensPrice } from './submission/lensPrice';
import { knownFiles } from './files/knownFiles';
import { pricesOf } from './submission/prices';
import { VscodeServiceDiagnostics } from './host/serviceDiagnostics';
import { commandTable } from './table';
import { SettingsWatch } from './host/settingsWatch';
import { vscodeUi } from './host/vscodeUi';
import { WebhookServices } from './webhooks/webhookServices';
import { VscodeWorkbench } from './host/vscodeWorkbench';

/** What exists from the first moment of the extension, because it costs nothing. */
export interface ApplicationParts {
  readonly extension: ExtensionContext;
  readonly storage: ReturnType<typeof storageLayout>;
  readonly log: ChannelLog;
  readonly settings: VscodeSettings;
  readonly keys: KeyStore;
  readonly contextKeys: ContextKeys;
  readonly view: BatchesView;
  readonly webhooksView: WebhooksView;
  readonly language: () => Promise<LanguageHandle>;
  readonly results: () => Promise<ResultsEditors>;
}

/** Everything behind the commands, made when the first of them, the view or an unfinished job needs it. */
export class Application implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly connections: ConnectionServices;
  private readonly webhooks: WebhookServices;
  private readonly engineHost: EngineHost;
  private readonly context: CommandContext;

  constructor(private readonly parts: ApplicationParts) {
    shareTranslations();
    const { extension, storage, log, settings, keys, view, language } = parts;
    const sandbox = this.owned.add(
      new SandboxProcess({
        script: extension.asAbsolutePath('dist/sandbox.js'),
        directory: storage.sandbox,
        environment: process.env,
        logger: log,
      }),
    );
    const transport = this.owned.add(createTransport(() => readNetwork(process.env)));
    this.connections = new ConnectionServices({ settings, keys, sandbox, transport, logger: log });
    this.webhooks = this.owned.add(
      new WebhookServices({
        settings,
        vault: extension.secrets,
        keys,
        connections: this.connections,
        transport,
        clock: systemClock,
        logger: log,
        refreshView: () => parts.webhooksView.refresh(),
        onDelivery: (connectionId, delivery) => this.engineHost.nudge(connectionId, delivery),
      }),
    );
    const workbench = new VscodeWorkbench(
      storage.samples,
      this.owned.add(new AnswerDocuments()),
      parts.results,
    );
    this.engineHost = this.owned.add(
      new EngineHost({
        engine: {
          directory: storage.ledger,
          service: (connectionId) => this.connections.service(connectionId),
          secrets: extension.secrets,
          pollSeconds: () => settings.get('polling.seconds'),
          deleteInputFiles: () => settings.get('files.deleteAfterSuccess'),
          createScanner: () => new WorkerScanner(extension.asAbsolutePath('dist/results-worker.js')),
          isOnline: (connectionId) => this.connections.isLocal(connectionId) || hasNetwork(),
        },
        current: () => this.connections.current,
        keys,
        view,
        contextKeys: parts.contextKeys,
        ui: vscodeUi,
        log,
        run: (command, args) => this.run(command, args),
        showJobs: () => workbench.showJobs(),
        busy: (work) => void window.withProgress({ location: { viewId: viewIds[0] } }, () => work),
        onStarted: () => this.webhooks.follow(),
      }),
    );
    this.context = {
      ui: vscodeUi,
      workbench,
      settings,
      keys,
      connections: this.connections,
      engine: this.engineHost.get,
      language,
      results: parts.results,
      prices: () => this.prices(),
      view,
      serviceDiagnostics: this.owned.add(new VscodeServiceDiagnostics()),
      webhooks: this.webhooks,
      memory: {
        get: (key) => extension.globalState.get<unknown>(key),
        set: async (key, value) => extension.globalState.update(key, value),
      },
      log,
      now: () => systemClock.now(),
    };
    this.owned.add(new SettingsWatch({ settings, ui: vscodeUi, workbench, log }));
    this.owned.add(settings.onDidChange((ids) => ids.includes('connection') && this.refreshQuietly()));
    this.owned.add(keys.onDidChange(() => this.refreshQuietly()));
  }

  async run(id: CommandId, args: readonly unknown[]): Promise<void> {
    await runCommand(this.context, id, commandTable[id], args);
  }

  /** Brings the list of jobs up to date; the view itself shows what keeps it from that. */
  refreshQuietly(): void {
    this.engineHost.refreshQuietly();
  }

  /** The job engine, started at the first call. */
  engine(): Promise<JobEngine> {
    return this.engineHost.get();
  }

  /** Prices that the person set. */
  prices(): PriceOverrides {
    return pricesOf(this.parts.settings);
  }

  /** What the line above a request file says about money. */
  lensPrice(state: DocumentState): string | undefined {
    const { connections, memory, now } = this.context;
    return lensPrice(state, { connections, memory, prices: this.prices(), now: now() });
  }

  /** What the language server may know of files at the service. */
  knownFiles(): Promise<KnownFilesParams | undefined> {
    return knownFiles(this.connections, this.parts.keys);
  }

  /** What the Webhooks view shows. */
  webhooksSnapshot(): Promise<WebhooksSnapshot> {
    return this.webhooks.snapshot();
  }

  dispose(): void {
    this.owned.dispose();
  }
}
