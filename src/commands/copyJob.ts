import { l10n } from 'vscode';
import type { Job } from '../jobs/api';
import type { CommandContext, CommandHandler } from './context';
import { curlFor, javascriptFor, pythonFor, type CodeFor } from './jobCode';
import { chooseJob, chooseJobs } from './targets';

const named = (job: Job) => job.name !== undefined;
const none = () => l10n.t('No job of the list has a name at the service yet.');

/** Copies the names that the service gave to jobs, one a line. */
export const copyJobName: CommandHandler = async (context, args) => {
  const jobs = await chooseJobs(context, await context.engine(), args, {
    title: l10n.t('Copy the Names of Which Jobs?'),
    fits: named,
    none: none(),
  });
  await context.ui.copy(jobs.flatMap((job) => job.name ?? []).join('\n'));
  context.ui.flash(l10n.t('Copied.'));
};

export const copyAsCurl: CommandHandler = (context, args) => copyCode(context, args, curlFor);
export const copyAsPython: CommandHandler = (context, args) => copyCode(context, args, pythonFor);
export const copyAsJavaScript: CommandHandler = (context, args) => copyCode(context, args, javascriptFor);

async function copyCode(context: CommandContext, args: readonly unknown[], codeFor: CodeFor): Promise<void> {
  const job = await chooseJob(context, await context.engine(), args, {
    title: l10n.t('Copy Code for Which Job?'),
    fits: named,
    none: none(),
  });
  await context.ui.copy(codeFor(job, await context.connections.describe(job.connectionId)));
  context.ui.flash(l10n.t('Copied. The code reads the key from the environment variable GEMINI_API_KEY.'));
}
