import { basename } from 'node:path';
import { ServiceError } from '../shared/serviceError';
import { defined } from '../util/defined';
import { errorCode } from '../util/files';

/** An error of this machine's disk as a ServiceError; anything else as it is. */
export function diskError(error: unknown, doing: string, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof ServiceError) return error;
  const known = diskErrors[code];
  if (known === undefined && !/^E[A-Z]+$/.test(code)) return error;
  const name = basename(path);
  const [what, advice] = known ?? [`it cannot be read or written (${code})`, undefined];
  return new ServiceError(`Could not ${doing}: ${name}: ${what}.`, {
    kind: 'local',
    reason: code,
    ambiguous: false,
    ...defined({ advice }),
    cause: error,
  });
}

const diskErrors: Readonly<Record<string, readonly [what: string, advice?: string]>> = {
  ENOENT: ['it is not there any more', 'Check that the file or its folder was not moved or deleted.'],
  EISDIR: ['it is a folder'],
  ENOTDIR: ['its folder is not a folder'],
  EEXIST: ['a file of that name is already there', 'Move it away, or choose another folder for results.'],
  EACCES: ['there is no right to use it', 'Check the rights of the file and its folder.'],
  EPERM: ['there is no right to use it', 'Check the rights of the file and its folder.'],
  EROFS: ['its disk is read-only', 'Choose another folder for results.'],
  ENOSPC: ['the disk is full', 'Free some space and try again; what was fetched so far is kept.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and try again; what was fetched so far is kept.'],
  EFBIG: ['it is larger than its disk allows', 'Choose a folder on another disk.'],
  EIO: ['the disk does not work properly'],
};

/** The request file is not what it was when its upload began. */
export function fileChanged(path: string): ServiceError {
  return new ServiceError(`Could not upload the request file: ${basename(path)} was changed meanwhile.`, {
    kind: 'local',
    reason: 'FILE_CHANGED',
    ambiguous: false,
    advice: 'Submit it again as it is now.',
  });
}
