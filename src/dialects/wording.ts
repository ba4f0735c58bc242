import type { CompiledField, CompiledShape } from './compiled';
import { coercion } from './coerce';
import { dataUriPrefix, isBase64 } from './formats';
import { suggestionFor, type Suggestion } from './homes';
import { nameList, placeName, quoteValue, type Issue } from './issue';
import { isObject, jsonType, typeWords } from './json';
import type { Mend, PathSegment } from './problem';
import { schemaKeywordIssue } from './schemaKeywords';
import { nearest } from './spelling';
import type { ViolationDetails, ViolationKind } from './walk';

/** Where the request of the line is, and which message it is: what unknown fields are looked up in. */
export interface RequestPlace {
  readonly path: readonly string[];
  readonly message: string;
}

/** Turns what the walker found into words, with the code, the place and the way to mend it. */
export function violationIssue(
  kind: ViolationKind,
  path: readonly PathSegment[],
  details: ViolationDetails,
  request: RequestPlace,
): Issue {
  const { value, field } = details;
  if (field === undefined) return unknownField(path, details, request);
  const shape = details.shape ?? field.shape;
  const label = typeof path.at(-1) === 'string' ? String(path.at(-1)) : placeName(path);
  switch (kind) {
    case 'duplicateField':
      return {
        code: 'duplicate-property',
        path,
        at: 'name',
        message: `"${field.descriptor.name}" and "${field.descriptor.snake}" are the same field, given twice. Keep one of them.`,
        related: {
          path: [...path.slice(0, -1), field.descriptor.name],
          at: 'name',
          message: 'Given here too.',
        },
      };
    case 'missingField':
      return missingField(path, details.message.descriptor.name, field);
    case 'deprecated':
      return {
        code: 'deprecated-field',
        path,
        at: 'name',
        message: `"${label}" has a successor: ${field.descriptor.deprecated ?? ''}.`,
      };
    case 'badEnum':
      return badEnum(path, label, field, shape, value);
    case 'enumNumber':
      return {
        code: 'enum-number',
        path,
        at: 'value',
        message: `"${label}" is given by number. Numbers may change their meaning; write the name, one of ${enumNames(shape)}.`,
      };
    case 'badBytes':
      return badBytes(path, label, value);
    case 'tooMany':
      return {
        code: 'too-many',
        path,
        at: 'value',
        message: `"${label}" takes at most ${field.descriptor.maxCount ?? 0} elements; here are ${Array.isArray(value) ? value.length : 0}. Remove some.`,
      };
    case 'range':
      return {
        code: 'range',
        path,
        at: 'value',
        message: `"${label}" must be ${rangeWords(field)}; ${quoteValue(value)} is outside.`,
      };
    case 'numberString':
      return {
        code: 'number-string',
        path,
        at: 'value',
        message: `"${label}" is a number written as a string. Write it without quotes.`,
        mend: { kind: 'replace', json: String(value), title: 'Write without quotes' },
      };
    case 'badDuration':
      return {
        code: 'format',
        path,
        at: 'value',
        message: `"${label}" must be seconds with an "s", such as "90s" or "1.5s".`,
      };
    case 'badTimestamp':
      return {
        code: 'format',
        path,
        at: 'value',
        message: `"${label}" must be a time such as "2026-01-31T12:00:00Z".`,
      };
    default:
      return wrongType(path, label, shape, value);
  }
}

function wrongType(path: readonly PathSegment[], label: string, shape: CompiledShape, value: unknown): Issue {
  const mend = coercion(shape, value);
  const advice = mend === undefined ? '' : ` ${adviceFor(mend)}`;
  return {
    code: 'wrong-type',
    path,
    at: 'value',
    message: `"${label}" must be ${shapeWords(shape)}, not ${foundWords(shape, value)}.${advice}`,
    ...(mend && { mend }),
  };
}

function foundWords(shape: CompiledShape, value: unknown): string {
  // A number that is none of this kind (1.5, 3000000000 for an int32) is better shown than named.
  if (typeof value === 'number' && isNumeric(shape)) return quoteValue(value);
  if (typeof value === 'string' && isNumeric(shape)) return `the text ${quoteValue(value)}`;
  return typeWords[jsonType(value)];
}

function isNumeric(shape: CompiledShape): boolean {
  return ['int32', 'int64', 'float', 'double'].includes(shape.type);
}

function adviceFor(mend: Mend): string {
  switch (mend.kind) {
    case 'wrap':
      return `Write ${mend.before}…${mend.after} around it.`;
    case 'unwrap':
      return 'Take it out of its list.';
    case 'replace':
      return `Write ${mend.json.length <= 60 ? mend.json : `${mend.json.slice(0, 57)}…`}.`;
    default:
      return '';
  }
}

function shapeWords(shape: CompiledShape): string {
  switch (shape.type) {
    case 'string':
      return 'a string';
    case 'bool':
      return 'true or false';
    case 'int32':
      return 'a whole number of 32 bits';
    case 'int64':
      return 'a whole number';
    case 'float':
    case 'double':
      return 'a number';
    case 'bytes':
      return 'a base64 string';
    case 'duration':
      return 'a duration such as "1.5s"';
    case 'timestamp':
      return 'a time such as "2026-01-31T12:00:00Z"';
    case 'enum':
      return `one of ${enumNames(shape)}`;
    case 'list':
      return `a list of ${elementWords(shape.of)}`;
    case 'message':
      return shape.message.descriptor.fields.length === 0
        ? 'an empty object, {}'
        : `an object with ${nameList(
            shape.message.descriptor.fields.map(({ name }) => name),
            5,
          )}`;
    default:
      return 'an object';
  }
}

function elementWords(shape: CompiledShape): string {
  switch (shape.type) {
    case 'message':
      return 'objects';
    case 'string':
    case 'bytes':
      return 'strings';
    case 'enum':
      return `values out of ${enumNames(shape)}`;
    case 'list':
      return 'lists';
    default:
      return 'values';
  }
}

function enumNames(shape: CompiledShape): string {
  if (shape.type !== 'enum') return '';
  return nameList(
    [...shape.values.keys()].filter((name) => !name.endsWith('UNSPECIFIED')),
    12,
  );
}

function rangeWords({ descriptor: { min, max, exclusiveMin } }: CompiledField): string {
  const least = exclusiveMin === true ? `above ${min ?? 0}` : `at least ${min ?? 0}`;
  if (max === undefined) return least;
  if (min === undefined) return `at most ${max}`;
  return exclusiveMin === true ? `${least} and at most ${max}` : `between ${min} and ${max}`;
}

function badEnum(
  path: readonly PathSegment[],
  label: string,
  field: CompiledField,
  shape: CompiledShape,
  value: unknown,
): Issue {
  const names = shape.type === 'enum' ? [...shape.values.keys()] : [];
  const written = String(value);
  const canonical = names.find((name) => name.toLowerCase() === written.trim().toLowerCase());
  if (canonical !== undefined) {
    const lenient = field.descriptor.anyCase === true;
    return {
      code: lenient ? 'schema-type-case' : 'enum-case',
      path,
      at: 'value',
      message: lenient
        ? `${quoteValue(value)} works in direct calls; batch files are read strictly. Write "${canonical}".`
        : `${quoteValue(value)} is not a value of "${label}": case matters. Write "${canonical}".`,
      mend: { kind: 'replace', json: JSON.stringify(canonical), title: `Change to "${canonical}"` },
    };
  }
  const close = nearest(written, names) ?? names.find((name) => name.endsWith(`_${written.toUpperCase()}`));
  return {
    code: 'enum-value',
    path,
    at: 'value',
    message:
      close === undefined
        ? `${quoteValue(value)} is not a value of "${label}". It takes ${enumNames(shape)}.`
        : `${quoteValue(value)} is not a value of "${label}". Did you mean "${close}"?`,
    ...(close !== undefined && {
      mend: { kind: 'replace', json: JSON.stringify(close), title: `Change to "${close}"` },
    }),
  };
}

function badBytes(path: readonly PathSegment[], label: string, value: unknown): Issue {
  const uri = typeof value === 'string' ? dataUriPrefix(value) : undefined;
  if (uri !== undefined) {
    return {
      code: 'data-uri',
      path,
      at: 'value',
      message: `"${label}" takes plain base64, not a data URI. Remove the prefix up to the comma${uri.mimeType === '' ? '' : ` and put ${uri.mimeType} into mimeType`}.`,
      mend: { kind: 'dataUri' },
    };
  }
  const unbroken = withoutBlanks(value);
  return {
    code: 'base64',
    path,
    at: 'value',
    message: `"${label}" is not base64. It takes the bytes in base64, without line breaks or blanks.`,
    ...(unbroken !== undefined && {
      mend: { kind: 'replace', json: JSON.stringify(unbroken), title: 'Remove line breaks and blanks' },
    }),
  };
}

/** Base64 that was broken into lines, without its breaks. */
function withoutBlanks(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.replace(/\s+/g, '') : '';
  return text !== '' && text !== value && isBase64(text) ? text : undefined;
}

const missingCodes: Readonly<Record<string, Issue['code']>> = {
  'GenerateContentRequest.contents': 'missing-contents',
  'EmbedContentRequest.content': 'missing-contents',
  'ChatCompletionBody.messages': 'missing-contents',
  'EmbeddingsBody.input': 'missing-contents',
  'ChatCompletionBody.model': 'missing-model',
  'EmbeddingsBody.model': 'missing-model',
  'Content.parts': 'empty-parts',
  'GeminiLine.key': 'missing-key',
  'GeminiEmbedLine.key': 'missing-key',
  'OpenAiChatLine.custom_id': 'missing-key',
  'OpenAiEmbeddingsLine.custom_id': 'missing-key',
  'GeminiLine.request': 'missing-request',
  'GeminiEmbedLine.request': 'missing-request',
  'OpenAiChatLine.body': 'missing-request',
  'OpenAiEmbeddingsLine.body': 'missing-request',
  'OpenAiChatLine.method': 'openai-url',
  'OpenAiEmbeddingsLine.method': 'openai-url',
  'OpenAiChatLine.url': 'openai-url',
  'OpenAiEmbeddingsLine.url': 'openai-url',
};

function missingField(path: readonly PathSegment[], messageName: string, field: CompiledField): Issue {
  const { name, doc } = field.descriptor;
  const code = missingCodes[`${messageName}.${name}`] ?? 'missing-field';
  const place = path.length === 0 ? 'The line' : `"${placeName(path)}"`;
  const mend = missingMend(`${messageName}.${name}`, path);
  return {
    code,
    path,
    at: 'owner',
    message:
      missingAdvice[`${messageName}.${name}`] ??
      `${place} has no "${name}". Add it: ${doc.charAt(0).toLowerCase()}${doc.slice(1)}`,
    ...(mend && { mend }),
  };
}

/** Where saying what the field is for is not the best advice. */
const missingAdvice: Readonly<Record<string, string>> = {
  'GenerateContentRequest.contents':
    'The request has no "contents", so it asks nothing. Add "contents":[{"role":"user","parts":[{"text":"…"}]}].',
  'EmbedContentRequest.content':
    'The request has no "content", so there is nothing to embed. Add "content":{"parts":[{"text":"…"}]}.',
  'ChatCompletionBody.messages':
    'The body has no "messages", so it asks nothing. Add "messages":[{"role":"user","content":"…"}].',
  'EmbeddingsBody.input': 'The body has no "input", so there is nothing to embed. Add "input":"…".',
  'ChatCompletionBody.model': 'The body names no "model"; every line of an OpenAI file needs one. Add it.',
  'EmbeddingsBody.model': 'The body names no "model"; every line of an OpenAI file needs one. Add it.',
  'Content.parts': 'The turn has no "parts", so nothing is said. Add "parts":[{"text":"…"}].',
};

/** What can be put in place of a missing field without asking. */
function missingMend(field: string, into: readonly PathSegment[]): Mend | undefined {
  switch (field) {
    case 'OpenAiChatLine.method':
    case 'OpenAiEmbeddingsLine.method':
      return { kind: 'insert', into, name: 'method', json: '"POST"' };
    case 'OpenAiChatLine.url':
      return { kind: 'insert', into, name: 'url', json: '"/v1/chat/completions"' };
    case 'OpenAiEmbeddingsLine.url':
      return { kind: 'insert', into, name: 'url', json: '"/v1/embeddings"' };
    default:
      return undefined;
  }
}

function unknownField(path: readonly PathSegment[], details: ViolationDetails, request: RequestPlace): Issue {
  const { message, value } = details;
  const name = String(path.at(-1));
  const owner = path.slice(0, -1);
  if (message.descriptor.name === 'Schema') {
    const issue = schemaKeywordIssue(path, name);
    if (issue !== undefined) return issue;
  }
  if (name === 'config' && message.descriptor.name === request.message && isObject(value)) {
    return {
      code: 'sdk-config',
      path,
      at: 'name',
      message:
        '"config" exists only in the SDK. In a file its fields stand in the request itself: sampling and form in generationConfig, the rest (systemInstruction, tools, safetySettings, …) directly in the request.',
      mend: { kind: 'hoist' },
    };
  }
  const suggestion = suggestionFor(message, request.message, name, value);
  return suggestion === undefined
    ? noSuchField(path, name, details)
    : suggested(path, name, owner, suggestion, request);
}

function suggested(
  path: readonly PathSegment[],
  name: string,
  owner: readonly PathSegment[],
  { kind, home, from }: Suggestion,
  request: RequestPlace,
): Issue {
  // A name from elsewhere says nothing about the spelling that is used here.
  const snake = from !== 'alias' && name.includes('_');
  const wanted = snake ? home.field.descriptor.snake : home.field.descriptor.name;
  if (kind === 'rename') {
    return {
      code: 'unknown-field',
      path,
      at: 'name',
      message: `"${name}" is not a field of ${placeName(owner)}. Did you mean "${wanted}"?`,
      mend: { kind: 'rename', name: wanted },
    };
  }
  const target = [...(from === 'below' ? owner : request.path), ...home.path];
  const place = target.length === 0 ? 'the request' : placeName(target);
  return {
    code: 'misplaced-field',
    path,
    at: 'name',
    message: `"${name}" is not a field of ${placeName(owner)}. ${wanted === name ? 'It' : `"${wanted}"`} belongs in ${place}.`,
    mend: { kind: 'move', to: target, name: wanted },
  };
}

function noSuchField(path: readonly PathSegment[], name: string, { message }: ViolationDetails): Issue {
  const names = message.descriptor.fields.map((field) => field.name);
  const takes = names.length === 0 ? 'It takes no fields.' : `It takes ${nameList(names)}.`;
  return {
    code: 'unknown-field',
    path,
    at: 'name',
    message: `"${name}" is not a field of ${placeName(path.slice(0, -1))}; the service refuses the line. ${takes}`,
  };
}
