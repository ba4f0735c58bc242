import { l10n, window } from 'vscode';
import type { ContextKeys } from '../../config/contextKeys';
import type { JobEngine, JobEngineOptions } from '../../jobs/api';
import { createJobEngine } from '../../jobs/engine';
import { webhookTokenKey } from '../../jobs/submitter';
import { DisposableStore, type Disposable } from '../../util/disposable';
import { lazy } from '../../util/lazy';
import type { Logger } from '../../util/logger';
import { announce, announceStalled, type Announcement } from '../../views/announce';
import type { BatchesView } from '../../views/batchesView';
import type { Delivery } from '../../webhooks/delivery';
import type { CommandId } from '../../contributions';
import type { Keys, Ui } from '../context';

export interface EngineHostOptions {
  readonly engine: Omit<JobEngineOptions, 'connectionIds' | 'logger'>;
  /** Id of the connection in use. */
  readonly current: () => string;
  readonly keys: Keys;
  readonly view: Pick<BatchesView, 'attach'>;
  readonly contextKeys: Pick<ContextKeys, 'set'>;
  readonly ui: Pick<Ui, 'notify'>;
  readonly log: Logger & { show(): void };
  readonly run: (command: CommandId, args: readonly unknown[]) => Promise<void>;
  readonly showJobs: () => Promise<void>;
  /** Shows in the view that its list is being read. */
  readonly busy: (work: Promise<void>) => void;
  /** What can only begin once there is an engine. */
  readonly onStarted: () => Promise<void>;
}

/** Starts the job engine when it is first needed, and lets view, menus and notifications follow it. */
export class EngineHost implements Disposable {
  private readonly owned = new DisposableStore();
  /** The connection in use while it has a key; without one, its jobs are not asked for. */
  private listed: readonly string[] = [];

  constructor(private readonly options: EngineHostOptions) {}

  /** The engine, started. */
  readonly get: () => Promise<JobEngine> = lazy(() => this.start());

  /** Brings the list up to date without a word where it cannot: the view itself shows what is wrong. */
  refreshQuietly(): void {
    const refresh = async () => {
      try {
        const engine = await this.get();
        await this.chooseListed();
        if (this.listed.length > 0) await engine.refresh();
      } catch (error) {
        this.options.log.warn(`The jobs could not be listed: ${String(error)}`);
      }
      // Only from now on “no jobs yet” would be true.
      this.options.contextKeys.set('batchwright.listed', true);
    };
    this.options.busy(refresh());
  }

  /** Somebody says that a job changed: a reason to look at the service, never a fact about the job. */
  nudge(connectionId: string, { jobName, userMetadata }: Delivery): void {
    const token = userMetadata[webhookTokenKey];
    const look = async () =>
      (await this.get()).nudge({
        connectionId,
        ...(jobName === undefined ? {} : { jobName }),
        ...(token === undefined ? {} : { token }),
      });
    this.quietly(look());
  }

  dispose(): void {
    this.owned.dispose();
  }

  private async chooseListed(): Promise<void> {
    const id = this.options.current();
    this.listed = (await this.options.keys.get(id)) === undefined ? [] : [id];
  }

  private async start(): Promise<JobEngine> {
    const { log, view, current } = this.options;
    await this.chooseListed();
    const engine = createJobEngine({ ...this.options.engine, connectionIds: () => this.listed, logger: log });
    const owned = new DisposableStore();
    owned.add(engine);
    owned.add(engine.onDidFinish((jobs) => this.quietly(this.tell(announce(jobs, engine.jobs)))));
    owned.add(engine.onDidStall((jobs) => this.quietly(this.tell(announceStalled(jobs)))));
    owned.add(engine.onDidChange(() => this.countJobs(engine)));
    owned.add(window.onDidChangeWindowState(({ focused }) => engine.setFocused(focused)));
    try {
      await engine.start();
    } catch (error) {
      owned.dispose();
      throw error;
    }
    this.owned.add(owned);
    view.attach(engine, current());
    this.countJobs(engine);
    this.quietly(this.tellBroken(engine));
    this.quietly(this.options.onStarted());
    return engine;
  }

  private countJobs(engine: JobEngine): void {
    this.options.contextKeys.set('batchwright.hasJobs', engine.jobs.length > 0);
  }

  private async tell(announcement: Announcement | undefined): Promise<void> {
    if (announcement === undefined) return;
    const { severity, message, actions } = announcement;
    const chosen = await this.options.ui.notify(severity, message, ...actions.map(({ label }) => label));
    const action = actions.find(({ label }) => label === chosen);
    if (action === undefined) return;
    if (action.command === undefined) await this.options.showJobs();
    else await this.options.run(action.command, [action.target]);
  }

  private async tellBroken({ brokenRecords }: JobEngine): Promise<void> {
    const { log, ui } = this.options;
    const [first] = brokenRecords;
    if (first === undefined) return;
    for (const { path, reason } of brokenRecords) log.warn(`Set aside ${path}: ${reason}`);
    const message =
      brokenRecords.length === 1
        ? l10n.t('One record of the job list could not be read and was set aside: {0}', first.reason)
        : l10n.t('{0} records of the job list could not be read and were set aside.', brokenRecords.length);
    if ((await ui.notify('warning', message, l10n.t('Show Log'))) !== undefined) log.show();
  }

  /** For notifications, which wait for a person and answer to nobody. */
  private quietly(work: Promise<void>): void {
    work.catch((error: unknown) => this.options.log.error(String(error)));
  }
}
