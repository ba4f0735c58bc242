import type { CommandHandler } from '../context';
import { modelsInUse } from './modelsInUse';
import { fileInFront } from './requestFile';
import { givenFiles } from '../targets';

/** Checks a file of any size where it lies on disk and reports what was found. */
export const validateFile: CommandHandler = async (context, args) => {
  const file = givenFiles(args)?.[0] ?? (await fileInFront(context));
  await (await context.language()).validateAndReport(file);
};

/** Opens a request beside its file, laid out over many lines. */
export const editAsJson: CommandHandler = async ({ language }, args) => {
  const [, line] = args;
  await (await language()).editAsJson(givenFiles(args)?.[0], typeof line === 'number' ? line : undefined);
};

/** Takes the white space out of request lines. */
export const formatLines: CommandHandler = async ({ language }, args) =>
  (await language()).formatLines(givenFiles(args)?.[0]);

/** Asks what the lines of a file are. */
export const chooseDialect: CommandHandler = async ({ language }, args) =>
  (await language()).chooseDialect(givenFiles(args)?.[0]);

/** Turns the lines of a file into Gemini requests. */
export const convertToGemini: CommandHandler = async ({ language }, args) =>
  (await language()).convertLines('gemini', givenFiles(args)?.[0]);

/** Turns the lines of a file into requests of the OpenAI-compatible layer. */
export const convertToOpenAi: CommandHandler = async (context, args) =>
  (await context.language()).convertLines('openai', givenFiles(args)?.[0], (embeds) =>
    modelsInUse(context, embeds),
  );

/** Ends the language server and starts it again. */
export const restartLanguageServer: CommandHandler = async ({ language }) => (await language()).restart();
