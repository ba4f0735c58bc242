import { commands, workspace, type ExtensionContext } from 'vscode';
import type { Application } from './commands/application';
import { ContextKeys } from './config/contextKeys';
import { KeyStore } from './config/keys';
import { ChannelLog } from './config/log';
import { VscodeSettings } from './config/settings';
import { settingSchemas } from './config/settingSchema';
import { storageLayout } from './config/storage';
import { holdsJsonLines } from './config/jsonLines';
import { commandIds } from './contributions';
import type { LanguageHandle } from './language/startLanguage';
import { hasUnfinishedJobs } from './jobs/peek';
import { systemClock } from './util/clock';
import type { Disposable } from './util/disposable';
import { lazy } from './util/lazy';
import { BatchesView } from './views/batchesView';
import { ConnectionState } from './views/connectionState';
import type { ResultsEditors } from './views/results/api';
import { AskedDefinition } from './views/results/askedDefinition';
import { registerResultsEditor } from './views/results/lazyProvider';
import { WebhooksView } from './views/webhooksView';

/** Composition root: makes what costs nothing, and loads the rest when a command, the view, a file or a job needs it. */
export function activate(extension: ExtensionContext): void {
  const own = <T extends Disposable>(item: T): T => {
    extension.subscriptions.push(item);
    return item;
  };
  const storage = storageLayout(extension.globalStorageUri.fsPath);
  const log = own(new ChannelLog());
  const settings = own(new VscodeSettings(settingSchemas(extension.extension.packageJSON)));
  const keys = own(new KeyStore(extension.secrets, process.env));
  const contextKeys = new ContextKeys();
  const view = own(new BatchesView(systemClock, contextKeys));
  const webhooksView = own(new WebhooksView(async () => (await application()).webhooksSnapshot()));
  own(new ConnectionState(settings, keys, contextKeys, view, log));
  const definitions = own(new AskedDefinition());

  const language: () => Promise<LanguageHandle> = lazy(async () => {
    const { startLanguage } = await import('./language/startLanguage');
    return own(
      startLanguage({
        extensionUri: extension.extensionUri,
        log: log.channel,
        memory: extension.workspaceState,
        priceOf: async (state) => (await application()).lensPrice(state),
        knownFiles: async () => (await application()).knownFiles(),
      }),
    );
  });
  const application: () => Promise<Application> = lazy(async () => {
    const { Application } = await import('./commands/application');
    return own(
      new Application({
        extension,
        storage,
        log,
        settings,
        keys,
        contextKeys,
        view,
        webhooksView,
        language,
        results,
      }),
    );
  });
  const results: () => Promise<ResultsEditors> = lazy(async () => {
    const owner = await application();
    const { createResultsEditors } = await import('./views/results/register');
    return own(
      createResultsEditors(extension, {
        engine: () => owner.engine(),
        prices: () => owner.prices(),
        definitions,
        retry: ({ job, outcomes }) => owner.run('batchwright.retryRows', [job?.id, { outcomes }]),
        logger: log,
        now: () => systemClock.now(),
      }),
    );
  });
  own(registerResultsEditor(results));
  const later = (what: string, work: Promise<unknown>) => {
    work.catch((error: unknown) => log.error(`${what} failed: ${String(error)}`));
  };

  for (const id of commandIds) {
    own(commands.registerCommand(id, async (...args: unknown[]) => (await application()).run(id, args)));
  }

  const showJobs = async () => (await application()).refreshQuietly();
  own(view.onDidChangeVisibility(({ visible }) => visible && later('Reading the jobs', showJobs())));
  const resumeJobs = async () => {
    if (await hasUnfinishedJobs(storage.ledger)) await showJobs();
  };
  later('Looking for unfinished jobs', resumeJobs());

  const checkFiles = () => later('Starting the language server', language());
  own(workspace.onDidOpenTextDocument((document) => holdsJsonLines(document) && checkFiles()));
  if (workspace.textDocuments.some(holdsJsonLines)) checkFiles();
}
