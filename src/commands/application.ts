import { l10n, window, type ExtensionContext } from 'vscode';
import type { ContextKeys } from '../config/contextKeys';
import type { KeyStore } from '../config/keys';
import type { ChannelLog } from '../config/log';
import { readNetwork } from '../config/network';
import { SandboxProcess } from '../config/sandboxProcess';
import type { VscodeSettings } from '../config/settings';
import type { storageLayout } from '../config/storage';
import type { CommandId } from '../contributions';
import { createTransport } from '../http/undiciTransport';
import type { Job, JobEngine } from '../jobs/api';
import { createJobEngine } from '../jobs/engine';
import type { LanguageHandle } from '../language/startLanguage';
import { systemClock } from '../util/clock';
import { DisposableStore, type Disposable } from '../util/disposable';
import { lazy } from '../util/lazy';
import { announce } from '../views/announce';
import type { BatchesView } from '../views/batchesView';
import type { WebhooksSnapshot, WebhooksView } from '../views/webhooksView';
import { runCommand } from './boundary';
import { ConnectionServices } from './connectionServices';
import type { CommandContext } from './context';
import { VscodeServiceDiagnostics } from './serviceDiagnostics';
import { commandTable } from './table';
import { vscodeUi } from './vscodeUi';
import { WebhookServices } from './webhooks/webhookServices';
import { VscodeWorkbench } from './vscodeWorkbench';

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
}

/** Everything behind the commands, made when the first of them, the view or an unfinished job needs it. */
export class Application implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly connections: ConnectionServices;
  private readonly webhooks: WebhookServices;
  private readonly context: CommandContext;

  constructor(private readonly parts: ApplicationParts) {
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
        onDelivery: () => this.refreshQuietly(),
      }),
    );
    this.context = {
      ui: vscodeUi,
      workbench: new VscodeWorkbench(storage.samples),
      settings,
      keys,
      connections: this.connections,
      engine: this.engine,
      language,
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
    this.owned.add(settings.onDidChange((ids) => ids.includes('connection') && this.refreshQuietly()));
    this.owned.add(keys.onDidChange(() => this.refreshQuietly()));
  }

  /** The job engine, started. */
  readonly engine: () => Promise<JobEngine> = lazy(() => this.startEngine());

  async run(id: CommandId, args: readonly unknown[]): Promise<void> {
    await runCommand(this.context, id, commandTable[id], args);
  }

  /** Brings the list up to date without a word where it cannot: the view itself shows what is wrong. */
  refreshQuietly(): void {
    const refresh = async () => {
      const engine = await this.engine();
      if ((await this.parts.keys.get(this.connections.current)) !== undefined) await engine.refresh();
    };
    refresh().catch((error: unknown) =>
      this.parts.log.warn(`The list of jobs could not be read: ${String(error)}`),
    );
  }

  /** What the Webhooks view shows. */
  webhooksSnapshot(): Promise<WebhooksSnapshot> {
    return this.webhooks.snapshot();
  }

  dispose(): void {
    this.owned.dispose();
  }

  private async startEngine(): Promise<JobEngine> {
    const { extension, storage, log, settings, view } = this.parts;
    const engine = createJobEngine({
      directory: storage.ledger,
      service: (connectionId) => this.connections.service(connectionId),
      connectionIds: () => [this.connections.current],
      secrets: extension.secrets,
      logger: log,
      pollSeconds: () => settings.get('polling.seconds'),
    });
    const owned = new DisposableStore();
    owned.add(engine);
    owned.add(engine.onDidFinish((jobs) => this.tellFinished(jobs)));
    owned.add(engine.onDidChange(() => this.showJobs(engine)));
    owned.add(window.onDidChangeWindowState(({ focused }) => engine.setFocused(focused)));
    try {
      await engine.start();
    } catch (error) {
      owned.dispose();
      throw error;
    }
    this.owned.add(owned);
    view.attach(engine, this.connections.current);
    this.showJobs(engine);
    this.tellBroken(engine);
    await this.webhooks.follow();
    return engine;
  }

  private showJobs(engine: JobEngine): void {
    this.parts.contextKeys.set('batchwright.hasJobs', engine.jobs.length > 0);
  }

  private tellFinished(jobs: readonly Job[]): void {
    const announcement = announce(jobs);
    if (announcement === undefined) return;
    const { severity, message, openResultsOf } = announcement;
    const action = openResultsOf === undefined ? l10n.t('Show Batches') : l10n.t('Open Results');
    const tell = async () => {
      if (!(await vscodeUi.notify(severity, message, action))) return;
      if (openResultsOf === undefined) await this.context.workbench.showJobs();
      else await this.run('batchwright.openResults', [openResultsOf]);
    };
    tell().catch((error: unknown) => this.parts.log.error(String(error)));
  }

  private tellBroken({ brokenRecords }: JobEngine): void {
    const [first] = brokenRecords;
    if (first === undefined) return;
    for (const { path: file, reason } of brokenRecords) this.parts.log.warn(`Set aside ${file}: ${reason}`);
    const message =
      brokenRecords.length === 1
        ? l10n.t('One record of the job list could not be read and was set aside: {0}', first.reason)
        : l10n.t('{0} records of the job list could not be read and were set aside.', brokenRecords.length);
    const tell = async () => {
      if (await vscodeUi.notify('warning', message, l10n.t('Show Log'))) this.parts.log.show();
    };
    tell().catch((error: unknown) => this.parts.log.error(String(error)));
  }
}
