import type { FileHandle } from 'node:fs/promises';
import { readSync } from 'node:fs';
import { LineWindow } from './lineWindow';
import { linesFrom, linesInto } from './segmentEdges';
import type { Segment, SegmentResult } from './protocol';
import type { ScanTools } from './scanTools';
import { SegmentScan } from './segmentScan';
import { partOf } from './spreadWatch';

/**
 * Scans a segment on this thread without ever waiting: for worker threads.
 * @param fd of the open file
 */
export function scanSegmentSync(
  fd: number,
  tools: ScanTools,
  segment: Segment,
  onProgress: (bytes: number) => void,
): SegmentResult {
  const { checker } = tools;
  const foreign =
    checker === undefined || segment.start === 0
      ? 0
      : linesInto(fd, segment.start, (text) => partOf(checker.verdict(text)) === 'alone');
  const scan = new SegmentScan(tools, segment, foreign);
  const window = new LineWindow(scan, tools.prover.window, segment);
  for (;;) {
    const { room, position } = window;
    const read = readSync(fd, room, 0, room.length, position);
    if (read === 0) {
      window.finish();
      break;
    }
    onProgress(inSegment(segment, position, read));
    if (!window.filled(read)) break;
  }
  scan.goOn((offset) => linesFrom(fd, offset));
  return scan.result();
}

/**
 * Scans a segment and gives way to others after each chunk.
 * @param beforeChunk may throw to stop
 */
export async function scanSegment(
  handle: FileHandle,
  tools: ScanTools,
  segment: Segment,
  beforeChunk: () => void,
  onProgress: (bytes: number) => void,
): Promise<SegmentResult> {
  const scan = new SegmentScan(tools, segment);
  const window = new LineWindow(scan, tools.prover.window, segment);
  for (;;) {
    beforeChunk();
    const { room, position } = window;
    const { bytesRead } = await handle.read(room, 0, room.length, position);
    if (bytesRead === 0) {
      window.finish();
      break;
    }
    onProgress(inSegment(segment, position, bytesRead));
    if (!window.filled(bytesRead)) break;
  }
  return scan.result();
}

/** How much of what was read belongs to the segment: the end of its last line is the next one's. */
function inSegment({ start, end }: Segment, position: number, read: number): number {
  return Math.max(0, Math.min(end, position + read) - Math.max(start, position));
}
