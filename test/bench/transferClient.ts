// Moves one file with our own client.
import { createGeminiService } from '../../src/gemini/service';
import { createTransport } from '../../src/http/undiciTransport';
import type { RemoteJob } from '../../src/shared/job';
import { silentLogger } from '../../src/util/logger';
import { measure, type Direction } from './transferMeasure';

void measure(async ({ direction, url, file, size }) => {
  const transport = createTransport();
  const service = createGeminiService({
    connection: { id: 'bench', label: 'Bench', family: 'gemini', baseUrl: url, apiVersion: 'v1beta' },
    transport,
    key: () => Promise.resolve('bench'),
    logger: silentLogger,
  });
  if (direction === 'up') await service.uploadFile(file, { displayName: 'bench' });
  else await service.downloadResults(finishedJob(direction, size), file);
  transport.dispose();
});

function finishedJob(direction: Direction, size: number): RemoteJob {
  const inline = direction === 'inline';
  return {
    name: inline ? `batches/inline-${size}` : 'batches/bench',
    displayName: 'bench',
    model: 'bench',
    dialect: 'gemini',
    state: 'SUCCEEDED',
    counts: { total: 0, succeeded: 0, failed: 0, pending: 0 },
    output: inline ? { kind: 'inline' } : { kind: 'file', file: `files/bytes-${size}` },
  };
}
