import path from 'node:path';
import { l10n } from 'vscode';
import type { Job, JobEngine } from '../../jobs/api';
import type { ResultsFileRef } from '../../shared/job';
import type { CommandContext } from '../context';

/** Downloads the results of a job to where the settings want them; what is there already is not downloaded again. */
export async function download(
  context: CommandContext,
  engine: JobEngine,
  job: Job,
  options: { readonly signal: AbortSignal; readonly onProgress?: (fraction: number | undefined) => void },
): Promise<ResultsFileRef> {
  const directory = await resultsDirectory(context, job);
  return engine.downloadResults(job.id, { ...options, ...(directory === undefined ? {} : { directory }) });
}

/**
 * The folder for the results; undefined stands for the one of the request file. Jobs that were created elsewhere have no
 * request file, so without an absolute folder in the settings the person is asked.
 */
async function resultsDirectory(context: CommandContext, job: Job): Promise<string | undefined> {
  if (job.results !== undefined) return undefined;
  const folder = context.settings.get('results.folder').trim();
  if (path.isAbsolute(folder)) return folder;
  if (job.requestFile === undefined) {
    return context.workbench.pickFolder(l10n.t('Folder for the Results of “{0}”', job.displayName));
  }
  return folder === '' ? undefined : path.resolve(path.dirname(job.requestFile.path), folder);
}
