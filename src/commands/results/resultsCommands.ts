import type { CommandHandler } from '../context';
import { fileInFront } from '../files/requestFile';
import { givenFiles } from '../targets';

/** Opens any JSON Lines file in the results editor. */
export const openAsResults: CommandHandler = async (context, args) => {
  const file = givenFiles(args)?.[0] ?? (await fileInFront(context));
  await (await context.results()).open(file);
};

/** Puts the cursor into the search box of the results in front. */
export const searchResults: CommandHandler = async ({ results }) => (await results()).search();

/** Writes the results in front to another form. */
export const exportResults: CommandHandler = async ({ results }) => (await results()).export();

/** Sets the results in front against another run. */
export const compareResults: CommandHandler = async ({ results }) => (await results()).compare();

/** Sends what went wrong in the results in front again. */
export const retryResults: CommandHandler = async ({ results }) => (await results()).retry();

/** Shows the results in front as the text that they are. */
export const reopenResultsAsText: CommandHandler = async ({ results }) => (await results()).reopenAsText();
