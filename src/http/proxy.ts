import { BlockList, isIP } from 'node:net';
import * as l10n from '@vscode/l10n';
import { isLoopback } from '../util/loopback';
import { TransportError } from './transport';

/** How to get out of this machine; every part optional. The settings are VS Code's own, by the same names. */
export interface NetworkSettings {
  /** `http.proxy`: URL of a proxy, user and password allowed. Goes before the environment. */
  readonly proxy?: string;
  /** `http.noProxy`; when empty, `NO_PROXY` of the environment counts. */
  readonly noProxy?: readonly string[];
  /** `http.proxyAuthorization`: the whole value of the header, used when the proxy's URL has no password. */
  readonly proxyAuthorization?: string;
  /** False for `http.proxySupport: off`: never a proxy, whatever else is set. */
  readonly useProxy?: boolean;
  /** `http.proxyStrictSSL`, default true: whether certificates must be valid. */
  readonly strictSsl?: boolean;
  /** `http.systemCertificates`, default true: trust what the operating system trusts. */
  readonly systemCertificates?: boolean;
  /** Further certificate authorities, PEM. */
  readonly extraCertificates?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface Proxy {
  /** Without user and password. */
  readonly origin: string;
  /** Value of the Proxy-Authorization header. */
  readonly authorization?: string;
}

/**
 * The proxy that a connection to `target` goes through; undefined for a direct one. This machine is always reached directly.
 * Throws TransportError when the proxy's address makes no sense.
 */
export function proxyFor(
  target: { readonly hostname: string; readonly port: number },
  settings: NetworkSettings,
): Proxy | undefined {
  if (settings.useProxy === false || isLoopback(target.hostname)) return undefined;
  const environment = settings.environment ?? {};
  const fromSetting = { name: 'http.proxy', address: settings.proxy };
  const fromEnvironment = proxyVariables.map((name) => ({ name, address: environment[name] }));
  const found = [fromSetting, ...fromEnvironment].find(({ address }) => isSet(address));
  if (found === undefined) return undefined;
  const exceptions =
    settings.noProxy !== undefined && settings.noProxy.length > 0
      ? settings.noProxy
      : ([environment.NO_PROXY, environment.no_proxy].find(isSet) ?? '').split(/[\s,]+/);
  if (exceptions.some((entry) => matches(entry.trim().toLowerCase(), target))) return undefined;
  return parseProxy(found.name, (found.address ?? '').trim(), settings.proxyAuthorization);
}

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

/** @param name of the setting or variable that holds the address, for messages */
function parseProxy(name: string, address: string, authorization: string | undefined): Proxy {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(text))
    throw new TransportError(
      l10n.t('The address of a proxy in {0} cannot be read.', name),
      'address',
      'PROXY_ADDRESS',
    );
  const url = new URL(text);
  if (url.protocol.startsWith('pac+') || /\.(?:pac|dat)$/i.test(url.pathname))
    throw new TransportError(
      l10n.t('{0} names a script that chooses proxies (PAC), which cannot be followed here.', name),
      'address',
      'PROXY_KIND',
    );
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TransportError(
      l10n.t(
        'The proxy in {0} is of the kind {1}; only http and https proxies can be used.',
        name,
        url.protocol.slice(0, -1),
      ),
      'address',
      'PROXY_KIND',
    );
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  const header =
    credentials === ':' ? authorization : `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
  return {
    origin: url.origin,
    ...(header === undefined || header === '' ? {} : { authorization: header }),
  };
}

/** A password with a bare per cent sign is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether an entry of a no-proxy list (`host`, `.domain`, `*.domain`, `host:port`, `10.0.0.0/8`, `*`) names the target. */
function matches(entry: string, target: { readonly hostname: string; readonly port: number }): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const host = target.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const subnet = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (subnet !== null) return inSubnet(host, subnet[1] ?? '', Number(subnet[2]));
  const parts = /^(\[[0-9a-f:]+\]|[^:]+|[0-9a-f:]+)(?::(\d+))?$/.exec(entry);
  if (parts === null || (parts[2] !== undefined && Number(parts[2]) !== target.port)) return false;
  const name = (parts[1] ?? '').replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  // As curl and VS Code do: a name covers its subdomains. An address covers only itself.
  return host === name || (isIP(name) === 0 && host.endsWith(`.${name}`));
}

function inSubnet(host: string, network: string, bits: number): boolean {
  const [hostFamily, family] = [isIP(host), isIP(network)];
  if (hostFamily === 0 || hostFamily !== family || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, type);
  return list.check(host, type);
}
