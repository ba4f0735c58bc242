import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, rootCertificates, type SecureContext } from 'node:tls';
import type { NetworkSettings } from './proxy';

/**
 * What TLS connections trust: Node's own authorities (with NODE_EXTRA_CA_CERTS), the operating system's, and further ones from
 * the settings. Reading them costs tens of milliseconds: keep the result.
 */
export function trustedContext(
  settings: Pick<NetworkSettings, 'systemCertificates' | 'extraCertificates'>,
): SecureContext {
  const ca = authorities(settings);
  try {
    return createSecureContext({ ca });
  } catch {
    // One certificate that this build of TLS cannot read, and systems do hold such ones, must not take the others along.
    return createSecureContext({ ca: ca.filter(isReadable) });
  }
}

function authorities(settings: Pick<NetworkSettings, 'systemCertificates' | 'extraCertificates'>): string[] {
  // Absent before Node 22.15, which forks of VS Code may still run on.
  const read = getCACertificates as typeof getCACertificates | undefined;
  const all = new Set<string>(read === undefined ? rootCertificates : read('default'));
  if (settings.systemCertificates !== false && read !== undefined)
    for (const certificate of read('system')) all.add(certificate);
  for (const certificate of settings.extraCertificates ?? []) all.add(certificate);
  return [...all];
}

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).fingerprint !== '';
  } catch {
    return false;
  }
}
