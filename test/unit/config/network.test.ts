import assert from 'node:assert/strict';
import { readNetwork } from '../../../src/config/network';
import { proxyFor } from '../../../src/http/proxy';
import { settings } from '../../support/fakeVscode';

describe("VS Code's network settings", () => {
  afterEach(() => settings.clear());
  const set = (values: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(values)) settings.set(`http.${name}`, value);
  };
  const target = { hostname: 'api.service.test', port: 443 };
  const environment = { HTTPS_PROXY: 'http://env:1' };

  it('have the defaults that VS Code has', () => {
    assert.deepEqual(readNetwork({}), {
      proxy: '',
      noProxy: [],
      useProxy: true,
      strictSsl: true,
      systemCertificates: true,
      environment: {},
    });
  });

  it('are taken over, each of them', () => {
    set({
      proxy: 'http://p:3128',
      noProxy: ['x.test'],
      proxyAuthorization: 'Basic eA==',
      proxyStrictSSL: false,
      systemCertificates: false,
    });
    assert.deepEqual(readNetwork(environment), {
      proxy: 'http://p:3128',
      noProxy: ['x.test'],
      proxyAuthorization: 'Basic eA==',
      useProxy: true,
      strictSsl: false,
      systemCertificates: false,
      environment,
    });
  });

  for (const [support, origin] of [
    ['off', undefined],
    ['on', 'http://p:3128'],
    ['override', 'http://p:3128'],
    ['fallback', 'http://p:3128'],
  ] as const)
    it(`with http.proxySupport ${support} ${origin === undefined ? 'mean no proxy at all' : 'mean the proxy'}`, () => {
      set({ proxySupport: support, proxy: 'http://p:3128' });
      assert.equal(proxyFor(target, readNetwork(environment))?.origin, origin);
      settings.delete('http.proxy');
      assert.equal(
        proxyFor(target, readNetwork(environment))?.origin,
        origin === undefined ? undefined : 'http://env:1',
      );
    });
});
