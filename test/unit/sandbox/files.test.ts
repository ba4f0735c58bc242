import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSandbox } from '../../../src/sandbox';
import { Bench, errorOf, row, useSandbox, type Json } from './support';

const hour = 3_600_000;
const put = (offset: number, command = 'upload') => ({
  'x-goog-upload-command': command,
  'x-goog-upload-offset': String(offset),
});

/** Sends `bytes` of an announced longer body; the connection stands until the returned function breaks it. */
function sendHalf(
  url: string,
  headers: Record<string, string>,
  bytes: string,
  announced: number,
): () => Promise<void> {
  const sent = request(url, { method: 'POST', headers: { ...headers, 'content-length': announced } });
  const closed = new Promise<void>((resolve) => sent.on('close', resolve));
  sent.on('error', () => undefined);
  sent.write(bytes);
  return () => {
    sent.destroy();
    return closed;
  };
}

describe('sandbox uploads', () => {
  const start = useSandbox();

  it('takes chunks, answers query, and reports what was stored', async () => {
    const bench = await start();
    const url = await bench.startUpload(10, { displayName: 'mine' });
    assert.equal(
      (await bench.call('POST', url, '01234', put(0))).headers.get('x-goog-upload-status'),
      'active',
    );
    const asked = await bench.call('POST', url, undefined, { 'x-goog-upload-command': 'query' });
    assert.equal(asked.headers.get('x-goog-upload-size-received'), '5');
    const done = await bench.call('POST', url, '56789', put(5, 'upload, finalize'));
    assert.equal(done.headers.get('x-goog-upload-status'), 'final');
    const file = done.body.file as Record<string, string>;
    assert.match(file.name ?? '', /^files\/[a-z0-9]{12}$/);
    assert.deepEqual(
      { ...file, name: '', uri: '', createTime: '', updateTime: '', expirationTime: '' },
      {
        name: '',
        displayName: 'mine',
        mimeType: 'application/jsonl',
        sizeBytes: '10',
        createTime: '',
        updateTime: '',
        expirationTime: '',
        sha256Hash: Buffer.from(createHash('sha256').update('0123456789').digest('hex')).toString('base64'),
        uri: '',
        state: 'ACTIVE',
        source: 'UPLOADED',
      },
    );
    const life = Date.parse(file.expirationTime ?? '') - Date.parse(file.createTime ?? '');
    assert.equal(Math.round(life / hour), 48);
    const again = await bench.call('POST', url, undefined, { 'x-goog-upload-command': 'query' });
    assert.equal(again.headers.get('x-goog-upload-status'), 'final');
    assert.equal((again.body.file as Json).name, file.name, 'a lost answer can be asked for again');
  });

  it('needs no key on the session URL, but refuses a wrong one', async () => {
    const bench = await start();
    const url = `${bench.sandbox.url}${await bench.startUpload(3)}`;
    const query = { 'x-goog-upload-command': 'query' };
    assert.equal((await fetch(url, { method: 'POST', headers: query })).status, 200);
    assert.equal(
      (await fetch(url, { method: 'POST', headers: { ...query, 'x-goog-api-key': 'no' } })).status,
      400,
    );
  });

  for (const breaks of [true, false])
    it(`keeps what arrived before the client ${breaks ? 'broke off' : 'gave up without a word'}, and goes on from there`, async () => {
      const bench = await start();
      const url = await bench.startUpload(10);
      const received = async () => {
        const asked = await bench.call('POST', url, undefined, { 'x-goog-upload-command': 'query' });
        return asked.headers.get('x-goog-upload-size-received');
      };
      const breakOff = sendHalf(`${bench.sandbox.url}${url}`, put(0, 'upload, finalize'), '0123', 10);
      while ((await received()) !== '4');
      if (breaks) await breakOff();
      assert.equal(await received(), '4');
      const done = await bench.call('POST', url, '456789', put(4, 'upload, finalize'));
      assert.equal(done.status, 200, done.text);
      assert.equal((done.body.file as Json).sizeBytes, '10');
    });

  const mistakes: readonly [
    what: string,
    content: string,
    headers: Record<string, string>,
    message: RegExp,
  ][] = [
    ['a wrong offset', '01', put(4), /offset 4 does not match the 0 bytes received/],
    ['more than announced', '0123456789', put(0), /More bytes were sent than the 4 announced/],
    ['an end before the end', '01', put(0, 'upload, finalize'), /ended after 2 of 4 bytes/],
    ['an unknown command', '', { 'x-goog-upload-command': 'dance' }, /X-Goog-Upload-Command must be/],
  ];
  for (const [what, content, headers, message] of mistakes)
    it(`refuses ${what}`, async () => {
      const bench = await start();
      const refused = await bench.call('POST', await bench.startUpload(4), content, headers);
      assert.equal(refused.status, 400);
      assert.match(errorOf(refused.body).message, message);
    });

  it('can be cancelled', async () => {
    const bench = await start();
    const url = await bench.startUpload(4);
    const cancelled = await bench.call('POST', url, undefined, { 'x-goog-upload-command': 'cancel' });
    assert.equal(cancelled.headers.get('x-goog-upload-status'), 'cancelled');
    const late = await bench.call('POST', url, '0123', put(0, 'upload, finalize'));
    assert.equal(late.status, 400);
    assert.equal(late.headers.get('x-goog-upload-status'), 'cancelled');
  });

  it('takes an id of the caller and refuses one that is taken or malformed', async () => {
    const bench = await start();
    assert.equal(await bench.upload('x', { name: 'files/my-id' }), 'files/my-id');
    for (const name of ['files/my-id', 'files/Upper', 'files/-dash', `files/${'x'.repeat(41)}`]) {
      const headers = { 'x-goog-upload-protocol': 'resumable', 'x-goog-upload-command': 'start' };
      assert.equal(
        (await bench.call('POST', '/upload/v1/files', { file: { name } }, headers)).status,
        400,
        name,
      );
    }
  });

  it('takes an empty file', async () => {
    const bench = await start();
    const name = await bench.upload('');
    assert.equal((await bench.call('GET', `/v1beta/${name}`)).body.sizeBytes, '0');
  });

  it('holds to the limits of a file and of the project', async () => {
    const bench = await start({ limits: { fileBytes: 5, storageBytes: 8 } });
    await bench.upload('12345');
    const open = (size: number) =>
      bench.call(
        'POST',
        '/upload/v1beta/files',
        {},
        {
          'x-goog-upload-protocol': 'resumable',
          'x-goog-upload-command': 'start',
          'x-goog-upload-header-content-length': String(size),
        },
      );
    assert.equal((await open(6)).status, 400);
    assert.equal((await open(4)).status, 429);
    assert.equal((await open(3)).status, 200);
  });

  it('takes a file in one request, raw or with its metadata', async () => {
    const bench = await start();
    const raw = await bench.call('POST', '/upload/v1beta/files', 'abc', {
      'x-goog-upload-protocol': 'raw',
      'x-goog-upload-file-name': 'mine',
      'content-type': 'text/plain',
    });
    const { displayName, mimeType, sizeBytes } = raw.body.file as Json;
    assert.deepEqual([displayName, mimeType, sizeBytes], ['mine', 'text/plain', '3']);
    const related = {
      'x-goog-upload-protocol': 'multipart',
      'content-type': 'multipart/related; boundary=xyz',
    };
    const parts = [
      '--xyz\r\nContent-Type: application/json\r\n\r\n{"file":{"display_name":"two","name":"files/two"}}\r\n',
      '--xyz\r\nContent-Type: application/jsonl\r\n\r\n{"a":1}\n\r\n',
      '--xyz\r\nContent-Type: text/plain\r\n\r\nignored\r\n',
    ];
    const both = await bench.call('POST', '/upload/v1beta/files', `${parts.join('')}--xyz--`, related);
    const file = both.body.file as Json;
    assert.deepEqual(
      [file.name, file.displayName, file.mimeType, file.sizeBytes],
      ['files/two', 'two', 'application/jsonl', '8'],
    );
    const broken: readonly [body: string, headers: Record<string, string>, message: RegExp][] = [
      [`${parts[0] ?? ''}--xyz--`, related, /two parts/],
      [`--xyz\r\n\r\nno JSON\r\n${parts[1] ?? ''}--xyz--`, related, /first part must be JSON/],
      [parts.slice(0, 2).join(''), related, /ends too early/],
      ['x', { ...related, 'content-type': 'text/plain' }, /multipart\/related/],
    ];
    for (const [body, headers, message] of broken) {
      const refused = await bench.call('POST', '/upload/v1beta/files', body, headers);
      assert.equal(refused.status, 400, refused.text);
      assert.match(errorOf(refused.body).message, message);
    }
  });

  it('refuses anything but the known protocols, and sessions nobody knows', async () => {
    const bench = await start();
    assert.equal((await bench.call('POST', '/upload/v1beta/files', {})).status, 400);
    assert.equal((await bench.call('POST', '/upload/v1beta/files?upload_id=none', '', put(0))).status, 404);
  });
});

describe('sandbox files', () => {
  const start = useSandbox();

  it('lists newest first, ten a page unless told', async () => {
    const bench = await start();
    const names: string[] = [];
    for (let n = 0; n < 12; n++) names.unshift(await bench.upload(`${n}`));
    const first = await bench.call('GET', '/v1beta/files');
    const seen = (body: Json) => (body.files as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(seen(first.body), names.slice(0, 10));
    const rest = await bench.call('GET', `/v1/files?pageToken=${String(first.body.nextPageToken)}`);
    assert.deepEqual(seen(rest.body), names.slice(10));
    assert.equal(seen((await bench.call('GET', '/v1beta/files?pageSize=100')).body).length, 12);
  });

  it('forgets files after 48 hours, and deleted ones at once, with 403', async () => {
    const bench = await start();
    const [first, second] = [await bench.upload('a'), await bench.upload('b')];
    assert.deepEqual((await bench.call('DELETE', `/v1beta/${first}`, {})).body, {});
    for (const method of ['GET', 'DELETE']) {
      const gone = await bench.call(method, `/v1beta/${first}`);
      assert.equal(gone.status, 403);
      const id = first.replace('files/', '');
      assert.equal(
        errorOf(gone.body).message,
        `You do not have permission to access the File ${id} or it may not exist.`,
      );
    }
    bench.sandbox.control.advance(48 * hour + 1);
    assert.equal((await bench.call('GET', `/v1beta/${second}`)).status, 403);
    assert.deepEqual((await bench.call('GET', '/v1beta/files')).body, {});
  });

  it('processes films and sounds before they can be used', async () => {
    const bench = await start({ speed: 1 });
    const film = await bench.upload('x', { mimeType: 'video/mp4' });
    const state = async (name: string) => (await bench.call('GET', `/v1beta/${name}`)).body.state;
    assert.equal(await state(film), 'PROCESSING');
    const batch = { inputConfig: { fileName: film } };
    const refused = await bench.call('POST', '/v1beta/models/gemini-3.5-flash:batchGenerateContent', {
      batch,
    });
    assert.equal(errorOf(refused.body).status, 'FAILED_PRECONDITION');
    const broken = await bench.upload('x', { mimeType: 'audio/wav', displayName: '[[sandbox:broken-file]]' });
    bench.sandbox.control.advance(2001);
    assert.deepEqual([await state(film), await state(broken)], ['ACTIVE', 'FAILED']);
    const ask = (file: string) =>
      bench.call('POST', '/v1beta/models/gemini-3.5-flash:generateContent', {
        contents: [{ parts: [{ fileData: { fileUri: `${bench.sandbox.url}/v1beta/${file}` } }] }],
      });
    assert.equal((await ask(film)).status, 200);
    assert.equal((await ask(broken)).status, 400);
    assert.equal((await ask('files/none')).status, 403);
  });

  it('refuses to download what was uploaded', async () => {
    const bench = await start();
    const name = await bench.upload('a');
    assert.equal((await bench.call('GET', `/v1beta/${name}:download?alt=media`)).status, 400);
  });

  it('shows results under their 42 characters, hands them out by both paths, and refuses to delete them', async () => {
    const bench = await start();
    const name = await bench.submit([row('a')]);
    const [line] = await bench.results(name);
    const id = name.replace('batches/', 'batch-');
    assert.equal(id.length, 42);
    const file = await bench.call('GET', `/v1beta/files/${id}`);
    assert.equal(file.body.source, 'GENERATED');
    const other = await bench.call('GET', `/v1/files/${id}:download?alt=media`);
    assert.deepEqual(JSON.parse(other.text), line);
    assert.equal(other.headers.get('content-length'), file.body.sizeBytes);
    const refused = await bench.call('DELETE', `/v1beta/files/${id}`);
    assert.equal(refused.status, 400);
    assert.equal(
      errorOf(refused.body).message,
      "* DeleteFileRequest.name: File ID (name excluding 'files/') cannot be more than 40 characters.\n",
    );
    assert.equal(JSON.stringify((await bench.call('GET', '/v1beta/files')).body).includes(id), false);
  });

  it('serves ranges of results', async () => {
    const bench = await start();
    const name = await bench.submit([row('a')]);
    await bench.finished(name);
    const path = `/download/v1beta/${name.replace('batches/', 'files/batch-')}:download?alt=media`;
    const whole = Buffer.from((await bench.call('GET', path)).text);
    const part = await bench.call('GET', path, undefined, { range: 'bytes=10-' });
    assert.equal(part.status, 206);
    assert.equal(part.text, whole.subarray(10).toString());
    assert.equal(part.headers.get('content-range'), `bytes 10-${whole.length - 1}/${whole.length}`);
    assert.equal(
      (await bench.call('GET', path, undefined, { range: 'bytes=0-4' })).text,
      whole.subarray(0, 5).toString(),
    );
    const beyond = await bench.call('GET', path, undefined, { range: `bytes=${whole.length}-` });
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers.get('content-range'), `bytes */${whole.length}`);
  });
});

describe('sandbox data folder', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'sandbox-test-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('finds files, uploads and jobs again, and goes on with what was unfinished', async () => {
    const first = new Bench(await createSandbox({ dataDir: folder, speed: 0 }));
    const url = await first.startUpload(6);
    await first.call('POST', url, '012', put(0));
    const name = await first.submit([row('a'), row('b')]);
    const cancelled = await first.submit([row('c')]);
    await first.call('POST', `/v1beta/${cancelled}:cancel`, {});
    await first.sandbox.close();

    const second = new Bench(await createSandbox({ dataDir: folder, speed: 10_000 }));
    try {
      assert.equal((await second.results(name)).length, 2);
      assert.equal((await second.finished(cancelled)).metadata.state, 'BATCH_STATE_CANCELLED');
      const asked = await second.call('POST', url, undefined, { 'x-goog-upload-command': 'query' });
      assert.equal(asked.headers.get('x-goog-upload-size-received'), '3');
      const done = await second.call('POST', url, '345', put(3, 'upload, finalize'));
      const sum = Buffer.from(String((done.body.file as Json).sha256Hash), 'base64').toString();
      assert.equal(sum, createHash('sha256').update('012345').digest('hex'));
    } finally {
      await second.sandbox.close();
    }
  });

  it('starts although a record is broken, and leaves it alone', async () => {
    await (await createSandbox({ dataDir: folder })).close();
    await writeFile(path.join(folder, 'jobs', 'half.json'), '{"id":"ha');
    const warnings: string[] = [];
    const log = {
      debug: () => 0,
      info: () => 0,
      error: () => 0,
      warn: (text: string) => warnings.push(text),
    };
    const sandbox = await createSandbox({ dataDir: folder }, log);
    await sandbox.close();
    assert.match(warnings.join(), /jobs\/half\.json/);
    assert.deepEqual(await readdir(path.join(folder, 'jobs')), ['half.json']);
  });

  it('keeps nothing when it was not asked to', async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('batchwright-sandbox-'));
    const bench = new Bench(await createSandbox());
    await bench.upload('x');
    await bench.sandbox.close();
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('batchwright-sandbox-'));
    assert.deepEqual(
      after.filter((name) => !before.includes(name)),
      [],
    );
  });
});
