import type { ApiCall, ApiClient } from '../http/apiClient';
import type { Doing } from '../http/couldNot';
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
export class GeminiWebhooks implements WebhookApi {
  constructor(
    private readonly client: ApiClient,
    private readonly paths: Paths,
  ) {}

  async list(options?: WebhookCallOptions): Promise<readonly Webhook[]> {
    const call = this.call('GET', '', 'list the webhooks', options);
    return allPages(
      async (pageToken) => {
        const query = { page_size: pageSize, page_token: pageToken };
        const page = await this.client.json(webhookPage, { ...call, query });
        return { entries: page.webhooks.map(toWebhook), next: page.nextPageToken };
      },
      ({ id }) => id,
    );
  }

  async get(id: string, options?: WebhookCallOptions): Promise<Webhook> {
    const call = this.call('GET', `/${id}`, 'read the webhook', options);
    return toWebhook(await this.client.json(webhookSchema, call));
  }

  async create(
    request: WebhookRequest,
    options?: WebhookCallOptions,
  ): Promise<{ webhook: Webhook; secret?: string }> {
    const created = await this.client.json(webhookSchema, {
      ...this.call('POST', '', 'create the webhook', options),
      // A lost answer would leave a webhook behind whose secret nobody knows.
      repeat: 'untouched',
      body: JSON.stringify(toWireChange(request)),
    });
    return { webhook: toWebhook(created), ...defined({ secret: created.newSigningSecret }) };
  }

  async update(id: string, change: WebhookChange, options?: WebhookCallOptions): Promise<Webhook> {
    const fields = toWireChange(change);
    const changed = await this.client.json(webhookSchema, {
      ...this.call('PATCH', `/${id}`, 'change the webhook', options),
      query: { update_mask: Object.keys(fields).join(',') },
      body: JSON.stringify(fields),
    });
    return toWebhook(changed);
  }

  async delete(id: string, options?: WebhookCallOptions): Promise<void> {
    await this.client.remove(this.call('DELETE', `/${id}`, 'delete the webhook', options));
  }

  async ping(id: string, options?: WebhookCallOptions): Promise<void> {
    await this.client.json(anything, this.call('POST', `/${id}:ping`, 'ping the webhook', options));
  }

  async rotateSecret(
    id: string,
    revocation: SecretRevocation,
    options?: WebhookCallOptions,
  ): Promise<string> {
    return this.client.json(rotatedSecret, {
      ...this.call('POST', `/${id}:rotateSigningSecret`, 'rotate the secret', options),
      repeat: 'untouched',
      body: JSON.stringify({ revocation_behavior: revocations[revocation] }),
    });
  }

  /** `rest` follows the collection's name: an id, with what is to be done to it. */
  private call(
    method: ApiCall['method'],
    rest: string,
    doing: Doing,
    options: WebhookCallOptions | undefined,
  ): ApiCall {
    const path = this.paths.resource(`webhooks${rest}`);
    return { method, path, doing, signal: options?.signal, repeat: 'always' };
  }
}

type WebhookChange = Parameters<WebhookApi['update']>[1];

function toWireChange(change: WebhookChange): object {
  return defined({
    name: change.label,
    uri: change.uri,
    subscribed_events: change.events,
    state: change.state,
  });
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
