import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose';
import { Webhook } from 'standardwebhooks';
import { exists } from '../../util/files';
import type { Disk } from '../disk';

/** A fresh secret for a static webhook. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** What a list shows of a secret. */
export function truncatedSecret(secret: string): string {
  return `whsec_...${secret.slice(-4)}`;
}

/** Headers of Standard Webhooks; one signature for each secret in force. @param sentAt milliseconds */
export function signStatic(
  secrets: readonly string[],
  id: string,
  sentAt: number,
  body: string,
): Record<string, string> {
  const at = new Date(sentAt);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}

interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** The key that signs for addresses which jobs bring with them. Made when first needed, kept in the data folder. */
export class DynamicSigner {
  private key: Promise<SigningKey> | undefined;

  constructor(private readonly disk: Disk) {}

  /** The public half, as `/.well-known/jwks.json` shows it. */
  async jwks(): Promise<{ keys: JWK[] }> {
    return { keys: [(await this.signingKey()).publicJwk] };
  }

  /** The headers of a delivery. @param sentAt milliseconds */
  async sign(uri: string, id: string, sentAt: number): Promise<Record<string, string>> {
    const { privateKey, publicJwk } = await this.signingKey();
    const seconds = Math.floor(sentAt / 1000);
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: publicJwk.kid ?? '', typ: 'JWT' })
      .setIssuer('https://generativelanguage.googleapis.com')
      .setAudience(uri)
      .setJti(id)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 300)
      .sign(privateKey);
    return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': token };
  }

  private signingKey(): Promise<SigningKey> {
    this.key ??= this.load().catch((error: unknown) => {
      this.key = undefined;
      throw error;
    });
    return this.key;
  }

  private async load(): Promise<SigningKey> {
    const file = path.join(await this.disk.folder('keys'), 'webhooks.pem');
    if (!(await exists(file))) {
      const pair = await generateKeyPair('RS256', { extractable: true });
      await writeFile(file, await exportPKCS8(pair.privateKey), { mode: 0o600 });
    }
    const privateKey = await importPKCS8(await readFile(file, 'utf8'), 'RS256', { extractable: true });
    const { kty, n, e } = await exportJWK(privateKey);
    const publicJwk: JWK = {
      ...definedOnly({ kty, n, e }),
      alg: 'RS256',
      use: 'sig',
      kid: 'sandbox-webhooks-1',
    };
    return { privateKey, publicJwk };
  }
}

function definedOnly(values: Record<string, string | undefined>): JWK {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
