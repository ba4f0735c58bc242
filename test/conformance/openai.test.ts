import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { GoogleGenAI } from '@google/genai';
import OpenAI, { toFile } from 'openai';
import { until, usePlace } from './support';

type Row = Record<string, unknown>;

const chat = (id: string, text = `Question ${id}`, body: Row = {}): Row => ({
  custom_id: id,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'gpt-any', messages: [{ role: 'user', content: text }], ...body },
});
const jsonl = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const parse = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
const ended = new Set(['completed', 'failed', 'expired', 'cancelled']);

describe('the sandbox under the unmodified openai client, as a service of its own', () => {
  const place = usePlace();
  let ai: OpenAI;
  beforeEach(() => {
    const { url, key } = place().sandbox;
    ai = new OpenAI({ apiKey: key, baseURL: `${url}/openai/v1`, maxRetries: 0 });
  });

  async function upload(rows: readonly unknown[]): Promise<string> {
    const path = place().file('requests.jsonl');
    await writeFile(path, jsonl(rows));
    return (await ai.files.create({ file: createReadStream(path), purpose: 'batch' })).id;
  }
  async function create(
    rows: readonly unknown[],
    metadata: Record<string, string> = {},
  ): Promise<OpenAI.Batch> {
    const endpoint = '/v1/chat/completions';
    return ai.batches.create({
      input_file_id: await upload(rows),
      endpoint,
      completion_window: '24h',
      metadata,
    });
  }
  const finished = ({ id }: OpenAI.Batch) =>
    until(
      () => ai.batches.retrieve(id),
      ({ status }) => ended.has(status),
    );
  const content = async (id: string | null | undefined) =>
    parse(await (await ai.files.content(id ?? '')).text());

  it('uploads, reads, lists, fetches and deletes files', async () => {
    const file = await ai.files.create({
      file: await toFile(Buffer.from('{"a":1}\n'), 'mine.jsonl'),
      purpose: 'batch',
    });
    assert.match(file.id, /^file-/);
    assert.deepEqual(
      [file.bytes, file.filename, file.purpose, file.object],
      [8, 'mine.jsonl', 'batch', 'file'],
    );
    assert.deepEqual(await ai.files.retrieve(file.id), file);
    assert.equal(await (await ai.files.content(file.id)).text(), '{"a":1}\n');
    await upload([chat('a')]);
    const listed: string[] = [];
    for await (const { id } of ai.files.list({ limit: 1, purpose: 'batch' })) listed.push(id);
    assert.equal(listed.length, 2);
    assert.equal(listed[1], file.id);
    assert.equal((await ai.files.delete(file.id)).deleted, true);
    await assert.rejects(ai.files.retrieve(file.id), OpenAI.NotFoundError);
  });

  it('runs a batch; what failed comes in a file of its own', async () => {
    const batch = await create([chat('a'), chat('b', '[[sandbox:invalid]]'), chat('c')], {
      display_name: 'mine',
    });
    assert.match(batch.id, /^batch_/);
    const done = await finished(batch);
    assert.equal(done.status, 'completed');
    assert.deepEqual(done.metadata, { display_name: 'mine' });
    assert.deepEqual(done.request_counts, { total: 3, completed: 2, failed: 1 });
    const results = await content(done.output_file_id);
    assert.deepEqual(
      results.map((row) => row.custom_id),
      ['a', 'c'],
    );
    const response = results[0]?.response as { status_code: number; body: OpenAI.ChatCompletion };
    assert.equal(response.status_code, 200);
    assert.match(response.body.choices[0]?.message.content ?? '', /Simulated.*Question a/);
    const [failed] = await content(done.error_file_id);
    assert.equal(failed?.custom_id, 'b');
    assert.equal((failed.response as { status_code: number }).status_code, 400);
    for (const time of [done.created_at, done.in_progress_at, done.completed_at, done.expires_at])
      assert.ok(time);
  });

  it('has no output file when all rows failed, and no error file when none did', async () => {
    const bad = await finished(await create([chat('a', '[[sandbox:failed]]')]));
    assert.deepEqual([bad.status, bad.output_file_id, bad.request_counts?.failed], ['completed', null, 1]);
    const good = await finished(await create([chat('a')]));
    assert.equal(good.error_file_id, null);
  });

  it('passes through validating and in_progress with moving counts', async () => {
    const { control } = place().sandbox;
    control.setSpeed(0);
    const batch = await create([chat('a'), chat('b'), chat('c')]);
    assert.equal(batch.status, 'validating');
    control.advance(1600);
    const running = await until(
      () => ai.batches.retrieve(batch.id),
      ({ request_counts: counts }) => counts?.completed === 1,
    );
    assert.equal(running.status, 'in_progress');
    control.advance(2000);
    const last = await until(
      () => ai.batches.retrieve(batch.id),
      ({ request_counts: counts }) => counts?.completed === 3,
    );
    assert.equal(last.status, 'finalizing');
  });

  const broken: readonly [what: string, rows: readonly unknown[], code: string, line: number | null][] = [
    ['a line that is no object', [chat('a'), 7], 'invalid_json_line', 2],
    ['an id that is used twice', [chat('a'), chat('a')], 'duplicate_custom_id', 2],
    ['no id', [{ ...chat('a'), custom_id: undefined }], 'missing_required_parameter', 1],
    ['another method', [{ ...chat('a'), method: 'GET' }], 'invalid_method', 1],
    ['another endpoint', [{ ...chat('a'), url: '/v1/embeddings' }], 'invalid_url', 1],
    ['no body', [{ ...chat('a'), body: undefined }], 'missing_required_parameter', 1],
    ['no model', [chat('a', 'x', { model: undefined })], 'missing_required_parameter', 1],
    ['two models', [chat('a'), chat('b', 'x', { model: 'other' })], 'mismatched_model', 2],
    ['no rows', [], 'empty_file', null],
  ];
  for (const [what, rows, code, line] of broken)
    it(`fails a batch with ${what}`, async () => {
      const done = await finished(await create(rows));
      assert.equal(done.status, 'failed');
      const [error] = done.errors?.data ?? [];
      assert.deepEqual([error?.code, error?.line], [code, line]);
      assert.deepEqual([done.output_file_id, done.error_file_id], [null, null]);
    });

  it('cancels, keeping what was done', async () => {
    const { control } = place().sandbox;
    control.setSpeed(0);
    const batch = await create([chat('a'), chat('b'), chat('c')]);
    control.advance(1600);
    await until(
      () => ai.batches.retrieve(batch.id),
      ({ request_counts: counts }) => counts?.completed === 1,
    );
    const cancelling = await ai.batches.cancel(batch.id);
    assert.equal(cancelling.status, 'cancelling');
    const done = await finished(batch);
    assert.equal(done.status, 'cancelled');
    assert.deepEqual(
      (await content(done.output_file_id)).map((row) => row.custom_id),
      ['a'],
    );
  });

  it('expires', async () => {
    const { control } = place().sandbox;
    control.setSpeed(0);
    const batch = await create([chat('a')], { display_name: 'x [[sandbox:stuck]]' });
    control.advance(49 * 3_600_000);
    assert.equal((await finished(batch)).status, 'expired');
  });

  it('lists over pages', async () => {
    place().sandbox.control.setSpeed(0);
    const ids: string[] = [];
    for (const id of ['a', 'b', 'c']) ids.unshift((await create([chat(id)])).id);
    const listed: string[] = [];
    for await (const { id } of ai.batches.list({ limit: 2 })) listed.push(id);
    assert.deepEqual(listed, ids);
  });

  it('runs a batch of embeddings', async () => {
    const row = {
      custom_id: 'e',
      method: 'POST',
      url: '/v1/embeddings',
      body: { model: 'embed', input: ['x', 'y'], dimensions: 4 },
    };
    const input = await upload([row]);
    const batch = await ai.batches.create({
      input_file_id: input,
      endpoint: '/v1/embeddings',
      completion_window: '24h',
    });
    const [line] = await content((await finished(batch)).output_file_id);
    const { body } = line?.response as { body: OpenAI.CreateEmbeddingResponse };
    assert.deepEqual(
      body.data.map(({ embedding }) => embedding.length),
      [4, 4],
    );
  });

  it('serves ranges of a file', async () => {
    const id = await upload([chat('a')]);
    const part = await ai.files.content(id, { headers: { range: 'bytes=1-11' } });
    assert.equal(await part.text(), '"custom_id"');
  });

  const refused: readonly [what: string, call: (client: OpenAI) => Promise<unknown>, status: number][] = [
    ['an unknown batch', (client) => client.batches.retrieve('batch_none'), 404],
    [
      'an unknown input',
      (client) =>
        client.batches.create({
          input_file_id: 'file-none',
          endpoint: '/v1/embeddings',
          completion_window: '24h',
        }),
      400,
    ],
    [
      'an unknown endpoint',
      (client) =>
        client.batches.create({
          input_file_id: 'file-none',
          endpoint: '/v1/completions',
          completion_window: '24h',
        }),
      400,
    ],
    ['a path that nothing serves', (client) => client.fineTuning.jobs.list(), 404],
    [
      'an unknown purpose',
      async (client) =>
        client.files.create({ file: await toFile(Buffer.from('x'), 'x'), purpose: 'nothing' as 'batch' }),
      400,
    ],
    ['a form without a file', (client) => client.post('/files', { body: new FormData() }), 400],
  ];
  for (const [what, call, status] of refused)
    it(`refuses ${what}`, async () => {
      await assert.rejects(call(ai), (error: Error) => {
        assert.ok(error instanceof OpenAI.APIError, String(error));
        assert.equal(error.status, status);
        assert.ok(error.message.length > 5);
        return true;
      });
    });

  it('refuses a wrong key and no key with 401', async () => {
    const stranger = new OpenAI({
      apiKey: 'wrong',
      baseURL: `${place().sandbox.url}/openai/v1`,
      maxRetries: 0,
    });
    await assert.rejects(stranger.batches.list(), OpenAI.AuthenticationError);
    assert.equal((await fetch(`${place().sandbox.url}/openai/v1/batches`)).status, 401);
  });

  it('keeps its files and batches apart from Gemini’s', async () => {
    const batch = await finished(await create([chat('a')]));
    const gemini = new GoogleGenAI({ apiKey: 'sandbox', httpOptions: { baseUrl: place().sandbox.url } });
    assert.equal((await gemini.batches.list()).pageLength, 0);
    assert.equal((await gemini.files.list()).pageLength, 0);
    await assert.rejects(gemini.batches.get({ name: batch.id.replace('batch_', 'batches/') }), {
      status: 404,
    });
  });

  it('answers at once: chat, tools, structured output, embeddings, models', async () => {
    const model = 'gpt-any';
    const messages = [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ] as OpenAI.ChatCompletionMessageParam[];
    const answer = await ai.chat.completions.create({ model, messages, n: 2, max_completion_tokens: 60 });
    assert.equal(answer.choices.length, 2);
    assert.match(answer.choices[0]?.message.content ?? '', /^\[Simulated\]/);
    assert.equal(answer.choices[0]?.finish_reason, 'stop');
    assert.equal(
      answer.usage?.total_tokens,
      (answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0),
    );
    const parameters = { type: 'object', properties: { city: { const: 'Rome' } }, required: ['city'] };
    const called = await ai.chat.completions.create({
      model,
      messages,
      tools: [{ type: 'function', function: { name: 'f', parameters } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
    });
    const [call] = called.choices[0]?.message.tool_calls ?? [];
    assert.ok(call?.type === 'function');
    assert.deepEqual([call.function.name, call.function.arguments], ['f', '{"city":"Rome"}']);
    assert.equal(called.choices[0]?.finish_reason, 'tool_calls');
    const shaped = await ai.chat.completions.create({
      model,
      messages: [...messages, { role: 'assistant', content: 'ok' }, { role: 'user', content: 'go on' }],
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema: parameters } },
    });
    assert.equal(shaped.choices[0]?.message.content, '{"city":"Rome"}');
    const { data } = await ai.embeddings.create({ model: 'embed', input: 'x', dimensions: 8 });
    assert.ok(Math.abs(Math.hypot(...(data[0]?.embedding ?? [])) - 1) < 1e-3);
    const models: string[] = [];
    for await (const { id } of ai.models.list()) models.push(id);
    assert.ok(models.length > 0);
  });

  it('says why an answer ended', async () => {
    const ask = (content: string) =>
      ai.chat.completions
        .create({ model: 'm', messages: [{ role: 'user', content }] })
        .then(({ choices }) => choices[0]?.finish_reason);
    assert.equal(await ask('[[sandbox:truncated]]'), 'length');
    assert.equal(await ask('[[sandbox:safety]]'), 'content_filter');
    await assert.rejects(ask('[[sandbox:blocked]]'), { status: 400, code: 'content_policy_violation' });
    await assert.rejects(ask('[[sandbox:unavailable]]'), { status: 503 });
    await assert.rejects(ai.chat.completions.create({ model: 'm' } as never), {
      status: 400,
      param: 'messages',
    });
  });
});

describe('the sandbox under the unmodified openai client, as Gemini’s compatible layer', () => {
  const place = usePlace();
  let ai: OpenAI;
  let gemini: GoogleGenAI;
  beforeEach(() => {
    const { url, key } = place().sandbox;
    ai = new OpenAI({ apiKey: key, baseURL: `${url}/v1beta/openai/`, maxRetries: 0 });
    gemini = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
  });

  async function upload(rows: readonly unknown[]): Promise<string> {
    const path = place().file('requests.jsonl');
    await writeFile(path, jsonl(rows));
    return (await gemini.files.upload({ file: path, config: { mimeType: 'jsonl' } })).name ?? '';
  }
  const row = (id: string) => chat(id, 'x', { model: 'gemini-3.5-flash' });

  it('runs a batch whose files go by the Files API', async () => {
    const batch = await ai.batches.create({
      input_file_id: await upload([row('a'), row('b')]),
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    assert.match(batch.id, /^batches\/[a-z0-9]{36}$/);
    const done = await until(
      () => ai.batches.retrieve(batch.id),
      ({ status }) => ended.has(status),
    );
    assert.equal(done.status, 'completed');
    assert.match(done.output_file_id ?? '', /^files\/batch-/);
    const results = await fetch(
      `${place().sandbox.url}/download/v1beta/${done.output_file_id ?? ''}:download?alt=media&key=sandbox`,
    );
    assert.deepEqual(
      parse(await results.text()).map(({ custom_id: id }) => id),
      ['a', 'b'],
    );
    const listed: string[] = [];
    for await (const { id } of ai.batches.list()) listed.push(id);
    assert.deepEqual(listed, [batch.id]);
    const native = await gemini.batches.get({ name: batch.id });
    assert.equal(native.state, 'JOB_STATE_SUCCEEDED');
    await gemini.batches.delete({ name: batch.id });
    await assert.rejects(ai.batches.retrieve(batch.id), OpenAI.NotFoundError);
  });

  it('cancels', async () => {
    place().sandbox.control.setSpeed(0);
    const input = await upload([row('a')]);
    const batch = await ai.batches.create({
      input_file_id: input,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    assert.equal(batch.status, 'in_progress');
    await ai.batches.cancel(batch.id);
    place().sandbox.control.setSpeed(10_000);
    const done = await until(
      () => ai.batches.retrieve(batch.id),
      ({ status }) => ended.has(status),
    );
    assert.equal(done.status, 'cancelled');
  });

  it('refuses models that Gemini does not have, in a list', async () => {
    const input = await upload([chat('a')]);
    const answer = await fetch(`${place().sandbox.url}/v1beta/openai/batches`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox' },
      body: JSON.stringify({
        input_file_id: input,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      }),
    });
    assert.equal(answer.status, 404);
    const [{ error }] = (await answer.json()) as [{ error: { status: string } }];
    assert.equal(error.status, 'NOT_FOUND');
  });

  it('answers at once', async () => {
    const answer = await ai.chat.completions.create({
      model: 'gemini-3.5-flash',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    assert.match(answer.choices[0]?.message.content ?? '', /Simulated/);
  });
});
