import { createGeminiService, type GeminiService } from '../../src/gemini/service';
import type { OpenFile } from '../../src/http/resultsFile';
import type { Transport } from '../../src/http/transport';
import { silentLogger, type Logger } from '../../src/util/logger';
import { HurryingClock } from './scriptedTransport';

/** A client of the Gemini API at `baseUrl` that does not wait between tries. */
export function geminiUnderTest(
  transport: Transport,
  baseUrl = 'https://api.test',
  more: {
    readonly key?: string;
    readonly logger?: Logger;
    readonly openFile?: OpenFile;
    readonly apiVersion?: string;
    readonly clock?: HurryingClock;
  } = {},
): GeminiService {
  return createGeminiService({
    connection: {
      id: 'test',
      label: 'Test',
      family: 'gemini',
      baseUrl,
      apiVersion: more.apiVersion ?? 'v1beta',
    },
    transport,
    key: () => Promise.resolve(more.key ?? 'sandbox'),
    logger: more.logger ?? silentLogger,
    clock: more.clock ?? new HurryingClock(),
    random: () => 0.5,
    ...(more.openFile === undefined ? {} : { openFile: more.openFile }),
  });
}
