import { execFile } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type BuildOptions } from 'esbuild';
import type { BenchOptions, BenchRow } from './contract';
import type { Contender, ContenderResult } from './validationContender';
import { writeRequestFile, type LineMix } from './validationData';

export const name = 'Validating a file on disk';

const runFile = promisify(execFile);

const threads = 2;
const source = join(import.meta.dirname, '..', '..', 'src');

interface Measured extends ContenderResult {
  readonly speed: number;
}

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const bench = new ValidationBench(options);
  await bench.prepare();
  return [
    ...(await bench.speeds()),
    ...(await bench.memory()),
    ...(await bench.badLines()),
    ...(await bench.keys()),
  ];
}

class ValidationBench {
  private readonly contender: string;
  private readonly size: number;

  constructor(private readonly options: BenchOptions) {
    this.contender = join(options.directory, 'contender.cjs');
    this.size = options.full ? 1.98e9 : 60e6;
  }

  /** The contenders and our worker, bundled as they are when installed. */
  async prepare(): Promise<void> {
    const common: BuildOptions = {
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'error',
    };
    await build({
      ...common,
      entryPoints: [join(import.meta.dirname, 'validationContender.ts')],
      outfile: this.contender,
    });
    await build({
      ...common,
      entryPoints: [join(source, 'server', 'validatorWorker.ts')],
      outfile: join(this.options.directory, 'validator-worker.js'),
    });
  }

  async speeds(): Promise<BenchRow[]> {
    const file = this.data('mixed', this.size);
    const label = `mixed, ${(this.size / 1e6).toFixed(0)} MB, ${threads} threads`;
    const ours = await this.measure('ours', file);
    const rows: BenchRow[] = [];
    const against = async (peer: Contender, peerName: string, goal: string, least: number) => {
      const measured = await this.measure(peer, file);
      const ratio = ours.speed / measured.speed;
      rows.push({
        name: label,
        ours: ours.speed,
        peer: measured.speed,
        peerName,
        unit: 'MB/s',
        ratio,
        goal,
        ...(this.options.full && { holds: ratio >= least }),
      });
    };
    await against('parse', 'JSON.parse alone', '>= 0.8 x', 0.8);
    rows.push(await this.hashed(file));
    await against('zod', 'JSON.parse + zod', '>= 2 x', 2);
    await against('ajv', 'JSON.parse + ajv', '>= 1 x', 1);
    if (await this.install('@duckdb/node-api'))
      await against('duckdb', 'DuckDB read_ndjson_objects', '>= 1 x', 1);
    rmSync(file);
    return [...rows, await this.openAi(), ...(await this.againstJsonService())];
  }

  /** The same with the SHA-256 that a submission needs: one thread of it is as slow as the check on two. */
  private async hashed(file: string): Promise<BenchRow> {
    return this.beside('ours-hashed', file, 'mixed, with its SHA-256, for a submission', '>= 0.8 x', 0.8);
  }

  private async openAi(): Promise<BenchRow> {
    const file = this.data('openai', this.options.full ? 500e6 : 20e6);
    const row = await this.beside('ours', file, `OpenAI lines, ${threads} threads`, '>= 0.8 x', 0.8);
    rmSync(file);
    return row;
  }

  /** One of ours beside JSON.parse alone. */
  private async beside(
    contender: Contender,
    file: string,
    label: string,
    goal: string,
    least: number,
  ): Promise<BenchRow> {
    const ours = await this.measure(contender, file);
    const peer = await this.measure('parse', file);
    const ratio = ours.speed / peer.speed;
    return {
      name: label,
      ours: ours.speed,
      peer: peer.speed,
      peerName: 'JSON.parse alone',
      unit: 'MB/s',
      ratio,
      goal,
      ...(this.options.full && { holds: ratio >= least }),
    };
  }

  /** VS Code's service is too slow for gigabytes: a small file, one thread each. */
  private async againstJsonService(): Promise<BenchRow[]> {
    if (!(await this.install('vscode-json-languageservice'))) return [];
    const file = this.data('mid', this.options.full ? 100e6 : 20e6);
    const ours = await this.measure('ours', file, 1);
    const peer = await this.measure('vscode-json', file, 1);
    rmSync(file);
    const ratio = ours.speed / peer.speed;
    return [
      {
        name: 'lines of 4 KB, 1 thread',
        ours: ours.speed,
        peer: peer.speed,
        peerName: "VS Code's JSON service",
        unit: 'MB/s',
        ratio,
        goal: '>= 5 x',
        ...(this.options.full && { holds: ratio >= 5 }),
      },
    ];
  }

  /** Peak memory, and that it does not grow with the file. */
  async memory(): Promise<BenchRow[]> {
    const small = this.data('mixed', this.options.full ? 100e6 : 20e6);
    const before = await this.measure('ours', small);
    rmSync(small);
    const large = this.data('mixed', this.size);
    const after = await this.measure('ours', large);
    rmSync(large);
    const limit = 350;
    return [
      {
        name: `peak memory, ${(this.size / 1e6).toFixed(0)} MB`,
        ours: after.peakMB,
        peer: limit,
        peerName: 'limit',
        unit: 'MB',
        ratio: limit / after.peakMB,
        goal: '<= 350 MB',
        ...(this.options.full && { holds: after.peakMB <= limit }),
      },
      {
        name: 'peak memory, growth from the small file to the large one',
        ours: after.peakMB - before.peakMB,
        unit: 'MB',
        goal: 'flat: <= 50 MB',
        ...(this.options.full && { holds: after.peakMB - before.peakMB <= 50 }),
      },
    ];
  }

  /** Files in which every line is wrong. */
  async badLines(): Promise<BenchRow[]> {
    const rows: BenchRow[] = [];
    const mixes: readonly (readonly [LineMix, string])[] = [
      ['broken', 'every line wrong'],
      ['varied', 'every line wrong, no two alike'],
      ['comma', 'no line is JSON'],
    ];
    for (const [mix, label] of mixes) {
      const file = this.data(mix, this.options.full ? 500e6 : 20e6);
      rows.push(await this.beside('ours', file, label, '>= 0.4 x', 0.4));
      rmSync(file);
    }
    return rows;
  }

  /** Millions of keys, compared with each other. */
  async keys(): Promise<BenchRow[]> {
    const file = this.data('tiny', this.options.full ? 0.85e9 : 20e6);
    const ours = await this.measure('ours', file);
    rmSync(file);
    return [
      {
        name: `${(ours.rows / 1e6).toFixed(1)} million keys compared, peak memory`,
        ours: ours.peakMB,
        peer: 500,
        peerName: 'limit',
        unit: 'MB',
        ratio: 500 / ours.peakMB,
        goal: '<= 500 MB for 10 million',
        ...(this.options.full && { holds: ours.peakMB <= 500 }),
      },
    ];
  }

  private data(mix: LineMix, bytes: number): string {
    const file = join(this.options.directory, `${mix}.jsonl`);
    writeRequestFile(file, bytes, mix);
    return file;
  }

  /** The median of three runs, each in a fresh process; the first one warms the page cache. */
  private async measure(contender: Contender, file: string, count = threads): Promise<Measured> {
    const results: ContenderResult[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { stdout } = await runFile(process.execPath, [
        this.contender,
        contender,
        file,
        String(count),
        this.options.directory,
      ]);
      results.push(JSON.parse(stdout) as ContenderResult);
    }
    const [, median] = results.sort((a, b) => a.seconds - b.seconds);
    if (median === undefined) throw new Error(`${contender} gave no result.`);
    const speed = statSync(file).size / 1e6 / median.seconds;
    this.options.log(
      `${contender}: ${speed.toFixed(0)} MB/s, ${median.peakMB.toFixed(0)} MB, ${median.rows} rows, ${median.bad} bad`,
    );
    return { ...median, speed };
  }

  /** Peers that nobody needs otherwise are installed into the bench's own folder, in full runs only. */
  private async install(peer: string): Promise<boolean> {
    if (!this.options.full) {
      this.options.log(`${peer}: only with --full, where it is installed for the run`);
      return false;
    }
    try {
      await runFile('npm', ['install', '--no-audit', '--no-fund', '--prefix', this.options.directory, peer]);
      return true;
    } catch {
      this.options.log(`${peer}: cannot be installed here, left out`);
      return false;
    }
  }
}
