import path from 'node:path';
import { l10n } from 'vscode';
import { formatApproximate, formatCount } from '../views/format';
import type { CommandHandler } from './context';
import { Refusal } from './refusal';
import { fileInFront, saved, validate } from './requestFile';
import { checkRequestFile, checkValidation } from './requestFileChecks';
import { givenFiles } from './targets';

/** Checks a file of any size where it lies on disk, shows its problems, and says what was found. */
export const validateFile: CommandHandler = async (context, args) => {
  const given = givenFiles(args)?.[0] ?? (await fileInFront(context));
  const uri = await saved(context, given);
  const file = uri.fsPath;
  await checkRequestFile(file, Number.POSITIVE_INFINITY);
  const language = await context.language();
  const summary = await validate(context, file);
  language.publishProblems(uri, summary);
  if (summary.errors + summary.warnings > 0) await language.openReport(uri, summary);
  // Nothing to say twice: the report names every mistake; what is no request file at all is refused in words.
  if (summary.errors > 0) return;
  checkValidation(file, summary);
  const found = l10n.t(
    '“{0}”: {1} requests, about {2} tokens, no errors.',
    path.basename(file),
    formatCount(summary.rows),
    formatApproximate(summary.estimatedTokens),
  );
  if (summary.warnings > 0) {
    throw new Refusal(
      `${found} ${l10n.t('Warnings: {0}.', formatCount(summary.warnings))}`,
      undefined,
      'warning',
    );
  }
  await context.ui.notify('information', found);
};
