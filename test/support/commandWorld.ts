import type { Uri } from 'vscode';
import { runCommand } from '../../src/commands/boundary';
import type { Choice, CommandContext, CommandHandler, Question, Severity } from '../../src/commands/context';
import { Refusal } from '../../src/commands/refusal';
import type { ReceiverAddress } from '../../src/commands/webhooks/receiverControl';
import { customConnections } from '../../src/config/connections';
import type { ApiKey } from '../../src/config/keys';
import type { CommandId } from '../../src/contributions';
import type { Job, JobEngine, SubmitRequest } from '../../src/jobs/api';
import type { ImportReport } from '../../src/jobs/ledger/portable';
import type { Preflight, PreflightRequest } from '../../src/jobs/preflight/preflight';
import type { Removal, RemovalOptions } from '../../src/jobs/removal';
import type { PartLimits } from '../../src/jobs/rows/planParts';
import type { MergedResults, RetryFile, RetryParent } from '../../src/jobs/runs';
import type { OutcomeCounts } from '../../src/shared/outcome';
import type { BatchService, Model } from '../../src/shared/batchService';
import type { ServiceLineError } from '../../src/shared/lineErrors';
import type { ValidationSummary } from '../../src/shared/lsp';
import { CancelledError } from '../../src/util/async';
import { silentLogger } from '../../src/util/logger';
import type { SortOrder } from '../../src/views/jobsTree';
import type { ReceiverState } from '../../src/views/presentWebhook';
import { Uri as FakeUri } from './fakeVscode';
import { at, makeJob } from './jobs';

/** An answer of the person at the keyboard to the next question. `undefined` is Escape. */
export type Answer = string | readonly string[] | undefined;

/**
 * A world around command handlers: the person's answers are given beforehand, and everything that was said or done is
 * written down, one line each.
 */
export class CommandWorld {
  /** What was shown and done, in order: `ask Title`, `error Message [Action]`, `submit …`, `open …`. */
  readonly said: string[] = [];
  readonly answers: Answer[] = [];
  jobs: Job[] = [makeJob()];
  files = new Map<string, string>();
  active: string | undefined;
  unsaved = new Set<string>();
  /** Where an unsaved file is saved to; undefined when the person backs out of the dialog. */
  savedAs: string | undefined;
  workspaceFiles: string[] = [];
  openFiles: string[] = [];
  /** What is special about a job that was submitted or resumed, or about the last part of one. */
  afterSubmit: Partial<Job> = {};
  connection = 'sandbox';
  apiKeys = new Map<string, ApiKey>([['sandbox', { value: 'sandbox', source: 'fixed' }]]);
  memory = new Map<string, unknown>();
  pressedJobIds: string[] = [];
  clipboard = '';
  settings: Record<string, unknown> = {
    connections: [],
    'results.folder': '',
    'budget.usd': 0,
    tier: '',
    'split.maxRows': 0,
    'submit.priority': 0,
    'split.maxTokens': 0,
    'webhooks.onSubmit': false,
  };
  retryFile = '';
  /** What the results say when they are looked at; nothing can be told of them when absent. */
  learned: OutcomeCounts | undefined;
  /** What retry files ask again for, by path. */
  readonly retried = new Map<string, RetryParent>();
  imported: ImportReport = { added: 2, known: 1, unfinished: 0, broken: [] };
  preflight: Preflight = {
    rows: 2,
    bytes: 300,
    sha256: 'ab'.repeat(32),
    input: { tokens: 1234, error: 0.3, basis: 'local', sampled: 0 },
    output: { historyRows: 0 },
    findings: [],
    duplicates: [],
    references: [],
    activeJobs: 0,
    overBudget: false,
  };
  lineErrors: readonly ServiceLineError[] = [];
  line = '';
  summary: ValidationSummary = {
    kind: 'gemini',
    rows: 2,
    bytes: 300,
    errors: 0,
    warnings: 0,
    problems: [],
    estimatedTokens: 1234,
    sha256: 'ab'.repeat(32),
  };
  models: Model[] = [
    { id: 'embed-1', label: 'Embed', batchDialects: ['gemini-embed'] },
    { id: 'flash', label: 'Flash', batchDialects: ['gemini'] },
    { id: 'pro', label: 'Pro', description: 'The\nbig one', batchDialects: ['gemini', 'openai'] },
  ];
  readonly engine = new FakeEngine(this);
  /** What service calls do; a test replaces what it needs. */
  service: Partial<BatchService> = {};
  filter = '';
  sort: SortOrder = 'newest';
  receiver: ReceiverState = { kind: 'off' };
  receiverAddress: ReceiverAddress | undefined;
  /** The secret of each webhook that is kept, until it is copied. */
  webhookSecrets = new Map<string, string>();

  readonly context: CommandContext = {
    ui: {
      notify: (severity: Severity, message: string, ...actions: readonly string[]) => {
        this.said.push([`${severity} ${message}`, ...actions.map((action) => `[${action}]`)].join(' '));
        return Promise.resolve(actions.find((action) => this.takeIf(action)));
      },
      confirm: (question: Question) => {
        this.said.push(`confirm ${question.message} (${question.answers.join(' | ')})`);
        this.lastQuestion = question;
        const answer = this.take();
        const index = question.answers.indexOf(String(answer));
        return index < 0 ? Promise.reject(new CancelledError()) : Promise.resolve(index);
      },
      pick: async <T>(
        choices: PromiseLike<readonly Choice<T>[]> | readonly Choice<T>[],
        { title }: { title: string },
      ) => {
        const all = await choices;
        this.said.push(`pick ${title}: ${all.map((choice) => choice.label).join(', ')}`);
        this.lastChoices = all;
        const answer = this.take();
        const chosen = all.find((choice) => choice.label === answer);
        if (chosen === undefined) throw new CancelledError();
        return chosen.value;
      },
      pickMany: <T>(choices: readonly Choice<T>[], { title }: { title: string }) => {
        this.said.push(`pick ${title}: ${choices.map((choice) => choice.label).join(', ')}`);
        this.lastChoices = choices;
        const answer = this.take();
        const labels = Array.isArray(answer) ? (answer as readonly string[]) : [answer];
        const chosen = choices.filter((choice) => labels.includes(choice.label));
        return chosen.length === 0
          ? Promise.reject(new CancelledError())
          : Promise.resolve(chosen.map((choice) => choice.value));
      },
      input: ({ title, value, validate, secret }) => {
        const answer = this.take();
        this.said.push(
          `input ${title}${value === undefined ? '' : ` = ${value}`}${secret === true ? ' (hidden)' : ''}`,
        );
        if (answer === undefined) return Promise.reject(new CancelledError());
        const text = String(answer);
        const problem = validate?.(text);
        // A box that shows a problem cannot be accepted; a test that gives a bad text means to see that.
        if (problem !== undefined) this.said.push(`problem ${problem}`);
        return problem === undefined ? Promise.resolve(text) : Promise.reject(new CancelledError());
      },
      progress: (title, task) => {
        this.said.push(`progress ${title}`);
        return task({
          report: (message, fraction) => {
            if (message !== '') this.said.push(`… ${message}${fraction === undefined ? '' : ` ${fraction}`}`);
          },
          signal: this.abort.signal,
        });
      },
      copy: (text) => {
        this.clipboard = text;
        return Promise.resolve();
      },
      flash: (message) => this.said.push(`flash ${message}`),
    },
    workbench: {
      activeFile: () => (this.active === undefined ? undefined : uri(this.active)),
      isUnsaved: (file) => this.unsaved.has(file.fsPath),
      save: (file) => {
        this.said.push(`save ${file.fsPath}`);
        return Promise.resolve(this.savedAs === undefined ? undefined : uri(this.savedAs));
      },
      openRequestFiles: () => this.openFiles.map((file) => uri(file)),
      findRequestFiles: () => Promise.resolve(this.workspaceFiles.map((file) => uri(file))),
      uriOf: (path) => uri(path),
      open: (path, options) => {
        const { selection } = options ?? {};
        const place = selection === undefined ? '' : `:${selection.line}:${selection.start}-${selection.end}`;
        this.said.push(`open ${path}${place}`);
        return Promise.resolve();
      },
      pickFile: (title) => {
        this.said.push(`file ${title}`);
        return Promise.resolve('/home/me/jobs.jsonl');
      },
      pickNewFile: (title, name) => {
        this.said.push(`new file ${title}`);
        return Promise.resolve(`/home/me/${name}`);
      },
      pickFolder: (title) => {
        this.said.push(`folder ${title}`);
        const answer = this.take();
        return answer === undefined ? Promise.reject(new CancelledError()) : Promise.resolve(String(answer));
      },
      sampleFile: () => Promise.resolve('/samples/first-batch.jsonl'),
      readLine: () => Promise.resolve(this.line),
      showText: (text, name) => {
        this.said.push(`text ${name}: ${text.trim()}`);
        return Promise.resolve();
      },
      openResults: (path, requestPath) => {
        this.said.push(`results ${path} beside ${requestPath ?? 'nothing'}`);
        return Promise.resolve();
      },
      openSettings: (query) => {
        this.said.push(`settings ${query}`);
        return Promise.resolve();
      },
      showJobs: () => Promise.resolve(),
      runCommand: (command: CommandId, ...args) => {
        this.said.push(`command ${[command, ...args].join(' ')}`);
        return Promise.resolve();
      },
    },
    settings: {
      get: ((id: string) => this.settings[id]) as never,
      set: (id, value) => Promise.resolve(void this.said.push(`set ${id} ${JSON.stringify(value)}`)),
      onDidChange: () => ({ dispose: () => undefined }),
    },
    keys: {
      get: (id) => Promise.resolve(this.apiKeys.get(id)),
      set: (id, value) => {
        this.apiKeys.set(id, { value, source: 'stored' });
        return Promise.resolve();
      },
      remove: (id) => {
        this.apiKeys.delete(id);
        return Promise.resolve();
      },
    },
    connections: connectionsOf(this),
    engine: () => Promise.resolve(this.engine as unknown as JobEngine),
    language: () =>
      Promise.resolve({
        validateFile: (file) => {
          this.said.push(`validate ${file}`);
          return Promise.resolve(this.summary);
        },
        validateAndReport: (file) => Promise.resolve(void this.said.push(`report ${file?.fsPath ?? ''}`)),
        restart: () => Promise.resolve(void this.said.push('restart')),
        editAsJson: (_uri, line) => Promise.resolve(void this.said.push(`edit ${line}`)),
        formatLines: () => Promise.resolve(void this.said.push('format')),
        chooseDialect: () => Promise.resolve(void this.said.push('dialect')),
        convertLines: (to) => Promise.resolve(void this.said.push(`convert ${to}`)),
      }),
    results: () =>
      Promise.resolve({
        open: (file) => Promise.resolve(void this.said.push(`results of ${file.fsPath}`)),
        openBeside: () => Promise.resolve(),
        search: () => void this.said.push('search'),
        export: () => Promise.resolve(void this.said.push('export results')),
        compare: () => void this.said.push('compare'),
        retry: () => Promise.resolve(void this.said.push('retry results')),
        reopenAsText: () => Promise.resolve(void this.said.push('as text')),
      }),
    prices: () => ({}),
    view: viewOf(this),
    serviceDiagnostics: {
      show: (path, errors) => {
        this.lineErrors = errors;
        this.said.push(`squiggles ${path}`);
        return Promise.resolve();
      },
      clear: () => undefined,
    },
    webhooks: webhooksOf(this),
    memory: {
      get: (key) => this.memory.get(key),
      set: (key, value) => Promise.resolve(void this.memory.set(key, value)),
    },
    log: { ...silentLogger, error: (text) => this.logged.push(text), show: () => void this.said.push('log') },
    now: () => at('2026-11-21T10:00:00'),
  };

  readonly logged: string[] = [];
  readonly abort = new AbortController();
  lastQuestion: Question | undefined;
  lastChoices: readonly Choice<unknown>[] = [];

  /** Runs a command as its boundary does; resolves to all that was said. Which of them it is called matters to no handler. */
  async run(handler: CommandHandler, ...args: unknown[]): Promise<readonly string[]> {
    await runCommand(this.context, 'batchwright.refreshJobs', handler, args);
    return this.said;
  }

  private take(): Answer {
    return this.answers.shift();
  }

  /** Whether the person chooses this action of a notification; anything else leaves it alone. */
  private takeIf(action: string): boolean {
    if (this.answers[0] !== action) return false;
    this.answers.shift();
    return true;
  }
}

/** The engine as handlers see it: jobs of the world, and a line for everything it was asked to do. */
class FakeEngine {
  failures = new Map<string, Error>();

  constructor(private readonly world: CommandWorld) {}

  get jobs(): readonly Job[] {
    return this.world.jobs;
  }
  get(id: string): Job | undefined {
    return this.world.jobs.find((job) => job.id === id);
  }
  refresh(): Promise<void> {
    return this.act('refresh');
  }
  async submit(
    request: SubmitRequest,
    options?: { onProgress?: (p: { step: 'hashing' | 'uploading' | 'creating' }) => void },
  ) {
    options?.onProgress?.({ step: 'hashing' });
    options?.onProgress?.({ step: 'uploading' });
    options?.onProgress?.({ step: 'creating' });
    await this.act(
      `submit ${request.displayName} ${request.model} ${request.dialect} ${request.rows} ${request.path}${
        request.priority === undefined ? '' : ` priority ${request.priority}`
      }${request.parentId === undefined ? '' : ` again for ${request.parentId}`}`,
    );
    return makeJob({ displayName: request.displayName, ...this.world.afterSubmit });
  }
  async resume(id: string, { createAgain }: { createAgain?: boolean } = {}): Promise<Job> {
    await this.act(`resume ${id}${createAgain === true ? ' again' : ''}`);
    return makeJob(this.world.afterSubmit);
  }
  discard(id: string): Promise<void> {
    return this.act(`discard ${id}`);
  }
  cancel(id: string): Promise<void> {
    return this.act(`cancel ${id}`);
  }
  async deleteAll(ids: readonly string[], options: RemovalOptions): Promise<readonly Removal[]> {
    const how = [options.cancelRunning && 'cancelling', options.saveResults && 'saving', options.directory];
    await this.act(['delete', ids.join('+'), ...how.filter(Boolean)].join(' '));
    return ids.map((id) => {
      const error = this.failures.get(id);
      const displayName = this.get(id)?.displayName ?? id;
      return {
        id,
        displayName,
        cancelled: options.cancelRunning,
        deleted: error === undefined,
        ...(options.saveResults ? { saved: `/home/me/${id}` } : {}),
        ...(error === undefined ? {} : { error }),
      };
    });
  }
  async preflight(request: PreflightRequest): Promise<Preflight> {
    await this.act(
      `preflight ${request.model}${request.budgetUsd === undefined ? '' : ` budget ${request.budgetUsd}`}`,
    );
    return { ...this.world.preflight, rows: this.world.summary.rows };
  }
  async submitInParts(request: SubmitRequest, limits: PartLimits): Promise<readonly Job[]> {
    await this.act(`parts ${request.displayName} ${JSON.stringify(limits)}`);
    return [makeJob({ id: 'p1' }), makeJob({ id: 'p2', ...this.world.afterSubmit })];
  }
  async createRetryFile(id: string, outcomes: ReadonlySet<string>): Promise<RetryFile> {
    await this.act(`retry ${id} ${[...outcomes].join('+')}`);
    return { path: this.world.retryFile, rows: 3, parentId: id };
  }
  async learnOutcomes(id: string): Promise<Job> {
    await this.act(`look at ${id}`);
    const job = this.world.jobs.find((one) => one.id === id) ?? makeJob();
    return { ...job, ...(this.world.learned && { outcomes: this.world.learned }) };
  }
  retriedBy(path: string): Promise<RetryParent | undefined> {
    return Promise.resolve(this.world.retried.get(path));
  }
  resubmission(id: string, change?: { readonly model?: string }): SubmitRequest {
    const { connectionId, dialect, displayName } = makeJob();
    return {
      connectionId,
      path: this.world.retryFile,
      dialect,
      model: change?.model ?? 'same',
      displayName,
      rows: 1,
      parentId: id,
    };
  }
  async mergeResults(id: string): Promise<MergedResults> {
    await this.act(`merge ${id}`);
    const counts = { ok: 8, failed: 2, truncated: 0, blocked: 0, missing: 0, unexpected: 0 };
    const usage = { input: 1, output: 1, thinking: 0, cached: 0 };
    return {
      file: { path: '/home/me/merged.jsonl', sizeBytes: 1, rows: 10 },
      counts,
      usage,
      runs: 3,
      unfinished: 1,
    };
  }
  async exportLedger(target: string): Promise<number> {
    await this.act(`export ${target}`);
    return 2;
  }
  async importLedger(path: string): Promise<ImportReport> {
    await this.act(`import ${path}`);
    return this.world.imported;
  }
  async adopt(id: string): Promise<string> {
    await this.act(`adopt ${id}`);
    return id;
  }
  async downloadResults(id: string, options?: { directory?: string }) {
    await this.act(`download ${id}${options?.directory === undefined ? '' : ` to ${options.directory}`}`);
    return { path: `${options?.directory ?? '/home/me'}/reviews.results.jsonl`, sizeBytes: 10, rows: 1 };
  }

  /** Fails where a failure is given for all that was asked (`resume a`), for its first two words or for its first. */
  private act(what: string): Promise<void> {
    this.world.said.push(what);
    const words = what.split(' ');
    const failure =
      this.failures.get(what) ??
      (what.endsWith(' again') ? undefined : this.failures.get(words.slice(0, 2).join(' '))) ??
      this.failures.get(words[0]!);
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  }
}

function connectionsOf(world: CommandWorld): CommandContext['connections'] {
  const service = (): Promise<BatchService> =>
    Promise.resolve({
      capabilities: { maxFileBytes: 2_000_000_000 },
      listModels: () => Promise.resolve(world.models),
      ...world.service,
    } as BatchService);
  return {
    get current() {
      return world.connection;
    },
    get ids() {
      return [
        'gemini',
        'sandbox',
        ...customConnections(world.settings.connections).connections.map(({ id }) => id),
      ];
    },
    label: (id) => (id === 'sandbox' ? 'Sandbox' : id === 'gemini' ? 'Gemini' : id),
    isLocal: (id) => id === 'sandbox',
    use: (id) => {
      world.connection = id;
      world.said.push(`use ${id}`);
      return Promise.resolve();
    },
    async describe(id) {
      if (!this.ids.includes(id)) throw new Refusal(`There is no connection “${id}”.`);
      return Promise.resolve({
        id,
        label: id,
        family: 'gemini',
        baseUrl: id === 'sandbox' ? 'http://127.0.0.1:1234' : 'https://generativelanguage.googleapis.com',
        apiVersion: 'v1beta',
      });
    },
    service,
    serviceWithKey: service,
  };
}

function webhooksOf(world: CommandWorld): CommandContext['webhooks'] {
  return {
    secrets: {
      keep: (_connection, id, secret, older) => {
        world.webhookSecrets.set(id, secret);
        return Promise.resolve(void world.said.push(`keep ${id} ${older}`));
      },
      copyable: () => Promise.resolve(new Set(world.webhookSecrets.keys())),
      takeForCopy: (_connection, id) => {
        const secret = world.webhookSecrets.get(id);
        world.webhookSecrets.delete(id);
        return Promise.resolve(secret);
      },
      forget: (_connection, id) => Promise.resolve(void world.said.push(`forget ${id}`)),
    },
    receiver: {
      apply: () => Promise.resolve(void world.said.push('apply')),
      state: () => Promise.resolve(world.receiver),
      address: () => Promise.resolve(world.receiverAddress),
      addressFor: () => Promise.resolve(world.receiverAddress?.url),
    },
    refreshView: () => world.said.push('refresh webhooks'),
  };
}

function viewOf(world: CommandWorld): CommandContext['view'] {
  return {
    pressedJobIds: () => Promise.resolve(world.pressedJobIds),
    get filter() {
      return world.filter;
    },
    get sort() {
      return world.sort;
    },
    setFilter: (filter) => (world.filter = filter),
    setSort: (sort) => (world.sort = sort),
    loadMore: () => world.said.push('more'),
    reveal: (job) => Promise.resolve(void world.said.push(`reveal ${job.displayName}`)),
    find: (job) => Promise.resolve(void world.said.push(`find ${job.displayName}`)),
  };
}

/** A URI as VS Code hands it to commands. */
export function uri(path: string, scheme = 'file'): Uri {
  return (scheme === 'file' ? FakeUri.file(path) : FakeUri.parse(`${scheme}:${path}`)) as unknown as Uri;
}
