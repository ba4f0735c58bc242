import type { FileHandle } from 'node:fs/promises';
import { readSync } from 'node:fs';
import type { ScanSettings, Segment, SegmentResult } from './protocol';
import { mostLoaded } from './prover/lineProver';
import { SegmentScan } from './segmentScan';

/** On a thread of its own; elsewhere others have to wait for a chunk, so it is smaller. */
const chunkBytes = mostLoaded;
const sharedChunkBytes = 1 << 20;

/**
 * Scans a segment on this thread without ever waiting: for worker threads.
 * @param fd of the open file
 */
export function scanSegmentSync(
  fd: number,
  settings: ScanSettings,
  segment: Segment,
  onProgress: (bytes: number) => void,
): SegmentResult {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const scan = new SegmentScan(settings, segment);
  for (let offset = scan.firstByte; ;) {
    const read = readSync(fd, chunk, 0, chunkBytes, offset);
    if (read === 0) {
      scan.finish();
      break;
    }
    if (!scan.push(chunk.subarray(0, read), offset)) break;
    offset += read;
    onProgress(read);
  }
  return scan.result();
}

/**
 * Scans a segment and gives way to others after each chunk.
 * @param beforeChunk may throw to stop
 */
export async function scanSegment(
  handle: FileHandle,
  settings: ScanSettings,
  segment: Segment,
  beforeChunk: () => void,
  onProgress: (bytes: number) => void,
): Promise<SegmentResult> {
  const chunk = Buffer.allocUnsafe(sharedChunkBytes);
  const scan = new SegmentScan(settings, segment);
  for (let offset = scan.firstByte; ;) {
    beforeChunk();
    const { bytesRead } = await handle.read(chunk, 0, sharedChunkBytes, offset);
    if (bytesRead === 0) {
      scan.finish();
      break;
    }
    if (!scan.push(chunk.subarray(0, bytesRead), offset)) break;
    offset += bytesRead;
    onProgress(bytesRead);
  }
  return scan.result();
}
