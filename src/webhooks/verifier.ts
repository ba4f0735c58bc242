import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type FetchImplementation } from 'jose';
import type { Clock } from '../util/clock';

/** How far a delivery's time may be from ours, either way. */
export const toleranceMs = 5 * 60_000;

/** The headers that carry a signature, as received; absent ones undefined. */
export interface SignatureHeaders {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export type Verdict =
  /** `deliveryId` is bound by the signature, so a replay cannot choose another. */
  | { readonly ok: true; readonly deliveryId: string }
  /** `reason` is for the log: it holds nothing of the delivery. */
  | { readonly ok: false; readonly reason: string };

export interface VerifierOptions {
  /** Signing secrets (`whsec_…`) of the webhooks that may deliver here; several while one is being rotated. */
  readonly secrets: () => Promise<readonly string[]>;
  /** Where the keys of dynamic webhooks are published; dynamic deliveries are refused without it. */
  readonly jwks?: { readonly url: string; readonly fetch: FetchImplementation; readonly audience?: string };
  readonly clock: Clock;
}

export interface Verifier {
  verify(headers: SignatureHeaders, body: string): Promise<Verdict>;
}

const jwtShape = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Checks who sent a delivery. Static webhooks are signed as Standard Webhooks says (HMAC-SHA256 over id, time and body);
 * dynamic ones carry an RS256 JWT in the same header.
 */
export function createVerifier({ secrets, jwks, clock }: VerifierOptions): Verifier {
  const keys = jwks && createRemoteJWKSet(new URL(jwks.url), { [customFetch]: jwks.fetch });

  async function verifyStatic(
    { id, timestamp, signature }: SignatureHeaders,
    body: string,
  ): Promise<Verdict> {
    if (!id || !timestamp || !signature) return refused('a signature header is missing');
    if (!isFresh(Number(timestamp) * 1000, clock)) return refused('its time is more than five minutes off');
    const signed = `${id}.${timestamp}.${body}`;
    for (const secret of await secrets()) {
      if (hasSigned(secret, signature, signed)) return { ok: true, deliveryId: `static:${id}` };
    }
    return refused('no known secret has signed it');
  }

  async function verifyDynamic({ timestamp }: SignatureHeaders, token: string): Promise<Verdict> {
    if (!jwks || !keys) return refused('dynamic deliveries are not expected');
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        clockTolerance: toleranceMs / 1000,
        currentDate: new Date(clock.now()),
        ...(jwks.audience === undefined ? {} : { audience: jwks.audience }),
      });
      // The token's own time is signed; the header's is only better than none.
      const seconds = payload.iat ?? Number(timestamp ?? Number.NaN);
      if (!isFresh(seconds * 1000, clock))
        return refused('its time is missing or more than five minutes off');
      // The token does not bind the id header, so the token itself is what must not come twice.
      return { ok: true, deliveryId: `dynamic:${createHash('sha256').update(token).digest('base64')}` };
    } catch (error) {
      if (error instanceof errors.JOSEError) return refused(`its token does not verify (${error.code})`);
      return refused('the keys to check its token could not be had');
    }
  }

  return {
    verify(headers, body) {
      const token = headers.signature?.replace(/^Bearer /i, '').trim();
      return token !== undefined && jwtShape.test(token)
        ? verifyDynamic(headers, token)
        : verifyStatic(headers, body);
    },
  };
}

/** @param signature what the header holds: `v1,<base64>`, several apart by spaces while a secret is being rotated */
function hasSigned(secret: string, signature: string, signed: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  // A stored secret that is no base64 signs nothing; another one may still fit.
  if (key.length === 0) return false;
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  return signature.split(' ').some((one) => {
    const given = Buffer.from(one);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function isFresh(time: number, clock: Clock): boolean {
  return Math.abs(clock.now() - time) <= toleranceMs;
}

function refused(reason: string): Verdict {
  return { ok: false, reason };
}
