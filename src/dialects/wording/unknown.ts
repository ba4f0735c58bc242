import * as l10n from '@vscode/l10n';
import { compiledMessage, type CompiledMessage } from '../compiled';
import { nameList, placeName, type Issue } from '../issue';
import { isObject, type JsonObject } from '../json';
import type { Mend, PathSegment } from '../problem';
import type { ViolationDetails } from '../walk';
import { isKeyName } from '../row';
import { foreignField } from './foreign';
import { suggestionFor, type Suggestion } from './homes';
import { schemaKeywordIssue } from './schemaKeywords';
import type { RequestPlace } from './index';

/**
 * A name that the message at hand does not know: what was probably meant, and where that belongs. Undefined when another field of
 * the same object says it all.
 */
export function unknownField(
  path: readonly PathSegment[],
  { message, value, owner = {} }: ViolationDetails,
  request: RequestPlace,
): Issue | undefined {
  const name = String(path.at(-1));
  if (message.descriptor.name === 'Schema') {
    const issue = schemaKeywordIssue(path, name, value, owner);
    if (issue !== undefined) return issue;
  }
  if (name === 'config' && message.descriptor.name === request.message && isObject(value)) {
    return sdkConfig(path, request);
  }
  if (isNestedTwice(path, message, value, owner, request)) return nestedTwice(path, name);
  if (
    path.length === request.path.length + 1 &&
    isKeyName(name) &&
    typeof value === 'string' &&
    path.length > 1
  ) {
    return keyInRequest(path, name, request);
  }
  const foreign = foreignField(path, message, name, value, owner);
  if (foreign !== undefined) return foreign === 'said' ? undefined : foreign;
  const suggestion = suggestionFor(message, request.message, name, value);
  if (suggestion !== undefined) return suggested(path, name, suggestion, request);
  return request.message === 'GenerateContentRequest' && compiledMessage('Tool').fields.has(name)
    ? toolOutsideOfTools(path, name, request)
    : noSuchField(path, name, message);
}

function sdkConfig(path: readonly PathSegment[], request: RequestPlace): Issue {
  return {
    code: 'sdk-config',
    path,
    at: 'name',
    message: () =>
      request.message === 'EmbedContentRequest'
        ? l10n.t('"config" exists only in the SDK. In a file its fields stand in the request itself.')
        : l10n.t(
            '"config" exists only in the SDK. In a file its fields stand in the request itself: sampling and form in generationConfig, the rest (systemInstruction, tools, safetySettings, …) directly in the request.',
          ),
    mend: { kind: 'hoist' },
  };
}

/** Whether the value is what the object around it should be: `"request":{"request":{…}}`, `"request":{"body":{…}}`. */
function isNestedTwice(
  path: readonly PathSegment[],
  message: CompiledMessage,
  value: unknown,
  owner: JsonObject,
  request: RequestPlace,
): boolean {
  const isRow = message.descriptor.name === request.message && path.at(-1) === 'body';
  return (
    (path.at(-1) === path.at(-2) || isRow) &&
    isObject(value) &&
    Object.keys(owner).length === 1 &&
    Object.keys(value).some((name) => message.fields.has(name))
  );
}

function nestedTwice(path: readonly PathSegment[], name: string): Issue {
  return misplaced(path, { kind: 'unnest' }, (place) =>
    name === path.at(-2)
      ? l10n.t('"{0}" stands inside of itself. Take the inner one out.', name)
      : l10n.t('"{0}" is not a field of {1}. Take what is in it out.', name, place),
  );
}

function suggested(
  path: readonly PathSegment[],
  name: string,
  { kind, home: { path: homePath, field }, from }: Suggestion,
  request: RequestPlace,
): Issue {
  const owner = path.slice(0, -1);
  // A name from elsewhere says nothing about the spelling that is used here.
  const isSnake = from !== 'alias' && name.includes('_');
  const wanted = isSnake ? field.descriptor.snake : field.descriptor.name;
  if (kind === 'rename') {
    return {
      code: 'unknown-field',
      path,
      at: 'name',
      message: () =>
        l10n.t('"{0}" is not a field of {1}. Did you mean "{2}"?', name, placeName(owner), wanted),
      mend: { kind: 'rename', name: wanted },
    };
  }
  const target = [...(from === 'below' ? owner : request.path), ...homePath];
  return misplaced(path, { kind: 'move', to: target, name: wanted }, (place) => {
    const home = target.length === 0 ? l10n.t('the request') : placeName(target);
    return wanted === name
      ? l10n.t('"{0}" is not a field of {1}. It belongs in {2}.', name, place, home)
      : l10n.t('"{0}" is not a field of {1}. "{2}" belongs in {3}.', name, place, wanted, home);
  });
}

function keyInRequest(path: readonly PathSegment[], name: string, request: RequestPlace): Issue {
  const keyName = request.path[0] === 'body' ? 'custom_id' : 'key';
  return misplaced(path, { kind: 'move', to: [], name: keyName }, (place) =>
    l10n.t('"{0}" is not a field of {1}. The key stands beside it, as "{2}".', name, place, keyName),
  );
}

function toolOutsideOfTools(path: readonly PathSegment[], name: string, request: RequestPlace): Issue {
  return misplaced(path, { kind: 'moveIntoList', to: [...request.path, 'tools'], name }, (place) =>
    l10n.t(
      '"{0}" is not a field of {1}. It belongs in an entry of the list "tools" of the request.',
      name,
      place,
    ),
  );
}

/** @param words the message; `place` is what the object is called that has the field */
function misplaced(path: readonly PathSegment[], mend: Mend, words: (place: string) => string): Issue {
  return {
    code: 'misplaced-field',
    path,
    at: 'name',
    message: () => words(placeName(path.slice(0, -1))),
    mend,
  };
}

function noSuchField(path: readonly PathSegment[], name: string, message: CompiledMessage): Issue {
  return {
    code: 'unknown-field',
    path,
    at: 'name',
    message: () => {
      const names = message.descriptor.fields.map((field) => field.name);
      const place = placeName(path.slice(0, -1));
      return names.length === 0
        ? l10n.t(
            '"{0}" is not a field of {1}, which takes none; the service refuses the line. Remove it.',
            name,
            place,
          )
        : l10n.t(
            '"{0}" is not a field of {1}; the service refuses the line. It takes {2}.',
            name,
            place,
            nameList(names),
          );
    },
    mend: { kind: 'remove', careful: true },
  };
}
