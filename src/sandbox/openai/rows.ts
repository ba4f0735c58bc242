import type { AnswerContext } from '../answers/answer';
import { asObject, asString } from '../../util/json';
import { SeededRandom } from '../random';
import { placementOf, type RowAnswerer, type RowResult } from '../rows';
import { openAiCalls, type OpenAiAnswer } from './chat';
import { openAiError } from './errors';

/** Answers lines of `{custom_id, method, url, body}`. `createdAt` in seconds. */
export function openAiAnswerer(endpoint: string, context: AnswerContext, createdAt: number): RowAnswerer {
  const call = openAiCalls[endpoint];
  const result = (line: string, answer: OpenAiAnswer): RowResult => {
    const id = asString(asObject(JSON.parse(line))?.custom_id) ?? '';
    const random = new SeededRandom(line);
    return {
      line: JSON.stringify({
        id: `batch_req_${random.id(24)}`,
        custom_id: id,
        response: { status_code: answer.status, request_id: `req_${random.id(24)}`, body: answer.body },
        error: null,
      }),
      ok: answer.status === 200,
      placement: placementOf(line),
    };
  };
  return {
    answer(line) {
      const body = asObject(asObject(JSON.parse(line))?.body) ?? {};
      if (call === undefined) throw new Error(`No batch has the endpoint ${endpoint}.`);
      return result(line, call(body, context, createdAt));
    },
    unserved(line, { code, message = '' }) {
      // Rows that a cancelled batch did not get to have no result at all.
      if (code === 1) return undefined;
      return result(line, { status: 500, body: { error: openAiError(message, 500) } });
    },
  };
}
