import { invalid } from '../errors';
import { json, page, pageQuery, param, readJson } from '../exchange';
import { stringField } from '../protoFields';
import { microTime } from '../random';
import type { Router } from '../router';
import type { WebhookRecord } from './record';
import { truncatedSecret } from './signing';
import type { WebhookService } from './webhooks';

const revocations = ['revoke_previous_secrets_after_h24', 'revoke_previous_secrets_immediately'];

/** The webhooks API. Its JSON is in snake_case, unlike the rest of the service. */
export function webhookRoutes(router: Router, webhooks: WebhookService): void {
  const resource = (webhook: WebhookRecord) => ({
    id: webhook.id,
    ...(webhook.name === undefined ? {} : { name: webhook.name }),
    uri: webhook.uri,
    subscribed_events: webhook.subscribedEvents,
    state: webhook.state,
    signing_secrets: webhooks.secretsInForce(webhook).map(({ secret, expiresAt }) => ({
      truncated_secret: truncatedSecret(secret),
      ...(expiresAt === undefined ? {} : { expire_time: microTime(expiresAt) }),
    })),
    create_time: webhook.createTime,
    update_time: webhook.updateTime,
  });
  const collection = '/{version}/webhooks';
  const one = `${collection}/{id}`;
  router.add('POST', collection, async (exchange) => {
    const { webhook, secret } = await webhooks.create(await readJson(exchange));
    return json({ ...resource(webhook), new_signing_secret: secret });
  });
  router.add('GET', collection, (exchange) => {
    const { items, nextPageToken } = page(webhooks.list(), pageQuery(exchange, { size: 50, max: 1000 }));
    return json({
      webhooks: items.map(resource),
      ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
    });
  });
  router.add('GET', one, (exchange) => json(resource(webhooks.find(param(exchange, 'id')))));
  router.add('PATCH', one, async (exchange) => {
    const query = exchange.url.searchParams;
    const mask = (query.get('update_mask') ?? query.get('updateMask') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    return json(resource(await webhooks.update(param(exchange, 'id'), await readJson(exchange), mask)));
  });
  router.add('DELETE', one, async (exchange) => {
    await webhooks.remove(param(exchange, 'id'));
    return json({});
  });
  router.add('POST', `${one}:ping`, async (exchange) => {
    await webhooks.ping(param(exchange, 'id'));
    return json({});
  });
  router.add('POST', `${one}:rotateSigningSecret`, async (exchange) => {
    const behavior = stringField(await readJson(exchange), 'revocationBehavior') ?? revocations[0] ?? '';
    if (!revocations.includes(behavior))
      throw invalid(`The field revocation_behavior must be one of ${revocations.join(', ')}.`);
    return json({ secret: await webhooks.rotate(param(exchange, 'id'), behavior) });
  });
  router.add('GET', '/.well-known/jwks.json', async () => json(await webhooks.signer.jwks()));
}
