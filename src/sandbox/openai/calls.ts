import type { AnswerContext } from '../answers/answer';
import { json, param, readJson } from '../exchange';
import { asString } from '../../util/json';
import { requireModel, sandboxModels, type SandboxModel } from '../models';
import type { Router } from '../router';
import { listReply } from './batches';
import { openAiCalls } from './chat';
import { openAiError, standaloneBase } from './errors';

/** Names that the stand-alone service lists; it takes any other as well. */
const listedModels = ['simulated-large', 'simulated-small', 'simulated-embedding'];

/** A model of any name, for a service whose models we do not know. */
export function anyModel(id: string): SandboxModel {
  const known = sandboxModels.find((candidate) => candidate.id === id);
  return (
    known ?? {
      id,
      kind: /embed/i.test(id) ? 'embedding' : 'text',
      displayName: id,
      inputTokenLimit: 128_000,
      outputTokenLimit: 16_384,
      thinking: false,
    }
  );
}

/** Models and the calls that answer at once, at both places. */
export function openAiCallRoutes(
  router: Router,
  contextFor: (model: SandboxModel) => AnswerContext,
  now: () => number,
): void {
  for (const base of [standaloneBase, '/{version}/openai']) {
    const standalone = base === standaloneBase;
    const ids = standalone ? listedModels : sandboxModels.map(({ id }) => `models/${id}`);
    const modelObject = (id: string) => ({
      id,
      object: 'model',
      created: 0,
      owned_by: 'batchwright-sandbox',
    });
    router.add('GET', `${base}/models`, (exchange) => listReply(exchange, ids.map(modelObject)));
    for (const [endpoint, call] of Object.entries(openAiCalls))
      router.add('POST', `${base}${endpoint.replace('/v1', '')}`, async (exchange) => {
        const body = await readJson(exchange);
        const id = asString(body.model)?.replace(/^models\//, '');
        if (id === undefined) {
          const message = "Missing required parameter: 'model'.";
          return json({ error: openAiError(message, 400, 'missing_required_parameter', 'model') }, 400);
        }
        const method = endpoint === '/v1/embeddings' ? 'embedContent' : 'generateContent';
        const model = standalone ? anyModel(id) : requireModel(id, method, param(exchange, 'version'));
        const answer = call(body, contextFor(model), Math.floor(now() / 1000));
        return json(answer.body, answer.status);
      });
  }
}
