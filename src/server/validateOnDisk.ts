import * as l10n from '@vscode/l10n';
import { fileURLToPath } from 'node:url';
import { ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { KnownFiles, RuleSettings } from '../dialects';
import type { ValidateFileParams, ValidateProgress, ValidationSummary } from '../shared/lsp';
import { isCancelled } from '../util/async';
import { errorCode } from '../util/files';
import type { Translations } from './texts';
import { validateFile } from './validation';

export interface ValidateOnDiskOptions {
  readonly rules: RuleSettings;
  readonly files?: KnownFiles | undefined;
  /** For the worker threads, which have to be told. */
  readonly texts?: Translations | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ValidateProgress) => void;
  /** Hears of failures that are ours and not the file's. */
  readonly onFault: (error: unknown) => void;
}

/** A bar needs no more than this many steps, and each is a message. */
const progressSteps = 200;

/**
 * Checks a file of any size where it lies, with the same rules as an open document. Rejects with a ResponseError that says
 * what is the matter with the file, or with RequestCancelled.
 */
export async function validateOnDisk(
  { uri, token, maxProblems, hash, kind }: ValidateFileParams,
  { rules, files, texts, signal, onProgress, onFault }: ValidateOnDiskOptions,
): Promise<ValidationSummary> {
  const path = pathOf(uri);
  let reported = 0;
  try {
    return await validateFile(path, {
      maxProblems,
      hash: hash ?? true,
      rules,
      files,
      texts,
      ...(kind !== undefined && { kind }),
      signal,
      onProgress({ bytes, totalBytes }) {
        if (bytes < totalBytes && bytes - reported < totalBytes / progressSteps) return;
        reported = bytes;
        onProgress({ token, bytes, totalBytes });
      },
    });
  } catch (error) {
    if (isCancelled(error)) throw new ResponseError(LSPErrorCodes.RequestCancelled, l10n.t('Cancelled.'));
    const code = errorCode(error);
    if (code === undefined) onFault(error);
    throw new ResponseError(LSPErrorCodes.RequestFailed, describe(path, code));
  }
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    throw new ResponseError(
      ErrorCodes.InvalidParams,
      l10n.t('{0} is not the address of a file on this machine.', uri),
    );
  }
}

function describe(path: string, code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return l10n.t('There is no file at {0} any more.', path);
    case 'EACCES':
    case 'EPERM':
      return l10n.t('The file at {0} may not be read. Check its permissions.', path);
    case 'EISDIR':
      return l10n.t('{0} is a folder. Choose a JSONL file.', path);
    case undefined:
      return l10n.t(
        'Checking {0} failed in a way that should not happen. The log of the language server has more.',
        path,
      );
    default:
      return l10n.t('The file at {0} could not be read ({1}).', path, code);
  }
}
