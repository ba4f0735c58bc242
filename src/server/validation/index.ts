import { existsSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  encodingProblem,
  layoutProblem,
  maxFileBytes,
  sizeProblem,
  type CheckContext,
  type KnownFiles,
  type Problem,
  type RuleSettings,
  type Severity,
} from '../../dialects';
import type { FileKind } from '../../shared/dialect';
import type { LineProblem, ValidationSummary } from '../../shared/lsp';
import { throwIfCancelled } from '../../util/async';
import { hashFile } from '../../util/files';
import { duplicateKeys, oddLines, type AcrossLines } from './acrossLines';
import { readHead, type FileHead } from './fileHead';
import { LineReader } from './lineReader';
import type { ScanSettings, Segment, SegmentResult } from './protocol';
import { scanSegment } from './readSegment';
import { ScanTools } from './scanTools';
import { scanOnWorkers } from './segmentWorkers';

export interface ValidateFileOptions {
  /** How many problems to return; the rest is only counted. */
  readonly maxProblems: number;
  /** Whether the SHA-256 is wanted, which takes longer than the check. Default: it is. */
  readonly hash?: boolean;
  readonly rules?: RuleSettings;
  /** Translations of what problems say, for the worker threads; this thread has its own. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
  readonly files?: KnownFiles | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes: number }) => void;
  /** What the file is, when somebody knows better than its content. */
  readonly kind?: FileKind;
  /** Worker threads; 0 checks on this one. Small files always do. */
  readonly workers?: number;
  /** Script of the worker threads. Default: `validator-worker.js` beside the running bundle, no threads when it is not there. */
  readonly workerScript?: string;
}

/** Below this, starting threads takes longer than checking. */
const smallFileBytes = 8 << 20;
/** Large enough to be worth handing out, small enough that all threads end together. */
const segmentBytes = 16 << 20;
/** More threads than this do not help: the page cache is the limit then. */
const mostWorkers = 8;

/**
 * Checks a request file of any size on disk by the rules of an open document. Memory does not grow with the file, but for 8
 * bytes a line. Rejects with the file system's error, with CancelledError when the signal fires, and with an Error when a
 * worker thread dies.
 */
export async function validateFile(path: string, options: ValidateFileOptions): Promise<ValidationSummary> {
  const { rules = {}, signal } = options;
  throwIfCancelled(signal);
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const head = await readHead(handle);
    const kind = options.kind ?? head.kind;
    const whole = wholeFileProblem(head, kind, size, rules);
    const note = isRequestKind(kind) ? sizeProblem(size, rules) : undefined;
    const onFile = (size > maxFileBytes ? [whole] : [whole, note]).filter((problem) => problem !== undefined);
    const checked = isRequestKind(kind) && whole === undefined;
    if (size > maxFileBytes) return summary(kind, size, '', [], onFile, []);
    const settings: ScanSettings = {
      path,
      kind: checked ? kind : undefined,
      rules,
      files: options.files,
      maxProblems: options.maxProblems,
      texts: options.texts,
    };
    // Hashing takes place in native code beside the scan; a failed scan must not leave it running on.
    const stop = new AbortController();
    const hashSignal = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const hashing = options.hash === false ? Promise.resolve('') : hashFile(path, { signal: hashSignal });
    hashing.catch(() => undefined);
    try {
      const results = await scan(handle, size, settings, options);
      const reader = new LineReader(handle, results);
      const across = checked
        ? [
            await duplicateKeys(results, reader, rules, options.maxProblems),
            await oddLines('model', results, reader, rules, options.maxProblems),
            await oddLines('endpoint', results, reader, rules, options.maxProblems),
          ]
        : [];
      return summary(kind, size, await hashing, results, onFile, across, options.maxProblems);
    } catch (error) {
      stop.abort();
      throw error;
    }
  } finally {
    await handle.close();
  }
}

function isRequestKind(kind: FileKind): kind is CheckContext['kind'] {
  return kind !== 'none' && kind !== 'results';
}

/** What makes a look at single lines pointless. */
function wholeFileProblem(
  head: FileHead,
  kind: FileKind,
  size: number,
  rules: RuleSettings,
): Problem | undefined {
  if (size > maxFileBytes) return sizeProblem(size, rules);
  if (!isRequestKind(kind)) return undefined;
  if (head.encoding !== undefined) return encodingProblem(head.encoding, rules);
  return head.layout === 'lines' ? undefined : layoutProblem(head.layout, head.firstLine, rules);
}

async function scan(
  handle: FileHandle,
  size: number,
  settings: ScanSettings,
  options: ValidateFileOptions,
): Promise<SegmentResult[]> {
  let bytes = 0;
  const onProgress = (more: number) => {
    bytes = Math.min(size, bytes + more);
    options.onProgress?.({ bytes, totalBytes: size });
  };
  const count = options.workers ?? Math.min(mostWorkers, availableParallelism());
  const script = options.workerScript ?? join(__dirname, 'validator-worker.js');
  if (count > 0 && size > smallFileBytes && existsSync(script)) {
    return scanOnWorkers(settings, segmentsOf(size, settings.maxProblems), {
      count,
      script,
      signal: options.signal,
      onProgress,
    });
  }
  const whole = { index: 0, start: 0, end: size, places: settings.maxProblems };
  const tools = new ScanTools(settings);
  return [await scanSegment(handle, tools, whole, () => throwIfCancelled(options.signal), onProgress)];
}

function segmentsOf(size: number, places: number): Segment[] {
  return Array.from({ length: Math.ceil(size / segmentBytes) }, (_, index) => ({
    index,
    start: index * segmentBytes,
    end: Math.min(size, (index + 1) * segmentBytes),
    places,
  }));
}

function summary(
  kind: FileKind,
  bytes: number,
  sha256: string,
  results: readonly SegmentResult[],
  onFile: readonly Problem[],
  across: readonly AcrossLines[],
  maxProblems = 1,
): ValidationSummary {
  const total = (of: (result: SegmentResult) => number) =>
    results.reduce((sum, result) => sum + of(result), 0);
  const problems = [...placed(results), ...across.flatMap((found) => found.problems)];
  problems.push(...onFile.map(onFirstLine));
  problems.sort((a, b) => a.line - b.line || a.start - b.start);
  const count = (severity: Severity) =>
    across.reduce((sum, found) => sum + (found.severity === severity ? found.count : 0), 0) +
    onFile.filter((problem) => problem.severity === severity).length;
  return {
    kind,
    rows: total((result) => result.rows),
    bytes,
    errors: total((result) => result.errors) + count('error'),
    warnings: total((result) => result.warnings) + count('warning'),
    problems: problems.slice(0, maxProblems),
    estimatedTokens: total((result) => result.tokens),
    sha256,
  };
}

/** The problems of all segments with line numbers of the file. */
function placed(results: readonly SegmentResult[]): LineProblem[] {
  let before = 0;
  return results.flatMap(({ lines, problems }) => {
    const first = before;
    before += lines;
    return problems.map(({ related, lastLine, ...problem }) => ({
      ...problem,
      line: problem.line + first,
      ...(lastLine !== undefined && { lastLine: lastLine + first }),
      ...(related && { related: related.map((place) => ({ ...place, line: place.line + first })) }),
    }));
  });
}

function onFirstLine({ start, end, severity, code, message }: Problem): LineProblem {
  return { line: 0, start, end, severity, code, message };
}
