import type { Model } from '../../shared/batchService';
import type { CommandContext } from '../context';

/** Longer than this nobody waits for a list that there is a substitute for. */
const patienceMs = 3000;

/**
 * The models that the connection in use has for batches of embeddings, or of anything else. None where there is no key or the
 * service does not tell.
 */
export async function modelsInUse(
  { connections, keys, log }: Pick<CommandContext, 'connections' | 'keys' | 'log'>,
  embeds: boolean,
): Promise<readonly string[]> {
  const { current } = connections;
  try {
    if ((await keys.get(current)) === undefined) return [];
    const service = await connections.service(current);
    const models = await service.listModels({ signal: AbortSignal.timeout(patienceMs) });
    return models
      .filter((model) => model.batchDialects.length > 0 && isForEmbeddings(model) === embeds)
      .map(({ id }) => id);
  } catch (error) {
    log.debug(`No models to offer: ${error instanceof Error ? error.name : 'unknown failure'}`);
    return [];
  }
}

/** Services of the OpenAI kind do not say what a model is for, but its name does. */
function isForEmbeddings({ id, batchDialects }: Model): boolean {
  return batchDialects.includes('gemini-embed') || id.includes('embedding');
}
