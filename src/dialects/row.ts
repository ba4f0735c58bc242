import * as l10n from '@vscode/l10n';
import { compiledMessage } from './compiled';
import { nameList, placeName, type Issue } from './issue';
import { isObject, isUnset, type JsonObject } from './json';
import type { LineForm } from './lineForms';
import type { PathSegment } from './problem';
import { bareName, nearest } from './spelling';
import { suggestionFor } from './wording/homes';
import type { ViolationDetails, ViolationKind } from './walk';

/** The form of lines that are more than a bare request. */
export type RowForm = LineForm & { readonly keyName: NonNullable<LineForm['keyName']> };

/** What other services call the key, by bare name. */
const keyNames: ReadonlySet<string> = new Set(['key', 'customid', 'id', 'requestid', 'recordid']);

export function isKeyName(name: string): boolean {
  return keyNames.has(bareName(name));
}

/** What is special about a violation in the row around the request. `said`: elsewhere; undefined: nothing special. */
export function rowViolation(
  form: RowForm,
  kind: ViolationKind,
  path: readonly PathSegment[],
  { value, field, owner = {} }: ViolationDetails,
): Issue | 'said' | undefined {
  const name = path.at(-1);
  if (kind === 'unknownField') return besideRequest(form, path, String(name), owner);
  if (kind === 'wrongType' && name === form.keyName) return keyType(path, form.keyName, value);
  // What replaces a missing key or request is said where the whole row is seen.
  const missing = field?.descriptor.name;
  return kind === 'missingField' && (missing === form.keyName || missing === requestName(form))
    ? 'said'
    : undefined;
}

/** Reports what is wrong with the key and with the request of a row. */
export function checkRow(form: RowForm, row: JsonObject, report: (issue: Issue) => void): void {
  checkKey(form, row, report);
  if (isUnset(row[requestName(form)])) report(missingRequest(form, row));
}

function requestName({ request }: RowForm): string {
  return request.path[0] ?? '';
}

function keyType(path: readonly PathSegment[], name: string, value: unknown): Issue {
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  return {
    code: 'key-type',
    path,
    at: 'value',
    message: () =>
      l10n.t('"{0}" must be a string, so that the result can be found by it. Write it in quotes.', name),
    mend: isPlain
      ? { kind: 'wrap', before: '"', after: '"', title: l10n.t('Write as a string') }
      : { kind: 'newKey', name },
  };
}

function besideRequest(
  form: RowForm,
  path: readonly PathSegment[],
  name: string,
  row: JsonObject,
): Issue | 'said' {
  // Another name for the key or the request, or a request without its wrapping: said once, for the whole row.
  if (isKeyName(name) || name === metadataWithKey(row, form.keyName)) return 'said';
  const { request, keyName } = form;
  const isMissing = isUnset(row[requestName(form)]);
  if (isMissing && name === misnamedRequest(form, row)) return 'said';
  const home = suggestionFor(compiledMessage(request.message), request.message, name, row[name])?.home;
  if (isMissing && home?.path.length === 0) return 'said';
  if (home === undefined || name === 'model' || name === 'input' || name === 'prompt') {
    return ignoredField(path, name, keyName, requestName(form));
  }
  const target = [...request.path, ...home.path];
  const wanted = name.includes('_') ? home.field.descriptor.snake : home.field.descriptor.name;
  const isConfig = name === 'config';
  return {
    code: 'ignored-field',
    path,
    at: 'name',
    message: () =>
      isConfig
        ? l10n.t(
            '"{0}" beside "{1}" is ignored by the service. Its fields belong in {2}.',
            name,
            requestName(form),
            placeName(target),
          )
        : l10n.t(
            '"{0}" beside "{1}" is ignored by the service. It belongs in {2}.',
            name,
            requestName(form),
            placeName(target),
          ),
    mend: isConfig ? { kind: 'hoist' } : { kind: 'move', to: target, name: wanted },
  };
}

function ignoredField(path: readonly PathSegment[], name: string, key: string, request: string): Issue {
  return {
    code: 'ignored-field',
    path,
    at: 'name',
    message: () =>
      name === 'metadata'
        ? l10n.t(
            '"{0}" beside "{1}" is ignored by the service. Only "{2}" and "{1}" count; what you want to find again belongs into the key.',
            name,
            request,
            key,
          )
        : l10n.t(
            '"{0}" beside "{1}" is ignored by the service. Only "{2}" and "{1}" count.',
            name,
            request,
            key,
          ),
    mend: { kind: 'remove', careful: true },
  };
}

function checkKey(form: RowForm, row: JsonObject, report: (issue: Issue) => void): void {
  const { keyName } = form;
  const key = row[keyName];
  if (typeof key === 'string') {
    if (key.trim() === '') report(emptyKey(keyName));
    for (const name in row) {
      if (name !== keyName && name !== requestName(form) && isKeyName(name)) report(secondKey(name, keyName));
    }
  } else if (isUnset(key)) report(noKey(row, keyName));
}

function noKey(row: JsonObject, keyName: string): Issue {
  const other = Object.keys(row).find((name) => name !== keyName && isKeyName(name) && !isObject(row[name]));
  if (other !== undefined) return otherKeyName(other, keyName);
  const metadata = metadataWithKey(row, keyName);
  return metadata === undefined ? missingKey(keyName) : keyInMetadata(metadata, row, keyName);
}

function emptyKey(keyName: string): Issue {
  return {
    code: 'empty-key',
    path: [keyName],
    at: 'value',
    message: () =>
      l10n.t(
        '"{0}" is empty; its result could not be told from others. Write a name that no other line has.',
        keyName,
      ),
    mend: { kind: 'newKey', name: keyName },
  };
}

function missingKey(keyName: string): Issue {
  return {
    code: 'missing-key',
    path: [],
    at: 'owner',
    message: () =>
      l10n.t(
        'The line has no "{0}", so its result could not be told from others. Give every line one of its own.',
        keyName,
      ),
    mend: { kind: 'newKey', name: keyName },
    needs: [[keyName]],
  };
}

function otherKeyName(name: string, keyName: string): Issue {
  return {
    code: 'key-name',
    path: [name],
    at: 'name',
    message: () => l10n.t('"{0}" is not read here; the key of a line is called "{1}".', name, keyName),
    mend: { kind: 'rename', name: keyName },
  };
}

function secondKey(name: string, keyName: string): Issue {
  return {
    code: 'ignored-field',
    path: [name],
    at: 'name',
    message: () =>
      l10n.t('"{0}" is not read by the service, which finds rows by "{1}" alone.', name, keyName),
    mend: { kind: 'remove', careful: true },
  };
}

/** The name of the metadata that holds the key, as in inline requests, in a row without a key. */
function metadataWithKey(row: JsonObject, keyName: string): string | undefined {
  const { metadata } = row;
  return isUnset(row[keyName]) && isObject(metadata) && typeof metadata.key === 'string'
    ? 'metadata'
    : undefined;
}

function keyInMetadata(name: string, { metadata }: JsonObject, keyName: string): Issue {
  const key = JSON.stringify(isObject(metadata) ? metadata.key : '');
  return {
    code: 'key-name',
    path: [name],
    at: 'name',
    message: () =>
      l10n.t(
        '"{0}.key" is for requests that are sent inline; a line of a file has "{1}" beside the request.',
        name,
        keyName,
      ),
    mend: {
      kind: 'members',
      json: `${JSON.stringify(keyName)}:${key}`,
      title: l10n.t('Write as "{0}"', keyName),
      ...(isObject(metadata) && Object.keys(metadata).length > 1 && { careful: true as const }),
    },
  };
}

function missingRequest(form: RowForm, row: JsonObject): Issue {
  const name = requestName(form);
  const misnamed = misnamedRequest(form, row);
  if (misnamed !== undefined) {
    return {
      code: 'missing-request',
      path: [misnamed],
      at: 'name',
      message: () => l10n.t('"{0}" is not read here; the request of a line is called "{1}".', misnamed, name),
      mend: { kind: 'rename', name },
    };
  }
  const bare = Object.keys(row).filter((member) => compiledMessage(form.request.message).fields.has(member));
  return {
    code: 'missing-request',
    path: [],
    at: 'owner',
    message: () =>
      bare.length === 0
        ? l10n.t('The line has no "{0}". A line is {1}.', name, `{"${form.keyName}":"…","${name}":{…}}`)
        : l10n.t('The line has no "{0}". Put {1} into one.', name, nameList(bare)),
    ...(bare.length > 0 && { mend: { kind: 'wrapLine' } }),
  };
}

/** The property that is the request under another name, where the row has none under the right one. */
function misnamedRequest(form: RowForm, row: JsonObject): string | undefined {
  const { fields } = compiledMessage(form.request.message);
  return Object.keys(row).find((name) => {
    const value = row[name];
    if (!isObject(value) || fields.has(name)) return false;
    return (
      nearest(name, [requestName(form)]) !== undefined ||
      (['body', 'request', 'params', 'payload'].includes(name) &&
        Object.keys(value).some((key) => fields.has(key)))
    );
  });
}
