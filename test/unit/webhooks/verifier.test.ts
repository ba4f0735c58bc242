import assert from 'node:assert/strict';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '../../../src/util/clock';
import { createVerifier } from '../../../src/webhooks/verifier';

describe('the signature of a static webhook', () => {
  const [secret, other] = ['first secret', 'second secret'].map(
    (text) => `whsec_${Buffer.from(text).toString('base64')}`,
  ) as [string, string];
  const now = new Date();
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const body = '{"type":"batch.succeeded","text":"é"}';
  /** As the library of Standard Webhooks signs. */
  const sign = (by: string, text = body) => new Webhook(by).sign('msg_1', now, text);
  const verify = (signature: string, secrets: readonly string[] = [secret]) =>
    createVerifier({ secrets: () => Promise.resolve(secrets), clock: systemClock }).verify(
      { id: 'msg_1', timestamp, signature },
      body,
    );

  for (const [what, signature, secrets, ok] of [
    ['of the secret', sign(secret), [secret], true],
    ['of one of several secrets', sign(other), [secret, other], true],
    ['among others, as while a secret is rotated', `${sign(other)} v1a,x ${sign(secret)}`, [secret], true],
    ['of a secret without its prefix', sign(secret), [secret.slice('whsec_'.length)], true],
    ['of another secret', sign(other), [secret], false],
    ['of another body', sign(secret, '{}'), [secret], false],
    ['of another version', sign(secret).replace('v1,', 'v2,'), [secret], false],
    ['cut short', sign(secret).slice(0, -1), [secret], false],
    ['of nobody', 'v1,', [secret], false],
    ['where there is no secret', sign(secret), [], false],
    ['where a stored secret is none', sign(secret), ['whsec_', '?', secret], true],
  ] as const) {
    it(`${ok ? 'holds' : 'does not hold'} ${what}`, async () => {
      assert.equal((await verify(signature, secrets)).ok, ok);
    });
  }
});
