import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import { ServiceError } from '../shared/serviceError';
import { defined } from '../util/defined';
import { errorCode } from '../util/files';
import { couldNot, type Doing } from './couldNot';

/** An error of this machine's disk as a ServiceError; anything else as it is. */
export function diskError(error: unknown, doing: Doing, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof ServiceError || !/^E[A-Z]+$/.test(code)) return error;
  const { why, advice } = words(code, basename(path));
  return new ServiceError(couldNot(doing, why), {
    kind: 'local',
    reason: code,
    ambiguous: false,
    ...defined({ advice }),
    cause: error,
  });
}

/** What an error of the disk means for the file `name`, and what helps. */
function words(code: string, name: string): { readonly why: string; readonly advice?: string } {
  switch (code) {
    case 'ENOENT':
      return {
        why: l10n.t('{0}: it is not there any more.', name),
        advice: l10n.t('Check that the file or its folder was not moved or deleted.'),
      };
    case 'EISDIR':
      return { why: l10n.t('{0}: it is a folder.', name) };
    case 'ENOTDIR':
      return { why: l10n.t('{0}: its folder is not a folder.', name) };
    case 'EEXIST':
      return {
        why: l10n.t('{0}: a file of that name is already there.', name),
        advice: l10n.t('Move it away, or choose another folder for results.'),
      };
    case 'EACCES':
    case 'EPERM':
      return {
        why: l10n.t('{0}: there is no right to use it.', name),
        advice: l10n.t('Check the rights of the file and its folder.'),
      };
    case 'EROFS':
      return {
        why: l10n.t('{0}: its disk is read-only.', name),
        advice: l10n.t('Choose another folder for results.'),
      };
    case 'ENOSPC':
      return {
        why: l10n.t('{0}: the disk is full.', name),
        advice: l10n.t('Free some space and try again; what was fetched so far is kept.'),
      };
    case 'EDQUOT':
      return {
        why: l10n.t('{0}: the disk quota is used up.', name),
        advice: l10n.t('Free some space and try again; what was fetched so far is kept.'),
      };
    case 'EFBIG':
      return {
        why: l10n.t('{0}: it is larger than its disk allows.', name),
        advice: l10n.t('Choose a folder on another disk.'),
      };
    case 'EIO':
      return { why: l10n.t('{0}: the disk does not work properly.', name) };
    default:
      return { why: l10n.t('{0}: it cannot be read or written ({1}).', name, code) };
  }
}

/** The request file is not what it was when its upload began. */
export function fileChanged(path: string): ServiceError {
  const why = l10n.t('{0} was changed meanwhile.', basename(path));
  return new ServiceError(couldNot('upload the request file', why), {
    kind: 'local',
    reason: 'FILE_CHANGED',
    ambiguous: false,
    advice: l10n.t('Submit it again as it is now.'),
  });
}
