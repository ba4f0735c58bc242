import type { MessageDescriptor } from '../model';
import { exact, int32, listOf, mapOf, message, of, oneOf, struct, text, value } from './build';

const key = exact('key', text, 'Your name for the row; the result carries it. Must be unique in the file.', {
  required: true,
});
const customId = exact(
  'custom_id',
  text,
  'Your name for the row; the result carries it. Must be unique in the file.',
  {
    required: true,
  },
);
const method = exact('method', oneOf({ POST: 'The one method that batches have.' }), 'Always POST.', {
  required: true,
});

/** Endpoints of the OpenAI dialect -> the message of their body. */
export const openAiEndpoints = {
  '/v1/chat/completions': 'ChatCompletionBody',
  '/v1/embeddings': 'EmbeddingsBody',
} as const;

const url = exact(
  'url',
  oneOf({ '/v1/chat/completions': 'Chat.', '/v1/embeddings': 'Embeddings.' }),
  'The endpoint; the same on every line.',
  { required: true },
);

const error = exact('error', of('Status'), 'Why the row failed; there is no response then.');

/** What stands on a line, around the request or result. */
export const lineMessages: readonly MessageDescriptor[] = [
  message(
    'GeminiLine',
    'A row of a batch: a key of yours and a request.',
    [
      key,
      exact('request', of('GenerateContentRequest'), 'The request, as a direct call would send it.', {
        required: true,
      }),
    ],
    'ignored',
  ),
  message(
    'GeminiEmbedLine',
    'A row of an embeddings batch: a key of yours and a request.',
    [
      key,
      exact('request', of('EmbedContentRequest'), 'The request, as a direct call would send it.', {
        required: true,
      }),
    ],
    'ignored',
  ),
  message(
    'OpenAiChatLine',
    'A row of an OpenAI chat batch.',
    [
      customId,
      method,
      url,
      exact('body', of('ChatCompletionBody'), 'The request, as a direct call would send it.', {
        required: true,
      }),
    ],
    'ignored',
  ),
  message(
    'OpenAiEmbeddingsLine',
    'A row of an OpenAI embeddings batch.',
    [
      customId,
      method,
      url,
      exact('body', of('EmbeddingsBody'), 'The request, as a direct call would send it.', { required: true }),
    ],
    'ignored',
  ),
  message(
    'ResultLine',
    'A row of results: the key of the request and either a response or an error.',
    [
      exact('key', text, 'The key of the request.'),
      exact('custom_id', text, 'The custom_id of the request, in OpenAI results.'),
      exact('id', text, 'The service’s own name for the row, in OpenAI results.'),
      exact('response', struct, 'What the model answered.'),
      error,
      exact('status', of('Status'), 'Why the row failed, in an older form.'),
      exact('metadata', mapOf(value), 'What was sent beside an inline request, its key among it.'),
    ],
    'free',
  ),
  message(
    'Status',
    'Why a row failed.',
    [
      exact(
        'code',
        int32,
        'google.rpc code: 3 invalid, 4 deadline, 8 quota, 13 internal, 14 unavailable, 1 cancelled.',
        {
          also: [text],
        },
      ),
      exact('message', text, 'In words.'),
      exact('status', text, 'The code as a word.'),
      exact('details', listOf(struct), 'More about it.'),
    ],
    'free',
  ),
];
