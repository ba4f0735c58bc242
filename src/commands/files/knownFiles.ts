import type { KnownFilesParams } from '../../shared/lsp';
import type { Connections, Keys } from '../context';

/**
 * The uploads that the service of the connection in use has, for the language server to judge references by. Undefined where
 * there is no key. Rejects with ServiceError where the service cannot be asked.
 */
export async function knownFiles(
  connections: Connections,
  keys: Keys,
): Promise<KnownFilesParams | undefined> {
  const { current } = connections;
  if ((await keys.get(current)) === undefined) return undefined;
  const { baseUrl } = await connections.describe(current);
  const files = await (await connections.service(current)).listFiles();
  // A gateway's files may bear the address of the service behind it.
  const address = files.find(({ uri }) => uri !== undefined && URL.canParse(uri))?.uri ?? baseUrl;
  return {
    origin: new URL(address).origin,
    files: files.map(({ name, expiresAt }) => {
      const time = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
      return Number.isNaN(time) ? { name } : { name, expiresAt: time };
    }),
  };
}
