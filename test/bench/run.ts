// Runs every test/bench/*.bench.ts, one after another, prints one table and writes out/bench.json.
//   npm run bench                  sizes that finish in seconds
//   npm run bench -- --full        the sizes of the goals
//   npm run bench -- transfer ...  only the modules whose file name contains one of the words
// It reports and never fails: a bench that throws becomes a line of the report.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchModule, BenchRow } from './contract';

interface BenchReport {
  readonly name: string;
  readonly seconds: number;
  readonly rows: readonly BenchRow[];
  readonly error?: string;
}

async function main(args: readonly string[]): Promise<void> {
  const full = args.includes('--full');
  const words = args.filter((argument) => !argument.startsWith('--'));
  const folder = import.meta.dirname;
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.bench.ts'))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort();
  const reports: BenchReport[] = [];
  for (const file of files) {
    console.log(`\n${file}${full ? ' (full)' : ''}`);
    reports.push(await runOne(join(folder, file), full));
  }
  const machine = {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cores: cpus().length,
    memoryMB: Math.round(totalmem() / 2 ** 20),
  };
  const out = join(folder, '..', '..', 'out');
  mkdirSync(out, { recursive: true });
  writeFileSync(
    join(out, 'bench.json'),
    `${JSON.stringify({ at: new Date().toISOString(), full, machine, ...flat(reports) }, null, 2)}\n`,
  );
  console.log(`\n${table(reports)}\n\nout/bench.json written.`);
}

/** All rows in one list, each with the name of its bench; and how each bench went. */
function flat(reports: readonly BenchReport[]) {
  return {
    rows: reports.flatMap(({ name: bench, rows }) => rows.map((row) => ({ bench, ...row }))),
    benches: reports.map(({ name, seconds, error }) => ({
      name,
      seconds,
      ...(error === undefined ? {} : { error }),
    })),
  };
}

async function runOne(file: string, full: boolean): Promise<BenchReport> {
  const directory = mkdtempSync(join(tmpdir(), 'batchwright-bench-'));
  const started = performance.now();
  let name = file;
  try {
    const module = (await import(pathToFileURL(file).href)) as BenchModule;
    name = module.name;
    const rows = await module.run({ full, directory, log: (message) => console.log(`  ${message}`) });
    return { name, seconds: (performance.now() - started) / 1000, rows };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(`  failed: ${message}`);
    return { name, seconds: (performance.now() - started) / 1000, rows: [], error: message };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function table(reports: readonly BenchReport[]): string {
  const header = ['what', 'ours', 'peer or limit', 'ratio', 'goal', 'holds'];
  const lines = reports.flatMap((report) => [
    ...(report.error === undefined ? [] : [[report.name, '', '', '', '', 'failed']]),
    ...report.rows.map((row) => [
      row.name,
      `${figure(row.ours)} ${row.unit}`,
      row.peer === undefined
        ? ''
        : `${figure(row.peer)} ${row.unit}${row.peerName === undefined ? '' : ` (${row.peerName})`}`,
      row.ratio === undefined ? '' : `${figure(row.ratio)} x`,
      row.goal,
      row.holds === undefined ? '' : row.holds ? 'yes' : 'NO',
    ]),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const render = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [render(header), render(widths.map((width) => '-'.repeat(width))), ...lines.map(render)].join('\n');
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(3);
}

void main(process.argv.slice(2));
