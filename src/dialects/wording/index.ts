import * as l10n from '@vscode/l10n';
import { placeName, type Issue } from '../issue';
import type { PathSegment } from '../problem';
import type { ViolationDetails, ViolationKind } from '../walk';
import { missingField } from './missing';
import { duplicateField } from './duplicates';
import { unknownField } from './unknown';
import {
  badBytes,
  badDuration,
  badEnum,
  badTimestamp,
  enumNumber,
  numberString,
  outOfRange,
  tooMany,
  wrongType,
} from './values';

/** Where the request of the line is, and which message it is: what unknown fields are looked up in. */
export interface RequestPlace {
  readonly path: readonly string[];
  readonly message: string;
}

/** Turns what the walker found into words, with the code, the place and the way to mend it; undefined where all has been said. */
export function violationIssue(
  kind: ViolationKind,
  path: readonly PathSegment[],
  details: ViolationDetails,
  request: RequestPlace,
): Issue | undefined {
  const { value, field, owner = {} } = details;
  if (field === undefined) return unknownField(path, details, request);
  const shape = details.shape ?? field.shape;
  const name = path.at(-1);
  const label = typeof name === 'string' ? name : placeName(path);
  const wrong = { path, label, field, shape, value };
  switch (kind) {
    case 'duplicateField':
      return duplicateField(path, field, owner);
    case 'missingField':
      return missingField(path, details.message.descriptor.name, field, owner);
    case 'deprecated':
      return {
        code: 'deprecated-field',
        path,
        at: 'name',
        message: () => l10n.t('"{0}" has a successor: {1}.', label, field.descriptor.deprecated ?? ''),
      };
    case 'badEnum':
      return badEnum(wrong);
    case 'enumNumber':
      return enumNumber(wrong);
    case 'badBytes':
      return badBytes(wrong);
    case 'tooMany':
      return tooMany(wrong);
    case 'range':
      return outOfRange(wrong);
    case 'numberString':
      return numberString(wrong);
    case 'badDuration':
      return badDuration(wrong);
    case 'badTimestamp':
      return badTimestamp(wrong);
    default:
      return wrongType(wrong);
  }
}
