import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { l10n } from 'vscode';
import type { FileKind } from '../../shared/dialect';
import type { LineProblem, ValidationSummary } from '../../shared/lsp';
import { errorCode } from '../../util/files';
import { formatCount } from '../../views/format';
import { Refusal } from '../refusal';

const sniffedBytes = 64 * 1024;

/** Looks at a file from outside, before anybody reads the whole of it. Refuses what can never be a request file. */
export async function checkRequestFile(file: string): Promise<void> {
  const name = path.basename(file);
  const found = await stat(file).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new Refusal(l10n.t('“{0}” is not on disk any more. Save it again or choose another file.', name));
  });
  if (!found.isFile()) throw new Refusal(l10n.t('“{0}” is not a file.', name));
  if (found.size === 0) {
    throw new Refusal(
      l10n.t('“{0}” is empty. Write one request a line; the snippet “batch” starts one.', name),
    );
  }
  await checkEncoding(file, name, found.size);
}

async function checkEncoding(file: string, name: string, size: number): Promise<void> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(sniffedBytes), 0, sniffedBytes, 0);
    const encoding = foreignEncoding(buffer.subarray(0, bytesRead), bytesRead < size);
    if (encoding === undefined) return;
    throw new Refusal(l10n.t('“{0}” is not UTF-8 ({1}). Save it with the encoding UTF-8.', name, encoding), {
      kind: 'open',
      label: l10n.t('Open File'),
      path: file,
    });
  } finally {
    await handle.close();
  }
}

/**
 * What a file is encoded in, judged from its first bytes, when that is not UTF-8; undefined when it may be.
 * @param more whether the file goes on after `head`, which may then end within a character.
 */
export function foreignEncoding(head: Uint8Array, more: boolean): string | undefined {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'UTF-16 LE';
  if (first === 0xfe && second === 0xff) return 'UTF-16 BE';
  if (head.includes(0)) return l10n.t('it holds zero bytes');
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: more });
    return undefined;
  } catch {
    return l10n.t('it holds bytes that are no UTF-8 text');
  }
}

/** What a file that passed validation is; refuses it, naming the first mistake and where it is, when it did not. */
export function checkValidation(
  file: string,
  summary: ValidationSummary,
): Exclude<FileKind, 'results' | 'none'> {
  const name = path.basename(file);
  const { kind } = summary;
  if (kind === 'none') {
    throw new Refusal(
      l10n.t('“{0}” is no batch request file: its lines are not {1}.', name, '{"key": …, "request": …}'),
    );
  }
  if (kind === 'results') {
    throw new Refusal(l10n.t('“{0}” holds the results of a batch, not requests.', name));
  }
  if (summary.errors > 0) throw errorRefusal(file, name, summary);
  if (summary.rows === 0) throw new Refusal(l10n.t('“{0}” has no request.', name));
  return kind;
}

function errorRefusal(file: string, name: string, summary: ValidationSummary): Refusal {
  const first = summary.problems.find((problem) => problem.severity === 'error');
  const count = summary.errors === 1 ? l10n.t('1 error') : l10n.t('{0} errors', formatCount(summary.errors));
  if (first === undefined) return new Refusal(l10n.t('“{0}” has {1}.', name, count));
  return new Refusal(
    l10n.t(
      '“{0}” has {1}. The first is on line {2}: {3}',
      name,
      count,
      formatCount(first.line + 1),
      first.message,
    ),
    goTo(file, first),
  );
}

/** The action that shows where a problem is. */
function goTo(file: string, { line, start, end }: Pick<LineProblem, 'line' | 'start' | 'end'>) {
  return {
    kind: 'open',
    label: l10n.t('Go to Line {0}', formatCount(line + 1)),
    path: file,
    selection: { line, start, end },
  } as const;
}
