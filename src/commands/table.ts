import type { CommandId } from '../contributions';
import { removeApiKey, setApiKey } from './apiKey';
import { cancelJob } from './cancelJob';
import type { CommandHandler } from './context';
import { copyAsCurl, copyAsJavaScript, copyAsPython, copyJobName } from './copyJob';
import { deleteJob } from './deleteJob';
import { clearJobsFilter, filterJobs, loadMoreJobs, sortJobs } from './jobsView';
import {
  chooseDialect,
  convertToGemini,
  convertToOpenAi,
  editAsJson,
  formatLines,
  restartLanguageServer,
  validateFile,
} from './languageCommands';
import { manageFiles } from './manageFiles';
import { openRequestFile } from './openRequestFile';
import { openResults } from './openResults';
import { adoptJob, exportJobs, importJobs } from './ledgerCommands';
import { refreshJobs } from './refreshJobs';
import { mergeResults, resubmitJob, retryRows } from './reruns';
import {
  compareResults,
  exportResults,
  openAsResults,
  reopenResultsAsText,
  retryResults,
  searchResults,
} from './resultsCommands';
import { openSample, showLog } from './small';
import { discardSubmission, resumeSubmission } from './submissions';
import { submitActiveFile, submitInParts } from './submitActiveFile';
import { tryRequest } from './tryRequest';
import { addConnection, useConnection, useGemini, useSandbox } from './useConnection';
import { createWebhook } from './webhooks/createWebhook';
import {
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  pingWebhook,
  refreshWebhooks,
} from './webhooks/manage';
import { copyReceiverAddress, startReceiver, stopReceiver } from './webhooks/receiverCommands';
import { copyWebhookSecret, rotateWebhookSecret } from './webhooks/secret';

/** Every command of this room. Loaded when the first of them runs. */
export const commandTable = {
  'batchwright.submitActiveFile': submitActiveFile,
  // The same by the name that fits a file which is not in front.
  'batchwright.submitFile': submitActiveFile,
  'batchwright.submitInParts': submitInParts,
  'batchwright.retryRows': retryRows,
  'batchwright.resubmitJob': resubmitJob,
  'batchwright.mergeResults': mergeResults,
  'batchwright.adoptJob': adoptJob,
  'batchwright.exportJobs': exportJobs,
  'batchwright.importJobs': importJobs,
  'batchwright.openAsResults': openAsResults,
  'batchwright.results.search': searchResults,
  'batchwright.results.export': exportResults,
  'batchwright.results.compare': compareResults,
  'batchwright.results.retry': retryResults,
  'batchwright.results.reopenAsText': reopenResultsAsText,
  'batchwright.setApiKey': setApiKey,
  'batchwright.removeApiKey': removeApiKey,
  'batchwright.useSandbox': useSandbox,
  'batchwright.useGemini': useGemini,
  'batchwright.useConnection': useConnection,
  'batchwright.addConnection': addConnection,
  'batchwright.refreshJobs': refreshJobs,
  'batchwright.cancelJob': cancelJob,
  'batchwright.deleteJob': deleteJob,
  'batchwright.openResults': openResults,
  'batchwright.openRequestFile': openRequestFile,
  'batchwright.copyJobName': copyJobName,
  'batchwright.copyAsCurl': copyAsCurl,
  'batchwright.copyAsPython': copyAsPython,
  'batchwright.copyAsJavaScript': copyAsJavaScript,
  'batchwright.resumeSubmission': resumeSubmission,
  'batchwright.discardSubmission': discardSubmission,
  'batchwright.filterJobs': filterJobs,
  'batchwright.clearJobsFilter': clearJobsFilter,
  'batchwright.sortJobs': sortJobs,
  'batchwright.loadMoreJobs': loadMoreJobs,
  'batchwright.openSample': openSample,
  'batchwright.manageFiles': manageFiles,
  'batchwright.showLog': showLog,
  'batchwright.validateFile': validateFile,
  'batchwright.restartLanguageServer': restartLanguageServer,
  'batchwright.editAsJson': editAsJson,
  'batchwright.formatLines': formatLines,
  'batchwright.chooseDialect': chooseDialect,
  'batchwright.convertToGemini': convertToGemini,
  'batchwright.convertToOpenAi': convertToOpenAi,
  'batchwright.tryRequest': tryRequest,
  'batchwright.createWebhook': createWebhook,
  'batchwright.enableWebhook': enableWebhook,
  'batchwright.disableWebhook': disableWebhook,
  'batchwright.pingWebhook': pingWebhook,
  'batchwright.rotateWebhookSecret': rotateWebhookSecret,
  'batchwright.copyWebhookSecret': copyWebhookSecret,
  'batchwright.deleteWebhook': deleteWebhook,
  'batchwright.refreshWebhooks': refreshWebhooks,
  'batchwright.startReceiver': startReceiver,
  'batchwright.stopReceiver': stopReceiver,
  'batchwright.copyReceiverAddress': copyReceiverAddress,
} satisfies Readonly<Record<CommandId, CommandHandler>>;
