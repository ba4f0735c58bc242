import * as z from 'zod';
import { Sequencer } from '../util/async';
import type { Clock } from '../util/clock';
import type { SecretVault } from './keys';

const stored = z.record(
  z.string(),
  z.object({
    /** Newest first. `until`: milliseconds since the epoch; absent for the newest. */
    secrets: z.array(z.object({ secret: z.string(), until: z.number().optional() })),
    /** Whether the newest was handed out. */
    copied: z.boolean(),
  }),
);
type Stored = z.infer<typeof stored>;

const prefix = 'batchwright.webhooks.';
const dayMs = 24 * 3_600_000;

/**
 * Signing secrets of webhooks, which the service says once. They live in the system's secret storage, one entry a connection,
 * and leave it for two uses only: checking deliveries, and being copied once.
 */
export class WebhookSecrets {
  private readonly changes = new Sequencer();

  constructor(
    private readonly vault: Pick<SecretVault, 'get' | 'store' | 'delete'>,
    private readonly clock: Clock,
  ) {}

  /** Keeps a new secret. `older`: what becomes of the ones before it. */
  keep(
    connectionId: string,
    webhookId: string,
    secret: string,
    older: 'after24h' | 'immediately',
  ): Promise<void> {
    return this.change(connectionId, (all) => {
      const until = this.clock.now() + dayMs;
      const before = older === 'immediately' ? [] : this.valid(all[webhookId]?.secrets ?? []);
      const expiring = before.map((one) => ({
        secret: one.secret,
        until: Math.min(one.until ?? until, until),
      }));
      return { ...all, [webhookId]: { secrets: [{ secret }, ...expiring], copied: false } };
    });
  }

  /** Every secret that may sign a delivery now. */
  async all(connectionId: string): Promise<readonly string[]> {
    return Object.values(await this.read(connectionId)).flatMap(({ secrets }) =>
      this.valid(secrets).map(({ secret }) => secret),
    );
  }

  /** Ids of the webhooks whose newest secret nobody has copied yet. */
  async copyable(connectionId: string): Promise<ReadonlySet<string>> {
    const all = Object.entries(await this.read(connectionId));
    return new Set(all.filter(([, { copied, secrets }]) => !copied && secrets.length > 0).map(([id]) => id));
  }

  /** The newest secret, the first time it is asked for; undefined from then on. */
  async takeForCopy(connectionId: string, webhookId: string): Promise<string | undefined> {
    let taken: string | undefined;
    await this.change(connectionId, (all) => {
      const entry = all[webhookId];
      if (entry === undefined || entry.copied) return all;
      taken = entry.secrets[0]?.secret;
      return { ...all, [webhookId]: { ...entry, copied: true } };
    });
    return taken;
  }

  forget(connectionId: string, webhookId: string): Promise<void> {
    return this.change(connectionId, (all) =>
      Object.fromEntries(Object.entries(all).filter(([id]) => id !== webhookId)),
    );
  }

  private valid(secrets: Stored[string]['secrets']) {
    const now = this.clock.now();
    return secrets.filter(({ until }) => until === undefined || until > now);
  }

  private async read(connectionId: string): Promise<Stored> {
    const text = await this.vault.get(prefix + connectionId);
    if (text === undefined) return {};
    try {
      return stored.parse(JSON.parse(text));
    } catch {
      // The message of a parser could quote the secret.
      throw new Error(
        'The stored signing secrets of webhooks cannot be read. Rotate the secret of each webhook to store new ones.',
      );
    }
  }

  private change(connectionId: string, edit: (all: Stored) => Stored): Promise<void> {
    return this.changes.run(async () => {
      const before = await this.read(connectionId).catch((): Stored => ({}));
      await this.vault.store(prefix + connectionId, JSON.stringify(edit(before)));
    });
  }
}
