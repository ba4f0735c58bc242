import type { Logger } from '../../util/logger';
import { RecordStore, type Disk } from '../disk';
import { badRequest, invalid, notFound } from '../errors';
import { unknownNames } from '../batchInput';
import type { JsonObject } from '../../util/json';
import { arrayField, field, stringField } from '../protoFields';
import type { JobRecord } from '../jobRecord';
import { microTime, randomId } from '../random';
import type { SandboxClock } from '../sandboxClock';
import { DeliveryService } from './delivery';
import {
  webhookEvents,
  webhookRecord,
  webhookStates,
  type DeliveryRecord,
  type WebhookRecord,
} from './record';
import { DynamicSigner, newSecret, signStatic } from './signing';

const dayMs = 24 * 3_600_000;
const eventsByState: Readonly<Partial<Record<JobRecord['state'], string>>> = {
  SUCCEEDED: 'batch.succeeded',
  FAILED: 'batch.failed',
  CANCELLED: 'batch.cancelled',
  EXPIRED: 'batch.expired',
};

/** Webhooks: those registered with the service, and those that a job brings with it. */
export class WebhookService {
  readonly signer: DynamicSigner;
  private sequence: number;

  private constructor(
    private readonly records: RecordStore<WebhookRecord>,
    private readonly clock: SandboxClock,
    private readonly log: Logger,
    disk: Disk,
  ) {
    this.signer = new DynamicSigner(disk);
    this.sequence = Math.max(0, ...records.all().map((webhook) => webhook.sequence));
  }

  private deliveries: DeliveryService | undefined;
  private readonly telling = new Set<Promise<void>>();

  static async open(disk: Disk, clock: SandboxClock, log: Logger): Promise<WebhookService> {
    const records = await RecordStore.open(disk, 'webhooks', webhookRecord, log);
    const service = new WebhookService(records, clock, log, disk);
    service.deliveries = await DeliveryService.open(
      disk,
      clock,
      log,
      (delivery, sentAt) => service.sign(delivery, sentAt),
      (delivery) => service.giveUp(delivery),
    );
    return service;
  }

  resume(): void {
    this.deliveries?.resume();
  }

  /** Newest first. */
  list(): WebhookRecord[] {
    return this.records.all().sort((a, b) => b.sequence - a.sequence);
  }

  find(id: string): WebhookRecord {
    const webhook = this.records.get(id);
    if (webhook === undefined) throw notFound();
    return webhook;
  }

  /** @returns the webhook and its secret, which is never shown again. */
  async create(body: JsonObject): Promise<{ webhook: WebhookRecord; secret: string }> {
    const { name, uri, subscribedEvents } = readWebhook(body, ['name', 'uri', 'subscribed_events']);
    if (uri === undefined) throw invalid('The field uri is required.');
    if (subscribedEvents === undefined) throw invalid('The field subscribed_events is required.');
    const secret = newSecret();
    const time = microTime(this.clock.now());
    const webhook: WebhookRecord = {
      id: randomId(36),
      sequence: ++this.sequence,
      ...(name === undefined ? {} : { name }),
      uri,
      subscribedEvents,
      state: 'enabled',
      secrets: [{ secret }],
      createTime: time,
      updateTime: time,
    };
    await this.records.put(webhook);
    return { webhook, secret };
  }

  /** @param mask snake_case names; empty takes everything that the body holds. */
  async update(id: string, body: JsonObject, mask: readonly string[]): Promise<WebhookRecord> {
    const changeable = ['name', 'uri', 'subscribed_events', 'state'];
    const wrong = mask.find((name) => !changeable.includes(name));
    if (wrong !== undefined) throw invalid(`The field ${wrong} of a webhook cannot be updated.`);
    const wanted = Object.fromEntries(
      Object.entries(body).filter(([name]) => mask.length === 0 || mask.includes(name)),
    );
    const change = readWebhook(wanted, changeable);
    return this.save({ ...this.find(id), ...change });
  }

  async remove(id: string): Promise<void> {
    await this.records.delete(this.find(id).id);
  }

  /** @returns the new secret, which is never shown again. */
  async rotate(id: string, behavior: string): Promise<string> {
    const webhook = this.find(id);
    const secret = newSecret();
    const until = this.clock.now() + dayMs;
    const previous =
      behavior === 'revoke_previous_secrets_immediately'
        ? []
        : this.secretsInForce(webhook).map((old) => ({ expiresAt: until, ...old }));
    await this.save({ ...webhook, secrets: [{ secret }, ...previous] });
    return secret;
  }

  async ping(id: string): Promise<void> {
    const webhook = this.find(id);
    await this.deliveries?.send(webhook.uri, this.message('webhook.ping', { id }), webhook.id);
  }

  /** Tells everybody who asked that a job came to its end. */
  announce(job: JobRecord): void {
    const told = this.tell(job).catch((error: unknown) =>
      this.log.error(`A webhook message was lost: ${String(error)}`),
    );
    this.telling.add(told);
    void told.then(() => this.telling.delete(told));
  }

  private async tell(job: JobRecord): Promise<void> {
    const type = eventsByState[job.state];
    if (type === undefined) return;
    const data = {
      id: `batches/${job.id}`,
      ...(job.state === 'SUCCEEDED' && job.inputFile !== undefined
        ? { output_file_uri: `files/batch-${job.id}` }
        : {}),
      ...(job.state === 'FAILED'
        ? { error_code: String(job.error?.code ?? ''), error_message: job.error?.message ?? '' }
        : {}),
    };
    for (const webhook of this.list())
      if (webhook.state === 'enabled' && webhook.subscribedEvents.includes(type))
        await this.deliveries?.send(webhook.uri, this.message(type, data), webhook.id);
    const userMetadata = job.webhook?.userMetadata;
    const own = userMetadata === undefined ? data : { ...data, user_metadata: userMetadata };
    for (const uri of job.webhook?.uris ?? []) await this.deliveries?.send(uri, this.message(type, own));
  }

  async close(): Promise<void> {
    await Promise.all(this.telling);
    await this.deliveries?.close();
    await this.records.flush();
  }

  secretsInForce(webhook: WebhookRecord): WebhookRecord['secrets'] {
    return webhook.secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > this.clock.now());
  }

  private message(type: string, data: JsonObject): JsonObject {
    return { type, version: 'v1', timestamp: new Date(this.clock.now()).toISOString(), data };
  }

  private sign(delivery: DeliveryRecord, sentAt: number) {
    if (delivery.webhookId === undefined) return this.signer.sign(delivery.uri, delivery.id, sentAt);
    const webhook = this.records.get(delivery.webhookId);
    if (webhook === undefined) return undefined;
    const secrets = this.secretsInForce(webhook).map(({ secret }) => secret);
    return signStatic(secrets, delivery.id, sentAt, delivery.body);
  }

  private async giveUp(delivery: DeliveryRecord): Promise<void> {
    const webhook = delivery.webhookId === undefined ? undefined : this.records.get(delivery.webhookId);
    if (webhook !== undefined) await this.save({ ...webhook, state: 'disabled_due_to_failed_deliveries' });
  }

  private async save(webhook: WebhookRecord): Promise<WebhookRecord> {
    const changed = { ...webhook, updateTime: microTime(this.clock.now()) };
    await this.records.put(changed);
    return changed;
  }
}

type Readable = Pick<WebhookRecord, 'name' | 'uri' | 'subscribedEvents' | 'state'>;

/** The fields a caller may set; throws for a field that is unknown or malformed. */
function readWebhook(body: JsonObject, known: readonly string[]): Partial<Readable> {
  const violations = unknownNames(body, known, '');
  if (violations.length > 0) throw badRequest(violations);
  const name = stringField(body, 'name');
  const uri = stringField(body, 'uri');
  const state = webhookStates.find((candidate) => candidate === body.state);
  const events = field(body, 'subscribedEvents');
  if (uri !== undefined && !(URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol)))
    throw invalid('The field uri must be an http or https URL.');
  if (body.state !== undefined && (state === undefined || state === 'disabled_due_to_failed_deliveries'))
    throw invalid('The field state must be enabled or disabled.');
  const subscribedEvents = arrayField(body, 'subscribedEvents').map(String);
  const unknown = subscribedEvents.find((event) => !(webhookEvents as readonly string[]).includes(event));
  if (unknown !== undefined) throw invalid(`Unknown event: ${unknown}.`);
  if (events !== undefined && subscribedEvents.length === 0)
    throw invalid('The field subscribed_events must name at least one event.');
  return {
    ...(name === undefined ? {} : { name }),
    ...(uri === undefined ? {} : { uri }),
    ...(events === undefined ? {} : { subscribedEvents }),
    ...(state === undefined ? {} : { state }),
  };
}
