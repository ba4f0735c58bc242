import * as l10n from '@vscode/l10n';
import type { CompiledField, CompiledShape } from '../compiled';
import { dataUriPrefix, isBase64 } from '../formats';
import { quoteValue, type Issue } from '../issue';
import type { Mend, PathSegment } from '../problem';
import { nearest } from '../spelling';
import { coercion } from './coerce';
import { enumNames, foundWords, rangeWords, shapeWords } from './shapes';

/** A value that is there, in a field that exists, and yet is none for it. */
export interface WrongValue {
  readonly path: readonly PathSegment[];
  /** How the place is called in a message. */
  readonly label: string;
  readonly field: CompiledField;
  /** An element's for elements. */
  readonly shape: CompiledShape;
  readonly value: unknown;
}

export function wrongType({ path, label, shape, value }: WrongValue): Issue {
  const mend = coercion(shape, value);
  return {
    code: 'wrong-type',
    path,
    at: 'value',
    message: () => {
      const fault = l10n.t('"{0}" must be {1}, not {2}.', label, shapeWords(shape), foundWords(shape, value));
      const advice = mend === undefined ? '' : adviceFor(mend);
      return advice === '' ? fault : `${fault} ${advice}`;
    },
    ...(mend && { mend }),
  };
}

function adviceFor(mend: Mend): string {
  switch (mend.kind) {
    case 'wrap':
      return l10n.t('Write {0} around it.', `${mend.before}…${mend.after}`);
    case 'unwrap':
      return l10n.t('Take it out of its list.');
    case 'remove':
      return l10n.t('Remove it.');
    case 'members':
      return l10n.t('Write {0}.', mend.json);
    case 'replace':
      return l10n.t('Write {0}.', mend.json.length <= 60 ? mend.json : `${mend.json.slice(0, 57)}…`);
    default:
      return '';
  }
}

export function badEnum({ path, label, field, shape, value }: WrongValue): Issue {
  const names = shape.type === 'enum' ? [...shape.values.keys()] : [];
  const written = String(value);
  const quoted = quoteValue(value);
  const canonical = names.find((name) => name.toLowerCase() === written.trim().toLowerCase());
  if (canonical !== undefined) {
    const isLenient = field.descriptor.anyCase === true;
    return {
      code: isLenient ? 'schema-type-case' : 'enum-case',
      path,
      at: 'value',
      message: () =>
        isLenient
          ? l10n.t(
              '{0} works in direct calls; batch files are read strictly. Write "{1}".',
              quoted,
              canonical,
            )
          : l10n.t('{0} is not a value of "{1}": case matters. Write "{2}".', quoted, label, canonical),
      mend: changeTo(canonical),
    };
  }
  const close = closestValue(written, names);
  return {
    code: 'enum-value',
    path,
    at: 'value',
    message: () =>
      close === undefined
        ? l10n.t('{0} is not a value of "{1}". It takes {2}.', quoted, label, enumNames(shape))
        : l10n.t('{0} is not a value of "{1}". Did you mean "{2}"?', quoted, label, close),
    ...(close !== undefined && { mend: changeTo(close) }),
  };
}

/** The value that was probably meant: a slip of the pen, the value without what all have in front, or more than the value. */
function closestValue(written: string, names: readonly string[]): string | undefined {
  const upper = written.trim().toUpperCase();
  return (
    nearest(written, names) ??
    names.find((name) => name.endsWith(`_${upper}`)) ??
    names.find((name) => written.trim().endsWith(name) && name.includes('/')) ??
    (meantValues.get(written.trim().toLowerCase()) ?? []).find((value) => names.includes(value))
  );
}

/** What other services and languages call a value -> what it may be called here. */
const meantValues: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    model: ['assistant'],
    bot: ['assistant'],
    human: ['user'],
    str: ['STRING'],
    text: ['STRING'],
    enum: ['STRING'],
    int: ['INTEGER'],
    float: ['NUMBER'],
    double: ['NUMBER'],
    bool: ['BOOLEAN'],
    list: ['ARRAY'],
    dict: ['OBJECT'],
    map: ['OBJECT'],
    json: ['json_object'],
    input_text: ['text'],
    output_text: ['text'],
    input_image: ['image_url'],
  }),
);

function changeTo(value: string): Mend {
  return { kind: 'replace', json: JSON.stringify(value), title: l10n.t('Change to "{0}"', value) };
}

export function badBytes({ path, label, value }: WrongValue): Issue {
  const text = typeof value === 'string' ? value : '';
  const uri = dataUriPrefix(text);
  if (uri !== undefined) {
    return {
      code: 'data-uri',
      path,
      at: 'value',
      message: () =>
        uri.mimeType === ''
          ? l10n.t('"{0}" takes plain base64, not a data URI. Remove the prefix up to the comma.', label)
          : l10n.t(
              '"{0}" takes plain base64, not a data URI. Remove the prefix up to the comma and put {1} into mimeType.',
              label,
              uri.mimeType,
            ),
      mend: { kind: 'dataUri' },
    };
  }
  const unbroken = bareBase64(text);
  return {
    code: 'base64',
    path,
    at: 'value',
    message: () =>
      /^(https?|gs):\/\//.test(text)
        ? l10n.t(
            '"{0}" takes the bytes themselves, in base64, not an address. An address belongs in fileData.fileUri.',
            label,
          )
        : /^data:/i.test(text)
          ? l10n.t('"{0}" takes plain base64, not a data URI, and this one is not even in base64.', label)
          : l10n.t(
              '"{0}" is not base64. It takes the bytes in base64, without line breaks or blanks.',
              label,
            ),
    ...(unbroken !== undefined && {
      mend: {
        kind: 'replace',
        json: JSON.stringify(unbroken),
        title: l10n.t('Remove what is not base64'),
      },
    }),
  };
}

/** Base64 that was broken into lines, or printed as Python prints bytes, without what does not belong to it. */
function bareBase64(text: string): string | undefined {
  const bare = (/^b'(.*)'$/s.exec(text)?.[1] ?? text).replace(/\s+/g, '');
  return bare !== '' && bare !== text && isBase64(bare) ? bare : undefined;
}

export function enumNumber({ path, label, shape }: WrongValue): Issue {
  return {
    code: 'enum-number',
    path,
    at: 'value',
    message: () =>
      l10n.t(
        '"{0}" is given by number. Numbers may change their meaning; write the name, one of {1}.',
        label,
        enumNames(shape),
      ),
  };
}

export function tooMany({ path, label, field, value }: WrongValue): Issue {
  const elements: readonly unknown[] = Array.isArray(value) ? value : [];
  const most = field.descriptor.maxCount ?? 0;
  return {
    code: 'too-many',
    path,
    at: 'value',
    message: () =>
      l10n.t('"{0}" takes at most {1} elements; here are {2}. Remove some.', label, most, elements.length),
    mend: {
      kind: 'replace',
      json: JSON.stringify(elements.slice(0, most)),
      title: l10n.t('Keep the first {0}', most),
      careful: true,
    },
  };
}

export function outOfRange({ path, label, field, value }: WrongValue): Issue {
  const nearestBound = boundFor(field, Number(value));
  return {
    code: 'range',
    path,
    at: 'value',
    message: () => l10n.t('"{0}" must be {1}; {2} is outside.', label, rangeWords(field), quoteValue(value)),
    ...(nearestBound !== undefined && {
      mend: {
        kind: 'replace',
        json: String(nearestBound),
        title: l10n.t('Change to {0}', nearestBound),
        careful: true,
      },
    }),
  };
}

/** The number of the range that is nearest to one outside. */
function boundFor(
  { descriptor: { min, max, exclusiveMin } }: CompiledField,
  value: number,
): number | undefined {
  if (max !== undefined && value > max) return max;
  return exclusiveMin === true ? undefined : min;
}

export function numberString({ path, label, value }: WrongValue): Issue {
  return {
    code: 'number-string',
    path,
    at: 'value',
    message: () => l10n.t('"{0}" is a number written as a string. Write it without quotes.', label),
    mend: { kind: 'replace', json: String(value), title: l10n.t('Write without quotes') },
  };
}

export function badDuration({ path, label, value }: WrongValue): Issue {
  const seconds = typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? `${value}s` : undefined;
  return {
    code: 'format',
    path,
    at: 'value',
    message: () => l10n.t('"{0}" must be seconds with an "s", such as "90s" or "1.5s".', label),
    ...(seconds !== undefined && { mend: changeTo(seconds) }),
  };
}

export function badTimestamp({ path, label, value }: WrongValue): Issue {
  const day =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
  return {
    code: 'format',
    path,
    at: 'value',
    message: () => l10n.t('"{0}" must be a time such as "2026-01-31T12:00:00Z".', label),
    ...(day && { mend: changeTo(`${value}T00:00:00Z`) }),
  };
}
