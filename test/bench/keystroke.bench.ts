import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { LspClient } from '../support/lspClient';
import type { BenchOptions, BenchRow } from './contract';

export const name = 'A keystroke in a large document, and its first diagnostics';

const published = 'textDocument/publishDiagnostics';
const uri = 'file:///requests.jsonl';
/** The same number of mistakes in a small and a large document, so that what is sent is the same. */
const mistakes = 100;

interface Published {
  readonly version?: number;
  readonly diagnostics: readonly unknown[];
}

interface Session {
  /** From opening to the first diagnostics, ms. */
  readonly first: number;
  /** From each change to the diagnostics of that version, ms, in ascending order. */
  readonly keystrokes: readonly number[];
  /** Resident memory of the server at the end; absent where the system does not say. */
  readonly memoryMB?: number;
}

/** The server as clients run it, in its own process; the clock stops when the diagnostics have arrived. */
export async function run({ full, directory, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const server = path.join(directory, 'server.js');
  await build({
    entryPoints: ['src/server/main.ts'],
    outfile: server,
    bundle: true,
    minify: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  const count = full ? 500 : 100;
  const large = requests(150_000);
  const small = await session(server, requests(3_000), 3_000, count);
  const big = await session(server, large, 150_000, count);
  const peer = textDocumentEdits(large, Math.min(count, 60));
  log(
    `${(large.length / 1e6).toFixed(0)} MB, 150,000 lines; 1 MB: p95 ${at(small.keystrokes, 0.95).toFixed(1)} ms`,
  );
  const p95 = at(big.keystrokes, 0.95);
  const rows: BenchRow[] = [
    {
      name: 'keystroke to diagnostics, 50 MB, p95',
      ours: p95,
      unit: 'ms',
      ratio: 20 / p95,
      goal: '<= 20 ms',
      holds: p95 <= 20,
    },
    {
      name: 'keystroke to diagnostics, 50 MB, median',
      ours: at(big.keystrokes, 0.5),
      peer: at(small.keystrokes, 0.5),
      peerName: 'the same in 1 MB',
      unit: 'ms',
      ratio: at(small.keystrokes, 0.5) / at(big.keystrokes, 0.5),
      goal: '<= 2 x that of 1 MB',
      holds: at(big.keystrokes, 0.5) <= 2 * at(small.keystrokes, 0.5),
    },
    {
      name: 'keystroke to diagnostics, 50 MB, median',
      ours: at(big.keystrokes, 0.5),
      peer: at(peer, 0.5),
      peerName: 'vscode-languageserver-textdocument, the edit alone',
      unit: 'ms',
      ratio: at(peer, 0.5) / at(big.keystrokes, 0.5),
      goal: 'ahead of it',
      holds: at(peer, 0.5) > at(big.keystrokes, 0.5),
    },
    {
      name: 'first diagnostics after opening 50 MB',
      ours: big.first,
      unit: 'ms',
      ratio: 1000 / big.first,
      goal: '<= 1 s',
      holds: big.first <= 1000,
    },
  ];
  if (big.memoryMB === undefined) return rows;
  return [
    ...rows,
    {
      name: 'memory of the server, 50 MB',
      ours: big.memoryMB,
      unit: 'MB',
      ratio: 400 / big.memoryMB,
      goal: '<= 400 MB',
      holds: big.memoryMB <= 400,
    },
  ];
}

async function session(server: string, text: string, lines: number, count: number): Promise<Session> {
  const client = new LspClient(server, '--stdio');
  try {
    await client.initialize();
    const opened = performance.now();
    client.open(uri, text);
    await client.notification<Published>(published);
    const first = performance.now() - opened;
    const expected = mistakes;
    await client.notification<Published>(published, ({ diagnostics }) => diagnostics.length >= expected);
    const keystrokes: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const version = index + 2;
      const line = (index * 7919) % lines;
      // Every tenth one is a new line in the middle of a request, and the next takes it back.
      const position = { line, character: 70 };
      const isBreak = index % 10 === 8;
      const range = { start: position, end: position };
      const start = performance.now();
      client.change(uri, version, [{ range, text: isBreak ? '\n' : 'x' }]);
      await client.notification<Published>(published, (message) => message.version === version);
      keystrokes.push(performance.now() - start);
    }
    const memoryMB = residentMB(client.pid);
    return {
      first,
      keystrokes: keystrokes.sort((a, b) => a - b),
      ...(memoryMB !== undefined && { memoryMB }),
    };
  } finally {
    client.kill();
  }
}

/** What the library that most servers use needs for the same edits, without any checking. */
function textDocumentEdits(text: string, count: number): number[] {
  const document = TextDocument.create(uri, 'jsonl', 1, text);
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const position = { line: (index * 7919) % document.lineCount, character: 70 };
    const start = performance.now();
    TextDocument.update(document, [{ range: { start: position, end: position }, text: 'x' }], index + 2);
    // Until a position is asked for, it only remembers what to do.
    document.offsetAt(position);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

function requests(lines: number): string {
  const prompt = 'Say in one sentence what this customer wants, and how urgent it is. '.repeat(3);
  return Array.from({ length: lines }, (_, index) => {
    const temperature = index % Math.floor(lines / mistakes) === 0 ? 7 : 1;
    return `{"key":"request-${index}","request":{"contents":[{"role":"user","parts":[{"text":"${prompt}${index}"}]}],"generationConfig":{"temperature":${temperature}}}}`;
  }).join('\n');
}

function residentMB(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
