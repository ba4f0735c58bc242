import * as l10n from '@vscode/l10n';

/** What calls are for, and how it is said that they failed. The names are for the log, the sentences for people. */
const sentences = {
  'cancel the job': (why: string) => l10n.t('Could not cancel the job: {0}', why),
  'change the job': (why: string) => l10n.t('Could not change the job: {0}', why),
  'change the webhook': (why: string) => l10n.t('Could not change the webhook: {0}', why),
  'count the tokens': (why: string) => l10n.t('Could not count the tokens: {0}', why),
  'create the job': (why: string) => l10n.t('Could not create the job: {0}', why),
  'create the webhook': (why: string) => l10n.t('Could not create the webhook: {0}', why),
  'delete the file': (why: string) => l10n.t('Could not delete the file: {0}', why),
  'delete the job': (why: string) => l10n.t('Could not delete the job: {0}', why),
  'delete the webhook': (why: string) => l10n.t('Could not delete the webhook: {0}', why),
  'list the cached contents': (why: string) => l10n.t('Could not list the cached contents: {0}', why),
  'list the files': (why: string) => l10n.t('Could not list the files: {0}', why),
  'list the jobs': (why: string) => l10n.t('Could not list the jobs: {0}', why),
  'list the models': (why: string) => l10n.t('Could not list the models: {0}', why),
  'list the webhooks': (why: string) => l10n.t('Could not list the webhooks: {0}', why),
  'ping the webhook': (why: string) => l10n.t('Could not ping the webhook: {0}', why),
  'read the file': (why: string) => l10n.t('Could not read the file: {0}', why),
  'read the job': (why: string) => l10n.t('Could not read the job: {0}', why),
  'read the webhook': (why: string) => l10n.t('Could not read the webhook: {0}', why),
  'rotate the secret': (why: string) => l10n.t('Could not rotate the secret: {0}', why),
  'save the results': (why: string) => l10n.t('Could not save the results: {0}', why),
  'try the request': (why: string) => l10n.t('Could not try the request: {0}', why),
  'upload the request file': (why: string) => l10n.t('Could not upload the request file: {0}', why),
};

/** What a call is for. */
export type Doing = keyof typeof sentences;

/** The message of an error: what could not be done, and why. */
export function couldNot(doing: Doing, why: string): string {
  return sentences[doing](why);
}
