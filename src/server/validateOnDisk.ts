import { fileURLToPath } from 'node:url';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { RuleSettings } from '../dialects';
import type { ValidateFileParams, ValidateProgress, ValidationSummary } from '../shared/lsp';
import { isCancelled } from '../util/async';
import { errorCode } from '../util/files';
import { validateFile } from './validation';

export interface ValidateOnDiskOptions {
  readonly rules: RuleSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ValidateProgress) => void;
}

/** A bar needs no more than this many steps, and each is a message. */
const progressSteps = 200;

/**
 * Checks a file of any size where it lies, with the same rules as an open document. Rejects with a ResponseError that says
 * what is the matter with the file, or with RequestCancelled.
 */
export async function validateOnDisk(
  { uri, token, maxProblems }: ValidateFileParams,
  { rules, signal, onProgress }: ValidateOnDiskOptions,
): Promise<ValidationSummary> {
  let reported = 0;
  try {
    return await validateFile(fileURLToPath(uri), {
      maxProblems,
      rules,
      signal,
      onProgress({ bytes, totalBytes }) {
        if (bytes < totalBytes && bytes - reported < totalBytes / progressSteps) return;
        reported = bytes;
        onProgress({ token, bytes, totalBytes });
      },
    });
  } catch (error) {
    if (isCancelled(error)) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled.');
    throw new ResponseError(LSPErrorCodes.RequestFailed, describe(uri, error));
  }
}

function describe(uri: string, error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      return `There is no file at ${uri} any more.`;
    case 'EACCES':
    case 'EPERM':
      return `The file at ${uri} may not be read. Check its permissions.`;
    case 'EISDIR':
      return `${uri} is a folder. Choose a JSONL file.`;
    default:
      return `The file at ${uri} could not be read (${errorCode(error) ?? 'unknown fault'}).`;
  }
}
