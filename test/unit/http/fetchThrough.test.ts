import assert from 'node:assert/strict';
import { fetchThrough } from '../../../src/http/fetchThrough';
import { ScriptedTransport } from '../../support/scriptedTransport';

describe('fetch for libraries', () => {
  it('gives a Response with status, headers and body', async () => {
    const transport = new ScriptedTransport([
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{"keys":[]}' },
    ]);
    const response = await fetchThrough(transport, { maxBytes: 100 })(new URL('https://a.test/jwks'), {
      signal: new AbortController().signal,
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.deepEqual(await response.json(), { keys: [] });
    assert.deepEqual(Object.keys(transport.sent[0]?.headers ?? {}), ['accept']);
  });

  it('gives statuses that have no body', async () => {
    const response = await fetchThrough(new ScriptedTransport([{ status: 304 }]), { maxBytes: 1 })(
      'https://a.test',
    );
    assert.equal(response.status, 304);
  });

  it('refuses long bodies and anything but GET', async () => {
    const fetch = fetchThrough(new ScriptedTransport([{ body: 'x'.repeat(11) }]), { maxBytes: 10 });
    await assert.rejects(fetch('https://a.test'), /longer than 10 bytes/);
    await assert.rejects(fetch('https://a.test', { method: 'POST' }), /Only GET/);
  });
});
