// A service that takes uploads and forgets them, and serves as many bytes as asked for, behind a proxy that delays both ways.
// Prints one line of JSON, {"fast":URL,"slow":URL}. Its own process, so that its work is nobody's memory but its own.
//   transferServer <delay per direction in ms>
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';

const received = new Map<string, number>();
let sessions = 0;

const server = http.createServer((request, response) => {
  const command = request.headers['x-goog-upload-command'];
  if (command === 'start') start(request, response);
  else if (typeof command === 'string') take(request, response, command);
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
    const piece = left >= chunk.length ? chunk : chunk.subarray(0, left);
    if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
}

/** Passes bytes on after `ms`, in order, however many there are: a long line, not a narrow one. */
function delayed(from: Socket, to: Socket, ms: number): void {
  const later = (work: () => void) => void setTimeout(work, ms);
  let waiting = 0;
  from.on('data', (chunk: Buffer) => {
    waiting += chunk.length;
    // What is under way at once is what a line of 10 GB/s holds in that time; without a bound memory would be the line.
    if (waiting > 1 << 27) from.pause();
    later(() => {
      waiting -= chunk.length;
      if (waiting < 1 << 26 && from.isPaused()) from.resume();
      if (!to.destroyed) to.write(chunk);
    });
  });
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => later(() => to.destroy()));
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
  const { port } = new URL(fast);
  const proxy = net.createServer((client) => {
    const upstream = net.connect(Number(port), '127.0.0.1');
    delayed(client, upstream, delayMs);
    delayed(upstream, client, delayMs);
  });
  const slow = await listen(proxy);
  console.log(JSON.stringify({ fast, slow }));
}

void main();
