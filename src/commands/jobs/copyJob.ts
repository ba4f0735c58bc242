import { l10n } from 'vscode';
import type { Job } from '../../jobs/api';
import { jobSnippet, type SnippetLanguage } from '../../jobs/snippets';
import type { CommandContext, CommandHandler } from '../context';
import { chooseJob, chooseJobs } from '../targets';

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

export const copyAsCurl: CommandHandler = (context, args) => copyCode(context, args, 'curl');
export const copyAsPython: CommandHandler = (context, args) => copyCode(context, args, 'python');
export const copyAsJavaScript: CommandHandler = (context, args) => copyCode(context, args, 'javascript');

/** Copies a script that looks at a job and fetches its results, for the connection of that job. */
async function copyCode(
  context: CommandContext,
  args: readonly unknown[],
  language: SnippetLanguage,
): Promise<void> {
  const job = await chooseJob(context, await context.engine(), args, {
    title: l10n.t('Copy Code for Which Job?'),
    fits: named,
    none: none(),
  });
  const connection = await context.connections.describe(job.connectionId);
  await context.ui.copy(jobSnippet(job, connection, language));
  context.ui.flash(l10n.t('Copied. The code reads the key from the environment.'));
}
