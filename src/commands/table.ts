import type { CommandId } from '../contributions';
import { removeApiKey, setApiKey } from './apiKey';
import { cancelJob } from './cancelJob';
import type { CommandHandler } from './context';
import { copyAsCurl, copyAsJavaScript, copyAsPython, copyJobName } from './copyJob';
import { deleteJob } from './deleteJob';
import { clearJobsFilter, filterJobs, loadMoreJobs, sortJobs } from './jobsView';
import { openRequestFile } from './openRequestFile';
import { openResults } from './openResults';
import { refreshJobs } from './refreshJobs';
import { openSample, restartLanguageServer, showLog } from './small';
import { discardSubmission, resumeSubmission } from './submissions';
import { submitActiveFile } from './submitActiveFile';
import { useGemini, useSandbox } from './useConnection';
import { validateFile } from './validateFile';

/** Every command of this room. Loaded when the first of them runs. */
export const commandTable = {
  'batchwright.submitActiveFile': submitActiveFile,
  'batchwright.setApiKey': setApiKey,
  'batchwright.removeApiKey': removeApiKey,
  'batchwright.useSandbox': useSandbox,
  'batchwright.useGemini': useGemini,
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
  'batchwright.showLog': showLog,
  'batchwright.validateFile': validateFile,
  'batchwright.restartLanguageServer': restartLanguageServer,
} satisfies Partial<Record<CommandId, CommandHandler>>;
