import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { createTransport } from '../../src/http/undiciTransport';
import { createJobEngine } from '../../src/jobs/engine';
import { createBatchService } from '../../src/openai/createService';
import { createSandbox, type Fault, type Sandbox } from '../../src/sandbox';
import type { ConnectionFamily } from '../../src/shared/connection';
import type { Dialect } from '../../src/shared/dialect';
import type { Logger } from '../../src/util/logger';
import { MemorySecrets } from '../unit/jobs/support/harness';
import { TemporaryFolder } from '../support/temporary';
import { HurryingClock } from '../support/scriptedTransport';
import { until } from './support';

/** What must be read nowhere: the key anywhere at all, the words of a prompt and an answer outside of their own files. */
const key = 'canary-key-5f0c21d9';
const prompt = 'canary-prompt-77e1';
/** Whoever has the address of an upload can write the file. */
const session = /upload_id=/;

/** All that went wrong and all that was said, without redaction's help. */
class Sinks implements Logger {
  readonly lines: string[] = [];
  readonly errors: unknown[] = [];

  debug = (line: string) => void this.lines.push(line);
  info = this.debug;
  warn = this.debug;
  error = this.debug;

  /** As a careless reporter would print it: message, stack, causes and every property. */
  get text(): string {
    return [...this.lines, ...this.errors.map((error) => inspect(error, { depth: 20 }))].join('\n');
  }
}

const chat = (text: string) => ({
  custom_id: 'a',
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'gemini-3.5-flash', messages: [{ role: 'user', content: text }] },
});
const row = (text: string) => ({ key: 'a', request: { contents: [{ parts: [{ text }] }] } });

/** What goes wrong on the way, so that every error there is gets its chance to say too much. */
const faults: Readonly<Record<string, Fault>> = {
  'a refusal of everything': { kind: 'status', status: 403 },
  'a page': { kind: 'html', status: 200 },
  'an answer that breaks off': { kind: 'truncate' },
  'a connection that breaks in the upload': { kind: 'cut-up', bytes: 20, path: '/upload/' },
  'a lost creation': { kind: 'lose-answer', path: 'atch' },
  'a connection that breaks in the results': { kind: 'cut-down', bytes: 30, path: ':download' },
};

describe('key, prompts and upload addresses are told to nobody', () => {
  let folder: TemporaryFolder;
  let sandbox: Sandbox;
  const ofSandbox = new Sinks();
  beforeEach(async () => {
    folder = new TemporaryFolder();
    mkdirSync(folder.at('sandbox'));
    sandbox = await createSandbox({ speed: 10_000, key, dataDir: folder.at('sandbox') }, ofSandbox);
  });
  afterEach(async () => {
    await sandbox.close();
    folder.remove();
  });

  /** Submits, follows, fetches and lists, noting whatever fails. */
  async function loop(
    family: ConnectionFamily,
    dialect: Dialect,
    fault?: Fault,
    usedKey = key,
  ): Promise<Sinks> {
    const sinks = new Sinks();
    const transport = createTransport({ useProxy: false });
    const path = folder.at('requests.jsonl');
    writeFileSync(path, `${JSON.stringify(dialect === 'openai' ? chat(prompt) : row(prompt))}\n`);
    const service = createBatchService({
      connection: {
        id: 'c',
        label: 'C',
        family,
        baseUrl: family === 'openai' ? `${sandbox.url}/openai` : sandbox.url,
        apiVersion: family === 'openai' ? 'v1' : 'v1beta',
      },
      transport,
      key: () => Promise.resolve(usedKey),
      logger: sinks,
      clock: new HurryingClock(),
      random: () => 0,
    });
    const engine = createJobEngine({
      directory: folder.at('ledger'),
      service: () => Promise.resolve(service),
      connectionIds: () => ['c'],
      secrets: new MemorySecrets(),
      logger: sinks,
      reconcileLooksMs: [0, 1],
    });
    const note = async (work: Promise<unknown>) => {
      await work.catch((error: unknown) => sinks.errors.push(error));
    };
    if (fault !== undefined) sandbox.control.addFault(fault);
    try {
      await engine.start();
      const request = {
        connectionId: 'c',
        path,
        dialect,
        model: 'gemini-3.5-flash',
        displayName: 'd',
        rows: 1,
      };
      await note(engine.submit(request));
      await note(service.listModels());
      await note(service.tryRequest?.('gemini-3.5-flash', dialect, 'broken{') ?? Promise.resolve());
      for (const job of engine.jobs) {
        if (job.phase !== 'submitted') continue;
        if (fault === undefined)
          await until(
            async () => {
              await engine.refresh();
              return engine.get(job.id);
            },
            (now) => now?.output !== undefined,
          );
        await note(engine.downloadResults(job.id));
      }
    } finally {
      sandbox.control.clearFaults();
      engine.dispose();
      transport.dispose();
    }
    return sinks;
  }

  /** Every file below `path` with its text. */
  function files(path: string): { readonly path: string; readonly text: string }[] {
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .map((name) => `${path}/${name}`)
      .filter((name) => statSync(name).isFile())
      .map((name) => ({ path: name, text: readFileSync(name, 'latin1') }));
  }

  function check(sinks: Sinks): void {
    assert.ok(!sinks.text.includes(key), sinks.text);
    assert.ok(!sinks.text.includes(prompt), sinks.text);
    assert.doesNotMatch(sinks.text, session);
    assert.ok(!ofSandbox.text.includes(key) && !ofSandbox.text.includes(prompt), ofSandbox.text);
    for (const file of files(folder.path)) assert.ok(!file.text.includes(key), `the key is in ${file.path}`);
    for (const file of files(folder.at('ledger'))) {
      assert.ok(!file.text.includes(prompt), `the prompt is in ${file.path}`);
      assert.doesNotMatch(file.text, session, `the upload's address is in ${file.path}`);
    }
  }

  for (const [family, dialect] of [
    ['gemini', 'gemini'],
    ['gemini', 'openai'],
    ['openai', 'openai'],
  ] as const)
    describe(`by ${family}, dialect ${dialect}`, () => {
      it('when all is well', async () => {
        const sinks = await loop(family, dialect);
        assert.equal(sinks.errors.length, 1, 'only the request that is none fails');
        const written = files(folder.path);
        assert.ok(written.some(({ path, text }) => path.endsWith('results.jsonl') && text.includes(prompt)));
        check(sinks);
      });

      for (const [what, fault] of Object.entries(faults))
        it(`with ${what}`, async () => {
          check(await loop(family, dialect, fault));
        });

      it('with a key that the service does not know', async () => {
        const sinks = await loop(family, dialect, undefined, `${key}-wrong`);
        assert.ok(sinks.errors.length > 1);
        check(sinks);
      });
    });
});
