// A service that takes uploads and forgets them, and serves as many bytes as asked for, at two ports: one of them over a line
// that delays both ways.
// Prints one line of JSON, {"fast":URL,"slow":URL}. Its own process, so that its work is nobody's memory but its own.
//   transferServer <delay per direction in ms>
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

const received = new Map<string, number>();
let sessions = 0;

const server = http.createServer((request, response) => {
  const command = request.headers['x-goog-upload-command'];
  if (command === 'start') start(request, response);
  else if (typeof command === 'string') take(request, response, command);
  else if (request.url?.includes('/batches/') === true) void sendInline(request, response);
  else void send(request, response);
});

function start(request: IncomingMessage, response: ServerResponse): void {
  request.resume().on('end', () => {
    sessions += 1;
    received.set(String(sessions), 0);
    // The address as the client knows it, so that a delayed client stays delayed.
    response.setHeader(
      'x-goog-upload-url',
      `http://${request.headers.host ?? ''}/upload/v1beta/files?upload_id=${sessions}`,
    );
    response.setHeader('x-goog-upload-status', 'active');
    response.end('{}');
  });
}

function take(request: IncomingMessage, response: ServerResponse, command: string): void {
  const id = new URL(request.url ?? '', 'http://x').searchParams.get('upload_id') ?? '';
  request.on('data', (chunk: Buffer) => received.set(id, (received.get(id) ?? 0) + chunk.length));
  request.on('end', () => {
    const sizeBytes = String(received.get(id) ?? 0);
    response.setHeader('x-goog-upload-size-received', sizeBytes);
    response.setHeader('x-goog-upload-status', command.includes('finalize') ? 'final' : 'active');
    response.end(JSON.stringify({ file: { name: `files/f${id}`, sizeBytes, state: 'ACTIVE' } }));
  });
}

/** `…/files/bytes-N:download`: N bytes of lines. */
async function send(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const size = Number(/bytes-(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  const line = Buffer.from(`{"key":"k","response":{"text":"${'x'.repeat(4_000)}"}}\n`);
  const chunk = Buffer.concat(Array.from({ length: 64 }, () => line));
  response.writeHead(200, { 'content-length': size });
  for (let left = size; left > 0; left -= chunk.length) {
    // The last line is cut, too, but ends as a line: a client that looks at it finds it whole.
    const piece = left > chunk.length ? chunk : Buffer.from(chunk.subarray(0, left)).fill('\n', left - 1);
    if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
}

/** `…/batches/inline-N`: a finished job with N bytes of results in it, twice, as the service sends them. */
async function sendInline(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const size = Number(/inline-(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  const item = `{"response":{"image":"${'A'.repeat(500_000)}"},"metadata":{"key":"k"}}`;
  const write = async (text: string) => {
    if (!response.write(text)) await new Promise((resolve) => response.once('drain', resolve));
  };
  const results = async () => {
    await write('{"inlinedResponses":{"inlinedResponses":[');
    for (let sent = 0; sent < size; sent += item.length) await write(sent === 0 ? item : `,${item}`);
    await write(']}}');
  };
  await write('{"name":"batches/inline","done":true,"metadata":{"state":"BATCH_STATE_SUCCEEDED","output":');
  await results();
  await write('},"response":');
  await results();
  response.end('}');
}

/** A connection over a long line: every byte arrives `ms` later, in order, however many are under way. */
class LongLine extends Duplex {
  /** Bytes under way to us. */
  private arriving = 0;

  constructor(
    private readonly socket: Socket,
    private readonly ms: number,
  ) {
    super({ highWaterMark: 1 << 20 });
    socket.on('data', (chunk: Buffer) => this.arrive(chunk));
    socket.on('end', () => this.later(() => this.push(null)));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.later(() => this.destroy()));
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.later(() => this.socket.write(chunk));
    // What is on the line does not keep the sender from sending more.
    if (this.socket.writableNeedDrain) this.socket.once('drain', done);
    else done();
  }

  override _final(done: () => void): void {
    this.later(() => this.socket.end(done));
  }

  private arrive(chunk: Buffer): void {
    this.arriving += chunk.length;
    // As much as a line of 10 Gbit/s holds in that time; without a bound memory would be the line.
    if (this.arriving > 1 << 27) this.socket.pause();
    this.later(() => {
      this.arriving -= chunk.length;
      if (!this.push(chunk) && !this.socket.isPaused()) this.socket.pause();
    });
  }

  private later(work: () => void): void {
    setTimeout(work, this.ms);
  }
}

function listen(listener: net.Server): Promise<string> {
  return new Promise((resolve) =>
    listener.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`),
    ),
  );
}

async function main(): Promise<void> {
  const delayMs = Number(process.argv[2] ?? 50);
  const fast = await listen(server);
  const slow = await listen(
    net.createServer((socket) => void server.emit('connection', new LongLine(socket, delayMs))),
  );
  console.log(JSON.stringify({ fast, slow }));
}

void main();
