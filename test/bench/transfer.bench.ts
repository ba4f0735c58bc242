import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { BenchOptions, BenchRow } from './contract';

export const name = 'Upload and download against @google/genai, at 0 and 100 ms round trip';

const MB = 2 ** 20;
const run_ = promisify(execFile);

interface Transfer {
  readonly seconds: number;
  readonly peakMB: number;
}

/** Who transfers; `flushed` is the official client whose file is then brought to the disk, as ours always is. */
type Side = 'ours' | 'sdk' | 'flushed';
const sides = { up: ['ours', 'sdk'], down: ['ours', 'sdk', 'flushed'] } as const;

/** Each transfer in a process of its own, the official client and ours taking turns. */
export async function run({ full, directory, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const size = (full ? 1024 : 128) * MB;
  const repeats = { up: 3, down: 5 };
  const file = join(directory, 'requests.jsonl');
  writeRequests(file, size);
  const scripts = await bundle(directory);
  const child = spawn(process.execPath, [scripts.server, '50'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const urls = await addresses(child);
    const rows: BenchRow[] = [];
    for (const direction of ['up', 'down'] as const)
      for (const delay of [0, 100]) {
        const url = delay === 0 ? urls.fast : urls.slow;
        const results: Record<Side, Transfer[]> = { ours: [], sdk: [], flushed: [] };
        for (let n = 0; n < repeats[direction]; n += 1)
          for (const side of sides[direction]) {
            const target = direction === 'up' ? file : join(directory, 'results.jsonl');
            const client = side === 'ours' ? scripts.ours : scripts.sdk;
            const task = side === 'flushed' ? 'flushed' : direction;
            results[side].push(await transfer(client, [task, url, target, String(size)]));
            if (direction === 'down') rmSync(target, { force: true });
            await settleDisk();
          }
        const [ours, peer] = [middle(results.ours), middle(results.sdk)];
        log(`${direction} at ${delay} ms: ${ours.seconds.toFixed(2)} s, SDK ${peer.seconds.toFixed(2)} s`);
        rows.push(...toRows(direction, delay, size, full, ours, peer));
        if (direction === 'down') rows.push(flushedRow(delay, size, ours, middle(results.flushed)));
      }
    rows.push(await inlineRow(scripts.ours, urls.fast, join(directory, 'inline.jsonl'), size));
    // The largest file that the service takes, where the sizes are those of the goals.
    writeRequests(file, 2 * size);
    rows.push(await largestRow(scripts.ours, urls.fast, file, 2 * size));
    return rows;
  } finally {
    child.kill();
  }
}

/**
 * Results within the job itself, beside an eighth of them; no other peer, for whoever parses such a job whole needs many times its
 * size.
 */
async function inlineRow(client: string, url: string, file: string, size: number): Promise<BenchRow> {
  const peak = async (bytes: number) => {
    const { peakMB } = await transfer(client, ['inline', url, file, String(bytes)]);
    rmSync(file, { force: true });
    return peakMB;
  };
  const [ours, small] = [await peak(size), await peak(size / 8)];
  return {
    name: `inline results of ${size / MB} MB, peak memory`,
    ours,
    peer: small,
    peerName: 'an eighth of it',
    unit: 'MB',
    ratio: small / ours,
    goal: '<= 160 MB, and no growth',
    holds: ours <= 160 && ours <= small * 1.15,
  };
}

async function largestRow(client: string, url: string, file: string, size: number): Promise<BenchRow> {
  const { peakMB } = await transfer(client, ['up', url, file, String(size)]);
  return {
    name: `upload ${size / MB} MB at 0 ms, peak memory`,
    ours: peakMB,
    unit: 'MB',
    goal: '<= 150 MB',
    holds: peakMB <= 150,
  };
}

function toRows(
  direction: 'up' | 'down',
  delay: number,
  size: number,
  full: boolean,
  ours: Transfer,
  peer: Transfer,
): BenchRow[] {
  const what = `${direction === 'up' ? 'upload' : 'download'} ${size / MB} MB at ${delay} ms`;
  const ratio = peer.seconds / ours.seconds;
  // With few chunks the SDK's round trips weigh little: the tenfold shows at a gigabyte only.
  const goal = direction === 'up' && delay > 0 ? 10 : 1;
  const limit = direction === 'up' ? 150 : 160;
  return [
    {
      name: what,
      ours: ours.seconds,
      peer: peer.seconds,
      peerName: 'SDK',
      unit: 's',
      ratio,
      goal: `>= ${goal} x the SDK`,
      ...(full || goal === 1 ? { holds: ratio >= goal } : {}),
    },
    {
      name: `${what}, peak memory`,
      ours: ours.peakMB,
      peer: peer.peakMB,
      peerName: 'SDK',
      unit: 'MB',
      ratio: peer.peakMB / ours.peakMB,
      goal: `<= ${limit} MB`,
      holds: ours.peakMB <= limit,
    },
  ];
}

/** The same comparison where both sides leave the file on the disk and not only in memory. */
function flushedRow(delay: number, size: number, ours: Transfer, peer: Transfer): BenchRow {
  const ratio = peer.seconds / ours.seconds;
  return {
    name: `download ${size / MB} MB at ${delay} ms, safe on disk`,
    ours: ours.seconds,
    peer: peer.seconds,
    peerName: 'SDK and fsync',
    unit: 's',
    ratio,
    goal: '>= 1 x the SDK',
    holds: ratio >= 1,
  };
}

/** What one transfer left for the system to write must not slow the next one down. */
async function settleDisk(): Promise<void> {
  if (process.platform !== 'win32') await run_('sync');
}

function writeRequests(path: string, size: number): void {
  const line = `{"key":"k","request":{"contents":[{"parts":[{"text":"${'x'.repeat(4_000)}"}]}]}}\n`;
  const block = Buffer.from(line.repeat(256));
  const file = openSync(path, 'w');
  for (let left = size; left > 0; left -= block.length)
    writeSync(file, block, 0, Math.min(left, block.length));
  closeSync(file);
}

/** Bundled, so that no loader's memory is counted. */
async function bundle(directory: string): Promise<Record<'server' | 'ours' | 'sdk', string>> {
  const scripts = { server: 'transferServer', ours: 'transferClient', sdk: 'transferSdkClient' };
  await build({
    entryPoints: Object.values(scripts).map((script) => join(import.meta.dirname, `${script}.ts`)),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.cjs' },
    outdir: directory,
    logLevel: 'error',
  });
  const path = (script: string) => join(directory, `${script}.cjs`);
  return { server: path(scripts.server), ours: path(scripts.ours), sdk: path(scripts.sdk) };
}

async function addresses(child: ChildProcess): Promise<{ fast: string; slow: string }> {
  if (child.stdout === null) throw new Error('The server has no output.');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return JSON.parse(line) as { fast: string; slow: string };
}

async function transfer(client: string, words: readonly string[]): Promise<Transfer> {
  const { stdout } = await run_(process.execPath, [client, ...words]);
  return JSON.parse(stdout) as Transfer;
}

/** The median by time. */
function middle(transfers: readonly Transfer[]): Transfer {
  const sorted = [...transfers].sort((a, b) => a.seconds - b.seconds);
  const found = sorted[Math.floor(sorted.length / 2)];
  if (found === undefined) throw new Error('Nothing was measured.');
  return found;
}
