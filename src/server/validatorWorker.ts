import { closeSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import * as l10n from '@vscode/l10n';
import type { ScanSettings, Segment, WorkerReport } from './validation/protocol';
import { scanSegmentSync } from './validation/readSegment';
import { ScanTools } from './validation/scanTools';

/** The thread that checks segments of a large file: one after another, as the main thread hands them out. */

/** Progress is told in steps of this many bytes. */
const progressBytes = 16 << 20;

const port = parentPort;
if (port === null) throw new Error('The validator only runs as a worker thread.');

const settings = workerData as ScanSettings;
if (settings.texts !== undefined) l10n.config({ contents: settings.texts });
const fd = openSync(settings.path, 'r');
const tools = new ScanTools(settings);

port.on('message', (segment: Segment) => {
  let unreported = 0;
  const result = scanSegmentSync(fd, tools, segment, (bytes) => {
    unreported += bytes;
    if (unreported < progressBytes) return;
    port.postMessage({ type: 'progress', bytes: unreported } satisfies WorkerReport);
    unreported = 0;
  });
  const report: WorkerReport = { type: 'result', result, bytes: unreported };
  // The arrays are handed over, not copied.
  port.postMessage(report, [result.keyHashes.buffer as ArrayBuffer, result.marks.buffer as ArrayBuffer]);
});
port.on('close', () => closeSync(fd));
