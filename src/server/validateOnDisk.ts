import { fileURLToPath } from 'node:url';
import { ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { KnownFiles, RuleSettings } from '../dialects';
import type { ValidateFileParams, ValidateProgress, ValidationSummary } from '../shared/lsp';
import { isCancelled } from '../util/async';
import { errorCode } from '../util/files';
import { validateFile } from './validation';

export interface ValidateOnDiskOptions {
  readonly rules: RuleSettings;
  readonly files?: KnownFiles | undefined;
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
  { uri, token, maxProblems }: ValidateFileParams,
  { rules, files, signal, onProgress, onFault }: ValidateOnDiskOptions,
): Promise<ValidationSummary> {
  const path = pathOf(uri);
  let reported = 0;
  try {
    return await validateFile(path, {
      maxProblems,
      rules,
      files,
      signal,
      onProgress({ bytes, totalBytes }) {
        if (bytes < totalBytes && bytes - reported < totalBytes / progressSteps) return;
        reported = bytes;
        onProgress({ token, bytes, totalBytes });
      },
    });
  } catch (error) {
    if (isCancelled(error)) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled.');
    const code = errorCode(error);
    if (code === undefined) onFault(error);
    throw new ResponseError(LSPErrorCodes.RequestFailed, describe(path, code));
  }
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    throw new ResponseError(ErrorCodes.InvalidParams, `${uri} is not the address of a file on this machine.`);
  }
}

function describe(path: string, code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return `There is no file at ${path} any more.`;
    case 'EACCES':
    case 'EPERM':
      return `The file at ${path} may not be read. Check its permissions.`;
    case 'EISDIR':
      return `${path} is a folder. Choose a JSONL file.`;
    case undefined:
      return `Checking ${path} failed in a way that should not happen. The log of the language server has more.`;
    default:
      return `The file at ${path} could not be read (${code}).`;
  }
}
