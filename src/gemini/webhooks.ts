import type { ApiCall, ApiClient } from '../http/apiClient';
import type {
  SecretRevocation,
  Webhook,
  WebhookApi,
  WebhookCallOptions,
  WebhookRequest,
} from '../shared/webhook';
import { defined } from '../util/defined';
import type { Paths } from './names';
import { allPages } from './paging';
import { anything, rotatedSecret, webhookPage, webhookSchema, type WireWebhook } from './wire';

const revocations: Readonly<Record<SecretRevocation, string>> = {
  after24h: 'revoke_previous_secrets_after_h24',
  immediately: 'revoke_previous_secrets_immediately',
};

/** The service takes up to this many a page. */
const pageSize = 1000;

/** Registered webhooks. This part of the API writes its names in snake_case. */
export function webhookApi(client: ApiClient, paths: Paths): WebhookApi {
  const resource = (id: string, action = '') => paths.resource(`webhooks/${id}`, action);
  const call = (
    method: ApiCall['method'],
    path: string,
    doing: string,
    options: WebhookCallOptions | undefined,
    body?: unknown,
  ): ApiCall => ({
    method,
    path,
    doing,
    signal: options?.signal,
    repeat: 'always',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

  return {
    async list(options) {
      const pages = await allPages(async (pageToken) => {
        const request = call('GET', paths.resource('webhooks'), 'list the webhooks', options);
        const query = { page_size: pageSize, page_token: pageToken };
        const page = await client.json(webhookPage, { ...request, query });
        return { entries: page.webhooks, next: page.nextPageToken };
      });
      return pages.map(toWebhook);
    },
    async get(id, options) {
      return toWebhook(
        await client.json(webhookSchema, call('GET', resource(id), 'read the webhook', options)),
      );
    },
    async create(request, options) {
      const doing = 'create the webhook';
      const body = { name: request.label, uri: request.uri, subscribed_events: request.events };
      // A lost answer would leave a webhook behind whose secret nobody knows.
      const once = {
        ...call('POST', paths.resource('webhooks'), doing, options, body),
        repeat: 'untouched' as const,
      };
      const created = await client.json(webhookSchema, once);
      return {
        webhook: toWebhook(created),
        ...defined({ secret: created.newSigningSecret }),
      };
    },
    async update(id, change, options) {
      const body = toWireChange(change);
      const request = call('PATCH', resource(id), 'change the webhook', options, body);
      const query = { update_mask: Object.keys(body).join(',') };
      return toWebhook(await client.json(webhookSchema, { ...request, query }));
    },
    async delete(id, options) {
      await client.json(anything, call('DELETE', resource(id), 'delete the webhook', options));
    },
    async ping(id, options) {
      await client.json(anything, call('POST', resource(id, ':ping'), 'ping the webhook', options));
    },
    async rotateSecret(id, revocation, options) {
      const body = { revocation_behavior: revocations[revocation] };
      const request = call('POST', resource(id, ':rotateSigningSecret'), 'rotate the secret', options, body);
      return client.json(rotatedSecret, { ...request, repeat: 'untouched' });
    },
  };
}

function toWireChange(
  change: Partial<WebhookRequest> & { readonly state?: 'enabled' | 'disabled' },
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({
      name: change.label,
      uri: change.uri,
      subscribed_events: change.events,
      state: change.state,
    }).filter(([, value]) => value !== undefined),
  );
}

function toWebhook(webhook: WireWebhook): Webhook {
  // The reference has a bare id beside a name that is a label; a resource name would hold the id in its last part.
  const id = webhook.id ?? webhook.name?.replace(/^webhooks\//, '') ?? '';
  return {
    id,
    label: webhook.name ?? id,
    uri: webhook.uri,
    events: webhook.subscribedEvents,
    state: webhook.state ?? 'enabled',
    ...defined({ createdAt: webhook.createTime, updatedAt: webhook.updateTime }),
    secrets: webhook.signingSecrets.map(({ truncatedSecret, expireTime }) => ({
      truncated: truncatedSecret,
      ...defined({ expiresAt: expireTime }),
    })),
  };
}
