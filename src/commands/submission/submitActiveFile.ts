import { stat } from 'node:fs/promises';
import { l10n } from 'vscode';
import { readLineBatches } from '../../util/lines';
import { formatCount } from '../../views/format';
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
  const all = await countedRows(file);
  const rows = await context.ui.input({
    title: l10n.t('Submit in Parts'),
    prompt:
      all === undefined
        ? l10n.t('Requests in each part')
        : l10n.t('Requests in each part; the file has {0}', formatCount(all)),
    value: String(all === undefined ? usualPart : Math.min(usualPart, Math.max(1, Math.ceil(all / 2)))),
    validate: (text) =>
      /^[1-9]\d{0,8}$/.test(text.trim()) ? undefined : l10n.t('A whole number, at least 1.'),
  });
  await submitFile(context, {
    file,
    connectionId: context.connections.current,
    parts: { maxRows: Number(rows.trim()) },
  });
};

const usualPart = 10_000;
/** Larger files take a moment to count, which nobody wants to wait for before a question. */
const countedBytes = 64 * 1024 * 1024;

/** How many lines of the file are not empty; undefined where counting them would take long. */
async function countedRows(file: string): Promise<number | undefined> {
  if ((await stat(file)).size > countedBytes) return undefined;
  let rows = 0;
  for await (const lines of readLineBatches(file))
    rows += lines.filter(({ bytes }) => bytes.length > 0).length;
  return rows;
}
