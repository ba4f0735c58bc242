import * as l10n from '@vscode/l10n';
import { messageNamed } from '../descriptors';
import { mediaTypes } from '../descriptors/content';
import { quoteValue, spelling } from '../issue';
import type { JsonObject } from '../json';
import { toCamelCase } from '../names';
import type { Mend } from '../problem';
import type { MeaningContext } from './context';

export function content(value: JsonObject, context: MeaningContext): void {
  const { parts } = value;
  if (Array.isArray(parts) && parts.length === 0) {
    context.report({
      code: 'empty-parts',
      path: [...context.path, 'parts'],
      at: 'value',
      message: () =>
        l10n.t(
          '"parts" is empty; the service refuses a turn without parts. Add a part, such as {0}.',
          '{"text":"…"}',
        ),
    });
  }
  // The role of a system instruction or of what is embedded means nothing.
  if (context.path.at(-2) === 'contents' && typeof value.role === 'string') role(value.role, context);
}

const modelRoles: ReadonlySet<string> = new Set(['assistant', 'ai', 'bot', 'chatbot', 'gemini', 'model']);
const userRoles: ReadonlySet<string> = new Set(['user', 'human', 'tool', 'function']);

function role(written: string, context: MeaningContext): void {
  // An empty text is what a field holds that is not set.
  if (written === 'user' || written === 'model' || written === '') return;
  const lower = written.trim().toLowerCase();
  const path = [...context.path, 'role'];
  const quoted = quoteValue(written);
  if (lower === 'system' || lower === 'developer') {
    context.report({
      code: 'role',
      path,
      at: 'value',
      message: () =>
        l10n.t('There is no role {0}. Instructions belong in systemInstruction, beside contents.', quoted),
      mend: { kind: 'systemTurn' },
    });
    return;
  }
  const meant = modelRoles.has(lower) ? 'model' : userRoles.has(lower) ? 'user' : undefined;
  const mend: Mend | undefined =
    meant === undefined
      ? undefined
      : { kind: 'replace', json: `"${meant}"`, title: l10n.t('Change to "{0}"', meant) };
  context.report({
    code: 'role',
    path,
    at: 'value',
    message: () =>
      meant === undefined
        ? l10n.t('There is no role {0}; a turn is by "user" or "model".', quoted)
        : l10n.t('There is no role {0}; here it is called "{1}".', quoted, meant),
    ...(mend && { mend }),
  });
}

const partFields = messageNamed('Part').fields;
/** Names of the kinds of data that a part can hold, in both spellings. */
const partData: ReadonlySet<string> = new Set(
  partFields.filter(({ oneof }) => oneof === 'data').flatMap(({ name, snake }) => [name, snake]),
);
const partNames: ReadonlySet<string> = new Set(partFields.flatMap(({ name, snake }) => [name, snake]));

export function part(value: JsonObject, context: MeaningContext): void {
  let first: string | undefined;
  for (const name in value) {
    if (!partData.has(name) || value[name] === null) continue;
    if (first !== undefined) {
      twoKindsOfData(first, name, context);
      return;
    }
    first = name;
  }
  if (first === undefined) emptyPart(value, context);
  else if (first === 'text' && value.text === '' && !isThought(value)) {
    context.report({
      code: 'empty-text',
      path: [...context.path, 'text'],
      at: 'value',
      message: () => l10n.t('The text is empty. Write one or remove the part.'),
      mend: { kind: 'remove', at: [...context.path] },
    });
  }
}

function isThought(value: JsonObject): boolean {
  return value.thought === true || spelling(value, 'thoughtSignature', 'thought_signature') !== undefined;
}

function twoKindsOfData(first: string, second: string, context: MeaningContext): void {
  // Both spellings of one kind are reported as such.
  if (toCamelCase(first) === toCamelCase(second)) return;
  context.report({
    code: 'part-data',
    path: [...context.path, second],
    at: 'name',
    message: () =>
      l10n.t(
        'A part holds one kind of data; this one has "{0}" and "{1}". Make two parts of it.',
        first,
        second,
      ),
    related: { path: [...context.path, first], at: 'name', message: () => l10n.t('The other kind of data.') },
    mend: { kind: 'splitPart', at: [...context.path] },
  });
}

function emptyPart(value: JsonObject, context: MeaningContext): void {
  // A thought may come back as nothing but its signature.
  if (isThought(value)) return;
  // A name that is unknown here has been reported; it was probably meant to be the data.
  if (Object.keys(value).some((name) => !partNames.has(name))) return;
  context.report({
    code: 'empty-part',
    path: [...context.path],
    at: 'value',
    message: () =>
      l10n.t(
        'The part holds no data. Give it one of {0}.',
        'text, inlineData, fileData, functionCall, functionResponse',
      ),
    mend: { kind: 'remove' },
  });
}

export function blob(value: JsonObject, context: MeaningContext): void {
  mediaType(value, context);
  if (value.data !== '') return;
  context.report({
    code: 'base64',
    path: [...context.path, 'data'],
    at: 'value',
    message: () => l10n.t('There are no bytes here. Write them in base64.'),
  });
}

/** The ending of a file's name in place of its type: `png`, `.pdf`. */
export function mediaType(owner: JsonObject, context: MeaningContext): void {
  const name = spelling(owner, 'mimeType', 'mime_type');
  const value = name === undefined ? undefined : owner[name];
  if (name === undefined || typeof value !== 'string' || value === '' || value.includes('/')) return;
  const ending = value.toLowerCase().replace(/^\./, '');
  const meant = mediaTypes.find((type) => type.endsWith(`/${ending === 'jpg' ? 'jpeg' : ending}`));
  if (meant === undefined) return;
  context.report({
    code: 'doubtful-value',
    path: [...context.path, name],
    at: 'value',
    message: () => l10n.t('"{0}" takes a MIME type, such as {1}.', name, meant),
    mend: { kind: 'replace', json: JSON.stringify(meant), title: l10n.t('Change to "{0}"', meant) },
  });
}
