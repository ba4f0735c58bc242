import type { CommandId } from '../contributions';
import { removeApiKey, setApiKey } from './connections/apiKey';
import { addConnection, useConnection, useGemini, useSandbox } from './connections/useConnection';
import type { CommandHandler } from './context';
import {
  chooseDialect,
  convertToGemini,
  convertToOpenAi,
  editAsJson,
  formatLines,
  restartLanguageServer,
  validateFile,
} from './files/languageCommands';
import { manageFiles } from './files/manageFiles';
import { openRequestFile } from './files/openRequestFile';
import { openSample } from './files/openSample';
import { showLog } from './host/showLog';
import { cancelJob } from './jobs/cancelJob';
import { copyAsCurl, copyAsJavaScript, copyAsPython, copyJobName } from './jobs/copyJob';
import { deleteJob } from './jobs/deleteJob';
import { clearJobsFilter, filterJobs, loadMoreJobs, sortJobs } from './jobs/jobsView';
import { adoptJob, exportJobs, importJobs } from './jobs/ledgerCommands';
import { refreshJobs } from './jobs/refreshJobs';
import { openResults } from './results/openResults';
import {
  compareResults,
  exportResults,
  openAsResults,
  reopenResultsAsText,
  retryResults,
  searchResults,
} from './results/resultsCommands';
import { mergeResults, resubmitJob, retryRows } from './submission/reruns';
import { discardSubmission, resumeSubmission } from './submission/stoppedSubmissions';
import { submitActiveFile, submitInParts } from './submission/submitActiveFile';
import { tryRequest } from './submission/tryRequest';
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
