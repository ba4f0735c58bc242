import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import type MochaClass from 'mocha';
import { failureText, type TestRecord } from '../support/testRecords';

/** What the runner outside tells this module, through the environment that the extension host inherits. */
interface Orders {
  /** Gets one TestRecord a line, as it happens: a host that dies half way still tells how far it came. */
  readonly records: string;
  /** Folder for coverage in V8's format. */
  readonly coverage: string;
  /** Only test files whose name contains one of these. */
  readonly only: readonly string[];
}

/** VS Code calls this in the extension host. Resolves also when tests failed: the records tell. */
export async function run(): Promise<void> {
  const orders = JSON.parse(process.env.BATCHWRIGHT_TEST_ORDERS ?? '{}') as Orders;
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  await runMocha(orders);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const dist = path.join(__dirname, '../../dist');
  const ours = result
    .map((script) => ({ ...script, url: asFileUrl(script.url) }))
    .filter(({ url }) => url.startsWith(`file://${dist}`));
  mkdirSync(orders.coverage, { recursive: true });
  writeFileSync(
    path.join(orders.coverage, `coverage-${process.pid}-${Date.now()}-${randomUUID()}.json`),
    JSON.stringify({ result: ours }),
  );
}

/** CommonJS modules go by their path, others by their URL. */
function asFileUrl(url: string): string {
  return url.startsWith('/') ? `file://${url}` : url;
}

/** A reporter that writes each test down when it ends. */
function recorder(file: string): MochaClass.ReporterConstructor {
  const record = (entry: TestRecord): void => appendFileSync(file, `${JSON.stringify(entry)}\n`);
  return class extends EventEmitter {
    constructor(runner: MochaClass.Runner) {
      super();
      runner.on('pass', (test) =>
        record({ title: test.fullTitle(), state: 'passed', milliseconds: test.duration ?? 0 }),
      );
      runner.on('fail', (test, error: unknown) =>
        record({
          title: test.fullTitle(),
          state: 'failed',
          milliseconds: test.duration ?? 0,
          error: failureText(error),
        }),
      );
      runner.on('end', () => record({ title: 'end', state: 'ended', milliseconds: 0 }));
    }
  } as unknown as MochaClass.ReporterConstructor;
}

async function runMocha(orders: Orders): Promise<void> {
  const { default: Mocha } = (await import('mocha')) as { default: typeof MochaClass };
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    forbidOnly: true,
    forbidPending: true,
    reporter: recorder(orders.records),
  });
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.test.js'));
  const chosen = files.filter(
    (file) => orders.only.length === 0 || orders.only.some((part) => file.includes(part)),
  );
  for (const file of chosen.sort()) mocha.addFile(path.join(__dirname, file));
  await mocha.loadFilesAsync();
  await new Promise<void>((resolve) => mocha.run(() => resolve()));
}
