import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** An answer that says no. */
export class LspError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A client that speaks the protocol byte by byte to a language server on standard input and output, so that tests also see
 * what a library would smooth over.
 */
export class LspClient {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private readonly heard: Message[] = [];
  private listeners: ((message: Message) => void)[] = [];
  private buffer = Buffer.alloc(0);
  private lastId = 0;
  /** Answers to what the server asks of the client, by method; null for the rest. */
  readonly answers = new Map<string, (params: unknown) => unknown>();

  constructor(modulePath: string, ...args: string[]) {
    this.process = spawn(process.execPath, [modulePath, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (chunk: Buffer) => this.receive(chunk));
  }

  /** The exit code, once the process has ended. */
  async exit(): Promise<number | null> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    const [code] = (await once(this.process, 'exit')) as [number | null];
    return code;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  raw(bytes: string | Buffer): void {
    this.process.stdin?.write(bytes);
  }

  endInput(): void {
    this.process.stdin?.end();
  }

  notify(method: string, params?: unknown): void {
    this.send({ jsonrpc: '2.0', method, params });
  }

  async request<T = unknown>(method: string, params?: unknown): Promise<T> {
    this.lastId += 1;
    const id = this.lastId;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    this.send({ jsonrpc: '2.0', id, method, params });
    const { error, result } = await answer;
    if (error !== undefined) throw new LspError(error.code, error.message);
    return result as T;
  }

  /** The first notification, past or future, of a method that satisfies `matches`. Consumes it. */
  notification<T>(method: string, matches: (params: T) => boolean = () => true): Promise<T> {
    const fits = (message: Message) => message.method === method && matches(message.params as T);
    const index = this.heard.findIndex(fits);
    if (index >= 0) return Promise.resolve(this.heard.splice(index, 1)[0]!.params as T);
    return new Promise((resolve) => {
      const listener = (message: Message) => {
        if (!fits(message)) return;
        this.listeners = this.listeners.filter((other) => other !== listener);
        this.heard.splice(this.heard.indexOf(message), 1);
        resolve(message.params as T);
      };
      this.listeners.push(listener);
    });
  }

  async initialize(
    capabilities: unknown = {},
    initializationOptions?: unknown,
  ): Promise<Record<string, unknown>> {
    const result = await this.request<{ capabilities: Record<string, unknown> }>('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities,
      initializationOptions,
    });
    this.notify('initialized', {});
    return result.capabilities;
  }

  open(uri: string, text: string, languageId = 'jsonl'): void {
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  }

  change(uri: string, version: number, contentChanges: unknown[]): void {
    this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  }

  private send(message: unknown): void {
    const body = Buffer.from(JSON.stringify(message));
    this.raw(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  private receive(chunk: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, chunk]);
    while (true) {
      const header = this.buffer.indexOf('\r\n\r\n');
      if (header < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.toString('latin1', 0, header))?.[1]);
      const end = header + 4 + length;
      if (this.buffer.length < end) return;
      const message = JSON.parse(this.buffer.toString('utf8', header + 4, end)) as Message;
      this.buffer = this.buffer.subarray(end);
      this.handle(message);
    }
  }

  private handle(message: Message): void {
    if (message.method !== undefined && message.id !== undefined) {
      const answer = this.answers.get(message.method);
      this.send({ jsonrpc: '2.0', id: message.id, result: answer?.(message.params) ?? null });
      return;
    }
    if (message.method !== undefined) {
      this.heard.push(message);
      for (const listener of [...this.listeners]) listener(message);
      return;
    }
    const resolve = this.waiting.get(message.id ?? -1);
    this.waiting.delete(message.id ?? -1);
    resolve?.(message);
  }
}
