import assert from 'node:assert/strict';
import { request } from 'node:http';
import { createSandbox } from '../../../src/sandbox';
import { errorOf, useSandbox, type Json } from './support';

/** A request whose Host header is ours to choose, which fetch does not allow. */
function raw(
  url: string,
  headers: Record<string, string>,
  path = '/v1beta/models',
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('sandbox guard', () => {
  const start = useSandbox();

  const hosts: readonly [host: string, served: boolean][] = [
    ['127.0.0.1:1', true],
    ['localhost', true],
    ['localhost:8080', true],
    ['[::1]:80', true],
    ['evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example:80', false],
    ['0.0.0.0', false],
  ];
  for (const [host, served] of hosts)
    it(`${served ? 'serves' : 'refuses'} the host ${JSON.stringify(host)}`, async () => {
      const { sandbox } = await start();
      const answer = await raw(sandbox.url, { host, 'x-goog-api-key': 'sandbox' });
      assert.equal(answer.status, served ? 200 : 403, answer.text);
    });

  const pages: readonly [headers: Record<string, string>, served: boolean][] = [
    [{ origin: 'http://localhost:3000' }, true],
    [{ origin: 'https://evil.example' }, false],
    [{ origin: 'null' }, false],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, false],
  ];
  for (const [headers, served] of pages)
    it(`${served ? 'serves' : 'refuses'} a page that sends ${JSON.stringify(headers)}`, async () => {
      const { sandbox } = await start();
      const answer = await raw(sandbox.url, { ...headers, 'x-goog-api-key': 'sandbox' });
      assert.equal(answer.status, served ? 200 : 403);
    });

  it('takes the key from header, query or bearer token', async () => {
    const { sandbox } = await start({ key: 's3cret' });
    for (const [headers, query] of [
      [{ 'x-goog-api-key': 's3cret' }, ''],
      [{}, '?key=s3cret'],
      [{ authorization: 'Bearer s3cret' }, ''],
    ] as const)
      assert.equal((await raw(sandbox.url, headers, `/v1beta/models${query}`)).status, 200);
  });

  it('refuses a wrong key as the service does', async () => {
    const { sandbox } = await start();
    const answer = await raw(sandbox.url, { 'x-goog-api-key': 'wrong' });
    assert.equal(answer.status, 400);
    const error = errorOf(JSON.parse(answer.text) as Json);
    assert.equal(error.status, 'INVALID_ARGUMENT');
    assert.equal(error.message, 'API key not valid. Please pass a valid API key.');
    assert.equal(error.details?.[0]?.reason, 'API_KEY_INVALID');
  });

  it('refuses no key with 403', async () => {
    const { sandbox } = await start();
    const answer = await raw(sandbox.url, {});
    assert.equal(answer.status, 403);
    assert.equal(errorOf(JSON.parse(answer.text) as Json).status, 'PERMISSION_DENIED');
  });

  it('answers unknown paths and versions with a page', async () => {
    const bench = await start();
    for (const path of ['/v2/models', '/v1beta/nothing', '/control/faults', '/%E0%A4%A'])
      assert.match((await bench.call('GET', path)).text, /^<!DOCTYPE html>/, path);
  });

  it('refuses to listen on anything but loopback', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.1', 'example.com'])
      await assert.rejects(createSandbox({ host }), /listens on loopback only/);
  });

  it('says when its port is taken', async () => {
    const { sandbox } = await start();
    await assert.rejects(createSandbox({ port: Number(new URL(sandbox.url).port) }), /EADDRINUSE/);
  });

  it('listens on IPv6 loopback', async () => {
    const bench = await start({ host: '::1' });
    assert.match(bench.sandbox.url, /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await bench.call('GET', '/v1beta/models')).status, 200);
  });
});
