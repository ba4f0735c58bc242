import type { Severity } from './problem';

/**
 * Every rule: its default severity and what it is about, in one line. Errors are what the service would refuse, warnings what
 * it silently ignores or what costs quality, information and hints the rest. A setting can change each one.
 */
export const rules = {
  // The text
  'json-syntax': rule('error', 'The line is not valid JSON.'),
  'json-trailing-comma': rule('error', 'A comma before a closing bracket.'),
  'json-comment': rule('error', 'A comment; JSON has none.'),
  'json-quotes': rule('error', 'Single quotes or missing quotes.'),
  'json-literal': rule('error', 'NaN, Infinity, None, True and other words that are not JSON.'),
  'json-control-character': rule('error', 'A raw control character inside a string.'),
  'json-escape': rule('error', 'An escape sequence that JSON does not know.'),
  'json-surrogate': rule('error', 'Half of a surrogate pair, which is no character.'),
  'json-two-values': rule('error', 'Two values on one line.'),
  'json-incomplete': rule('error', 'The line ends in the middle of a value.'),
  'object-over-lines': rule('error', 'A request spread over several lines.'),
  'json-nesting': rule('error', 'Values nested deeper than the service reads.'),
  'nul-character': rule('error', 'A NUL character, usually a file saved as UTF-16.'),
  'invalid-utf8': rule('error', 'Bytes that are not UTF-8.'),
  'duplicate-property': rule('error', 'The same property twice in one object, in one casing or both.'),
  // The file
  'file-encoding': rule('error', 'The file is not UTF-8.'),
  'file-array': rule('error', 'The whole file is one JSON array instead of one request a line.'),
  'file-pretty-printed': rule('error', 'Requests are spread over several lines.'),
  'file-too-large': rule('error', 'The file is larger than the service takes.'),
  'file-not-inline': rule('information', 'The file is too large to be sent inline.'),
  'line-too-long': rule('error', 'A line is longer than can be checked.'),
  // The line
  'line-not-object': rule('error', 'The line is JSON, but no object.'),
  'line-dialect': rule('error', 'The line has another dialect than the rest of the file.'),
  'bare-request': rule('warning', 'A request without the key and request around it.'),
  'missing-key': rule('error', 'No key, so that the result cannot be told apart.'),
  'empty-key': rule('error', 'An empty key.'),
  'key-type': rule('error', 'A key that is not a string.'),
  'duplicate-key': rule('error', 'The same key on two lines.'),
  'key-name': rule('error', 'The key has the name that another service uses.'),
  'missing-model': rule('error', 'No model in an OpenAI line.'),
  'missing-request': rule('error', 'No request.'),
  'ignored-field': rule('warning', 'A property beside the request, which the service ignores.'),
  'mixed-models': rule('warning', 'Lines of one file name different models.'),
  'mixed-endpoints': rule('error', 'Lines of one file name different endpoints.'),
  'row-model': rule('hint', 'A model inside a row; the job decides the model.'),
  // The messages
  'unknown-field': rule('error', 'A name that the service does not know there.'),
  'misplaced-field': rule('error', 'A known field in the wrong place.'),
  'sdk-config': rule('error', 'The SDK’s config object, which does not exist on the wire.'),
  'wrong-type': rule('error', 'A value of the wrong type.'),
  'number-string': rule('warning', 'A number written as a string.'),
  'enum-value': rule('error', 'A value that is not one of those the field takes.'),
  'enum-case': rule('error', 'An enum value in the wrong case.'),
  'schema-type-case': rule(
    'warning',
    'A schema type, or another value that is often written in lower case, which only direct calls take like that.',
  ),
  'enum-number': rule('warning', 'An enum value given as a number.'),
  base64: rule('error', 'Bytes that are not base64.'),
  'data-uri': rule('error', 'A data URI where plain base64 is expected.'),
  format: rule('error', 'A duration or time in the wrong form.'),
  'doubtful-value': rule('warning', 'A text that the service is unlikely to take.'),
  range: rule('error', 'A number outside of its range.'),
  'too-many': rule('error', 'More elements than the field takes.'),
  'missing-field': rule('warning', 'A field is missing that the message is useless without.'),
  'deprecated-field': rule('off', 'A field that has a successor.'),
  // The meaning
  'missing-contents': rule('error', 'No contents.'),
  'empty-contents': rule('error', 'Contents without any turn.'),
  'empty-parts': rule('error', 'A turn without parts.'),
  'empty-part': rule('error', 'A part without data.'),
  'empty-text': rule('warning', 'A text part without text.'),
  'part-data': rule('error', 'A part with two kinds of data.'),
  role: rule('error', 'A role that the service does not know.'),
  'schema-keyword': rule('error', 'A JSON Schema keyword that the closed Schema message does not have.'),
  'schema-required': rule('error', 'A required property that the schema does not have.'),
  'schema-ordering': rule('warning', 'A property in propertyOrdering that the schema does not have.'),
  'schema-items': rule('error', 'An ARRAY in a schema without items.'),
  'schema-properties': rule('error', 'An OBJECT in a response schema without properties.'),
  'schema-enum': rule('error', 'An enum in a schema of another type than STRING, or with an empty value.'),
  'schema-mime-type': rule('error', 'A response schema without a JSON response type.'),
  'exclusive-fields': rule('error', 'Fields that exclude each other.'),
  'json-schema-in-batch': rule('hint', 'responseJsonSchema has been unreliable in batches.'),
  'thinking-twice': rule('error', 'A thinking budget together with a thinking level.'),
  'cached-content': rule('error', 'Cached content together with what the cache already holds.'),
  logprobs: rule('error', 'logprobs without responseLogprobs.'),
  'low-output-tokens': rule('warning', 'An output limit that thinking will use up.'),
  'thinking-default': rule('hint', 'A very low output limit while nothing is said about thinking.'),
  'image-modality': rule('hint', 'Image settings that do not fit the modalities.'),
  'file-uri': rule('error', 'A file reference that the service cannot read.'),
  'file-expired': rule('error', 'A referenced file that is gone.'),
  'file-expiring': rule('warning', 'A referenced file that may be gone before it is read.'),
  'openai-url': rule('error', 'An endpoint or method that batches do not have.'),
} as const satisfies Record<string, RuleDescriptor>;

export interface RuleDescriptor {
  readonly severity: Severity | 'off';
  readonly summary: string;
}

export type RuleCode = keyof typeof rules;

export const ruleCodes = Object.keys(rules) as readonly RuleCode[];

function rule(severity: Severity | 'off', summary: string): RuleDescriptor {
  return { severity, summary };
}
