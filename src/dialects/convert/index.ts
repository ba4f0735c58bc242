import * as l10n from '@vscode/l10n';
import { checkLine } from '../checkLine';
import { isObject, tryParse, type JsonObject } from '../json';
import { lineKindOf } from '../lineKind';
import { Notes } from './notes';
import { objectIn, stringIn } from './read';
import { embedRequestOf, requestOf } from './toGemini';
import { chatBodyOf, embeddingsBodyOf } from './toOpenAi';

export type Conversion =
  | {
      readonly line: string;
      /** What has no counterpart or is not quite the same, a sentence each. */
      readonly notes: readonly string[];
      /** The model that the OpenAI line named, which a Gemini line does not: the job decides it. */
      readonly model?: string;
    }
  /** Why the line cannot be converted, and what to do. */
  | { readonly error: string };

export interface ConvertOptions {
  /** What OpenAI lines are to name as their model. */
  readonly model?: string;
}

/**
 * A request line in the other dialect. Lines with errors are not converted, and a line that has the dialect already comes back as
 * it is. Embedding lines become embedding lines.
 */
export function convertLine(text: string, to: 'gemini' | 'openai', options: ConvertOptions = {}): Conversion {
  const value = tryParse(text.replace(/^\ufeff/, ''));
  const kind = lineKindOf(value);
  if (!isObject(value) || (kind !== 'gemini' && kind !== 'gemini-embed' && kind !== 'openai')) {
    return { error: l10n.t('The line is no request with a key that could be converted.') };
  }
  if ((kind === 'openai') === (to === 'openai')) return { line: text, notes: [] };
  // A converted line would hide what is missing from it.
  const error = checkLine(text, { kind }).problems.find(
    ({ severity, code }) => severity === 'error' || code === 'missing-field',
  );
  if (error !== undefined)
    return { error: l10n.t('The line has an error, mend it first: {0}', error.message) };
  return to === 'openai' ? toOpenAi(value, kind === 'gemini-embed', options) : toGemini(value);
}

function toOpenAi(line: JsonObject, embeds: boolean, options: ConvertOptions): Conversion {
  const notes = new Notes(l10n.t('OpenAI lines'));
  const request = objectIn(line.request);
  const named = stringIn(request.model).replace(/^models\//, '');
  const model = options.model ?? named;
  notes.rest(line, ['key', 'request'], '');
  const body = embeds ? embeddingsBodyOf(request, model, notes) : chatBodyOf(request, model, notes);
  if (typeof body === 'string') return { error: body };
  const url = embeds ? '/v1/embeddings' : '/v1/chat/completions';
  return {
    line: JSON.stringify({ custom_id: line.key, method: 'POST', url, body }),
    notes: notes.all,
  };
}

function toGemini(line: JsonObject): Conversion {
  const notes = new Notes(l10n.t('Gemini lines'));
  const body = objectIn(line.body);
  notes.rest(line, ['custom_id', 'method', 'url', 'body'], '');
  const request = line.url === '/v1/embeddings' ? embedRequestOf(body, notes) : requestOf(body, notes);
  if (typeof request === 'string') return { error: request };
  return {
    line: JSON.stringify({ key: line.custom_id, request }),
    notes: notes.all,
    model: stringIn(body.model),
  };
}
