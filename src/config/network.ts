import { workspace } from 'vscode';

/** VS Code's network settings, as they are now. */
export interface VscodeNetwork {
  readonly proxy: string;
  readonly noProxy: readonly string[];
  readonly proxyAuthorization?: string;
  readonly useProxy: boolean;
  readonly strictSsl: boolean;
  readonly systemCertificates: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads the `http.*` settings that hold for every part of VS Code, and the environment for what they leave open. */
export function readNetwork(environment: Readonly<Record<string, string | undefined>>): VscodeNetwork {
  const http = workspace.getConfiguration('http');
  const authorization = http.get<string | null>('proxyAuthorization') ?? undefined;
  return {
    proxy: http.get<string>('proxy') ?? '',
    noProxy: http.get<string[]>('noProxy') ?? [],
    ...(authorization === undefined ? {} : { proxyAuthorization: authorization }),
    useProxy: http.get<string>('proxySupport') !== 'off',
    strictSsl: http.get<boolean>('proxyStrictSSL') ?? true,
    systemCertificates: http.get<boolean>('systemCertificates') ?? true,
    environment,
  };
}
