import assert from 'node:assert/strict';
import { proxyFor, type NetworkSettings } from '../../../src/http/proxy';
import { TransportError } from '../../../src/http/transport';

describe('choosing a proxy', () => {
  const target = { hostname: 'api.service.test', port: 443 };

  const chosen: readonly [what: string, settings: NetworkSettings, origin: string | undefined][] = [
    ['none is set', {}, undefined],
    ['the setting', { proxy: 'http://p:3128' }, 'http://p:3128'],
    ['a setting without a scheme', { proxy: 'p:3128' }, 'http://p:3128'],
    ['an https proxy', { proxy: 'https://p' }, 'https://p'],
    [
      'the setting before the environment',
      { proxy: 'http://p:1', environment: { HTTPS_PROXY: 'http://e:2' } },
      'http://p:1',
    ],
    [
      'HTTPS_PROXY before others',
      { environment: { http_proxy: 'http://a:1', https_proxy: 'http://b:2', HTTPS_PROXY: 'http://c:3' } },
      'http://c:3',
    ],
    ['http_proxy where nothing better is', { environment: { http_proxy: 'http://a:1' } }, 'http://a:1'],
    ['https_proxy alone', { environment: { https_proxy: 'http://a:1' } }, 'http://a:1'],
    ['HTTP_PROXY alone', { environment: { HTTP_PROXY: 'http://a:1' } }, 'http://a:1'],
    ['ALL_PROXY', { environment: { ALL_PROXY: 'http://a:1' } }, 'http://a:1'],
    ['all_proxy', { environment: { all_proxy: ' a:1 ' } }, 'http://a:1'],
    [
      'a later variable where one is empty',
      { environment: { HTTPS_PROXY: ' ', http_proxy: 'a:1' } },
      'http://a:1',
    ],
    ['an IPv6 proxy', { proxy: 'http://[fd00::9]:3128' }, 'http://[fd00::9]:3128'],
    ['an empty setting', { proxy: ' ', environment: { HTTPS_PROXY: '' } }, undefined],
    ['switched off', { proxy: 'http://p:1', useProxy: false }, undefined],
  ];
  for (const [what, settings, origin] of chosen)
    it(what, () => assert.equal(proxyFor(target, settings)?.origin, origin));

  const exceptions: readonly [entry: string, direct: boolean][] = [
    ['*', true],
    ['api.service.test', true],
    ['API.Service.Test', true],
    ['service.test', true],
    ['.service.test', true],
    ['*.service.test', true],
    ['service.test:443', true],
    ['service.test:8443', false],
    ['vice.test', false],
    ['other.test', false],
    ['', false],
  ];
  for (const [entry, direct] of exceptions)
    it(`no-proxy entry "${entry}" ${direct ? 'names' : 'does not name'} the target`, () => {
      for (const settings of [
        { proxy: 'http://p:1', noProxy: ['x.test', entry] },
        { proxy: 'http://p:1', environment: { NO_PROXY: `x.test, ${entry}` } },
        { proxy: 'http://p:1', environment: { no_proxy: `x.test ${entry}` } },
        { proxy: 'http://p:1', environment: { NO_PROXY: '', no_proxy: `x.test,${entry}` } },
      ])
        assert.equal(proxyFor(target, settings) === undefined, direct);
    });

  it('reads addresses and networks in no-proxy lists', () => {
    const via = (hostname: string, entry: string) =>
      proxyFor({ hostname, port: 443 }, { proxy: 'http://p:1', noProxy: [entry] }) !== undefined;
    assert.equal(via('10.1.2.3', '10.0.0.0/8'), false);
    assert.equal(via('11.1.2.3', '10.0.0.0/8'), true);
    assert.equal(via('10.1.2.3', '10.1.2.3'), false);
    assert.equal(via('110.1.2.3', '10.1.2.3'), true);
    assert.equal(via('[fd00::1]', 'fd00::/8'), false);
    assert.equal(via('[fd00::1]', 'fd00::1'), false);
    assert.equal(via('[fd00::1]', '[fd00::1]'), false);
    assert.equal(via('[fd00::1]', '[fd00::1]:443'), false);
    assert.equal(via('[fd00::1]', '[fd00::1]:8443'), true);
    assert.equal(via('10.1.2.3', '10.1.2.3:443'), false);
    assert.equal(via('10.1.2.3', '10.1.2.3:80'), true);
    assert.equal(via('api.service.test', '10.0.0.0/8'), true);
    assert.equal(via('10.1.2.3', '10.0.0.0/99'), true);
  });

  it('lets the setting of exceptions win over the environment', () => {
    const settings = { proxy: 'http://p:1', noProxy: ['x.test'], environment: { NO_PROXY: '*' } };
    assert.equal(proxyFor(target, settings)?.origin, 'http://p:1');
  });

  it('never sends this machine through a proxy', () => {
    for (const hostname of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'])
      assert.equal(proxyFor({ hostname, port: 80 }, { proxy: 'http://p:1' }), undefined);
  });

  it('takes user and password out of the address', () => {
    assert.deepEqual(proxyFor(target, { proxy: 'http://us%C3%A9r:p%40ss@p:3128' }), {
      origin: 'http://p:3128',
      authorization: `Basic ${Buffer.from('usér:p@ss').toString('base64')}`,
    });
  });

  it('takes a password with a bare per cent sign as it stands', () => {
    const expected = `Basic ${Buffer.from('me:100%').toString('base64')}`;
    assert.equal(proxyFor(target, { proxy: 'http://me:100%@p:3128' })?.authorization, expected);
  });

  const refused: readonly [settings: NetworkSettings, code: string, message: RegExp][] = [
    [{ proxy: 'socks5://u:secret@p:1080' }, 'PROXY_KIND', /^The proxy in http\.proxy is of the kind socks5;/],
    [
      { environment: { ALL_PROXY: 'socks5h://u:secret@p' } },
      'PROXY_KIND',
      /^The proxy in ALL_PROXY is of the kind socks5h;/,
    ],
    [{ environment: { https_proxy: 'socks4://p' } }, 'PROXY_KIND', /https_proxy is of the kind socks4;/],
    [
      { proxy: 'pac+https://u:secret@p/any' },
      'PROXY_KIND',
      /^http\.proxy names a script that chooses proxies \(PAC\)/,
    ],
    [{ proxy: 'http://p/proxy.pac?x=1' }, 'PROXY_KIND', /\(PAC\)/],
    [{ proxy: 'file:///etc/wpad.dat' }, 'PROXY_KIND', /\(PAC\)/],
    [
      { proxy: 'http://u:secret@ p' },
      'PROXY_ADDRESS',
      /^The address of a proxy in http\.proxy cannot be read\.$/,
    ],
  ];
  for (const [settings, code, message] of refused)
    it(`refuses ${JSON.stringify(settings)}, without repeating a password`, () => {
      assert.throws(
        () => proxyFor(target, settings),
        (error) => {
          assert.ok(error instanceof TransportError);
          assert.deepEqual([error.code, error.phase], [code, 'address']);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    });

  it('does not mind a proxy that cannot be used where none is needed', () => {
    const proxy = 'socks5://p:1080';
    assert.equal(proxyFor(target, { proxy, useProxy: false }), undefined);
    assert.equal(proxyFor(target, { proxy, noProxy: ['service.test'] }), undefined);
  });
});
