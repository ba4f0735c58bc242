import { l10n } from 'vscode';
import type { CommandHandler } from '../context';
import { fileInFront, saved } from '../files/requestFile';
import { submitFile } from './submission';
import { givenFiles } from '../targets';

/** Submits the file in front, or the files that were given, one after the other. */
export const submitActiveFile: CommandHandler = async (context, args) => {
  for (const given of givenFiles(args) ?? [await fileInFront(context)]) {
    const file = (await saved(context, given)).fsPath;
    await submitFile(context, { file, connectionId: context.connections.current });
  }
};

/** Submits a file in parts of a size that the person chooses. */
export const submitInParts: CommandHandler = async (context, args) => {
  const given = givenFiles(args)?.[0] ?? (await fileInFront(context));
  const file = (await saved(context, given)).fsPath;
  const rows = await context.ui.input({
    title: l10n.t('Submit in Parts'),
    prompt: l10n.t('Requests in each part'),
    value: '10000',
    validate: (text) =>
      /^[1-9]\d{0,8}$/.test(text.trim()) ? undefined : l10n.t('A whole number, at least 1.'),
  });
  await submitFile(context, {
    file,
    connectionId: context.connections.current,
    parts: { maxRows: Number(rows.trim()) },
  });
};
