/**
 * Every id that package.json declares, once, as types. test/unit/frame/contributions.test.ts holds this file and the manifest
 * to each other, so an id cannot be misspelt or forgotten on either side.
 */

export const commandIds = [
  'batchwright.submitActiveFile',
  'batchwright.setApiKey',
  'batchwright.removeApiKey',
  'batchwright.useSandbox',
  'batchwright.useGemini',
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
  connection: 'gemini' | 'sandbox';
  'gemini.baseUrl': string;
  'gemini.apiVersion': string;
  'polling.seconds': number;
  'results.folder': string;
  'validation.rules': Readonly<Record<string, string>>;
  'webhooks.receive': boolean;
  'webhooks.port': number;
  'webhooks.publicAddress': string;
  'webhooks.onSubmit': boolean;
}
export type SettingId = keyof Settings;

export const settingIds = [
  'connection',
  'gemini.baseUrl',
  'gemini.apiVersion',
  'polling.seconds',
  'results.folder',
  'validation.rules',
  'webhooks.receive',
  'webhooks.port',
  'webhooks.publicAddress',
  'webhooks.onSubmit',
] as const satisfies readonly SettingId[];

/** Context keys that `when` clauses read. */
export const contextKeys = [
  'batchwright.ready',
  'batchwright.hasKey',
  'batchwright.hasJobs',
  'batchwright.connection',
  'batchwright.filtered',
] as const;
export type ContextKey = (typeof contextKeys)[number];
