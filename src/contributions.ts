/**
 * Every id that package.json declares, once, as types. test/unit/frame/contributions.test.ts holds this file and the manifest
 * to each other, so an id cannot be misspelt or forgotten on either side.
 */

export const commandIds = [
  'batchwright.submitActiveFile',
  'batchwright.submitFile',
  'batchwright.setApiKey',
  'batchwright.removeApiKey',
  'batchwright.useSandbox',
  'batchwright.useGemini',
  'batchwright.useConnection',
  'batchwright.addConnection',
  'batchwright.refreshJobs',
  'batchwright.cancelJob',
  'batchwright.deleteJob',
  'batchwright.openResults',
  'batchwright.openRequestFile',
  'batchwright.copyJobName',
  'batchwright.resumeSubmission',
  'batchwright.discardSubmission',
  'batchwright.copyAsCurl',
  'batchwright.copyAsPython',
  'batchwright.copyAsJavaScript',
  'batchwright.filterJobs',
  'batchwright.clearJobsFilter',
  'batchwright.sortJobs',
  'batchwright.loadMoreJobs',
  'batchwright.openSample',
  'batchwright.submitInParts',
  'batchwright.retryRows',
  'batchwright.resubmitJob',
  'batchwright.mergeResults',
  'batchwright.adoptJob',
  'batchwright.exportJobs',
  'batchwright.importJobs',
  'batchwright.openAsResults',
  'batchwright.results.search',
  'batchwright.results.export',
  'batchwright.results.compare',
  'batchwright.results.retry',
  'batchwright.results.reopenAsText',
  'batchwright.manageFiles',
  'batchwright.showLog',
  'batchwright.validateFile',
  'batchwright.restartLanguageServer',
  'batchwright.editAsJson',
  'batchwright.formatLines',
  'batchwright.chooseDialect',
  'batchwright.convertToGemini',
  'batchwright.convertToOpenAi',
  'batchwright.tryRequest',
  'batchwright.createWebhook',
  'batchwright.enableWebhook',
  'batchwright.disableWebhook',
  'batchwright.pingWebhook',
  'batchwright.rotateWebhookSecret',
  'batchwright.copyWebhookSecret',
  'batchwright.deleteWebhook',
  'batchwright.refreshWebhooks',
  'batchwright.startReceiver',
  'batchwright.stopReceiver',
  'batchwright.copyReceiverAddress',
] as const;
export type CommandId = (typeof commandIds)[number];

export const viewIds = ['batchwright.jobs', 'batchwright.webhooks'] as const;
export type ViewId = (typeof viewIds)[number];

/** Setting name without the `batchwright.` prefix -> type. Defaults live in package.json only. */
export interface Settings {
  connection: string;
  connections: readonly unknown[];
  'gemini.baseUrl': string;
  'gemini.apiVersion': string;
  'polling.seconds': number;
  'results.folder': string;
  'validation.rules': Readonly<Record<string, string>>;
  'webhooks.receive': boolean;
  'webhooks.port': number;
  'webhooks.publicAddress': string;
  'webhooks.onSubmit': boolean;
  'budget.usd': number;
  prices: Readonly<Record<string, unknown>>;
  tier: '' | 'tier1' | 'tier2' | 'tier3';
  'split.maxRows': number;
  'split.maxTokens': number;
  'files.deleteAfterSuccess': boolean;
  'submit.input': 'auto' | 'file' | 'inline';
  'submit.priority': number;
}
export type SettingId = keyof Settings;

export const settingIds = [
  'connection',
  'connections',
  'gemini.baseUrl',
  'gemini.apiVersion',
  'polling.seconds',
  'results.folder',
  'validation.rules',
  'webhooks.receive',
  'webhooks.port',
  'webhooks.publicAddress',
  'webhooks.onSubmit',
  'budget.usd',
  'prices',
  'tier',
  'split.maxRows',
  'split.maxTokens',
  'files.deleteAfterSuccess',
  'submit.input',
  'submit.priority',
] as const satisfies readonly SettingId[];

/** Context keys that `when` clauses read. */
export const contextKeys = [
  'batchwright.ready',
  'batchwright.hasKey',
  'batchwright.hasJobs',
  'batchwright.listed',
  'batchwright.connection',
  'batchwright.noSuchConnection',
  'batchwright.hasWebhooks',
  'batchwright.filtered',
] as const;
export type ContextKey = (typeof contextKeys)[number];
