import { isCancelled } from '../../util/async';
import type { Logger } from '../../util/logger';
import { isLoopback } from '../../util/loopback';
import { RecordStore, type Disk } from '../disk';
import { randomId } from '../random';
import type { SandboxClock } from '../sandboxClock';
import { deliveryRecord, type DeliveryRecord } from './record';

/** How long a receiver may take to answer. */
const answerMs = 10_000;
/** The wait after the n-th failure; 15 failures last a bit under 24 hours, then the message is given up. */
const retryMs = (failures: number) => 5000 * 2 ** (failures - 1);
const maxAttempts = 15;

/** Signs a message for one attempt; undefined when it is not to be sent any more. */
export type Sign = (
  delivery: DeliveryRecord,
  sentAt: number,
) => Promise<Record<string, string> | undefined> | Record<string, string> | undefined;

/** Brings messages to their addresses, at least once, with growing pauses; only ever to this machine. */
export class DeliveryService {
  private readonly closing = new AbortController();
  private readonly running = new Set<Promise<void>>();

  private constructor(
    private readonly records: RecordStore<DeliveryRecord>,
    private readonly clock: SandboxClock,
    private readonly log: Logger,
    private readonly sign: Sign,
    /** Hears of messages that were given up. */
    private readonly onGivenUp: (delivery: DeliveryRecord) => Promise<void>,
  ) {}

  static async open(
    disk: Disk,
    clock: SandboxClock,
    log: Logger,
    sign: Sign,
    onGivenUp: (delivery: DeliveryRecord) => Promise<void>,
  ): Promise<DeliveryService> {
    const records = await RecordStore.open(disk, 'deliveries', deliveryRecord, log);
    return new DeliveryService(records, clock, log, sign, onGivenUp);
  }

  /** Goes on with what was on its way when the sandbox last stopped. */
  resume(): void {
    for (const delivery of this.records.all()) this.start(delivery);
  }

  async send(uri: string, message: unknown, webhookId?: string): Promise<void> {
    const delivery: DeliveryRecord = {
      id: `msg_${randomId(24)}`,
      uri,
      ...(webhookId === undefined ? {} : { webhookId }),
      body: JSON.stringify(message),
      attempts: 0,
    };
    await this.records.put(delivery);
    this.start(delivery);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.running);
    await this.records.flush();
  }

  private start(delivery: DeliveryRecord): void {
    const run = this.deliver(delivery).catch((error: unknown) => {
      if (!isCancelled(error)) this.log.error(`The webhook message ${delivery.id} broke: ${String(error)}`);
    });
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
  }

  private async deliver(initial: DeliveryRecord): Promise<void> {
    let delivery = initial;
    if (!isAllowed(delivery.uri)) {
      this.log.warn('A webhook message was not sent: the sandbox delivers to loopback addresses only.');
      await this.records.delete(delivery.id);
      return;
    }
    for (;;) {
      // The receiver compares with its own clock, so what was advanced here must not show.
      const signature = await this.sign(delivery, Date.now());
      if (signature === undefined || (await this.attempt(delivery, signature))) break;
      delivery = { ...delivery, attempts: delivery.attempts + 1 };
      if (delivery.attempts >= maxAttempts) {
        await this.onGivenUp(delivery);
        break;
      }
      await this.records.put(delivery);
      await this.clock.afterWork(retryMs(delivery.attempts), this.closing.signal);
    }
    await this.records.delete(delivery.id);
  }

  /** Whether the receiver took it: a 2xx in time. Redirects are not followed. */
  private async attempt(delivery: DeliveryRecord, signature: Record<string, string>): Promise<boolean> {
    try {
      const response = await fetch(delivery.uri, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', 'user-agent': 'batchwright-sandbox', ...signature },
        body: delivery.body,
        signal: AbortSignal.any([AbortSignal.timeout(answerMs), this.closing.signal]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch (error) {
      if (this.closing.signal.aborted) throw error;
      return false;
    }
  }
}

function isAllowed(uri: string): boolean {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && isLoopback(url.hostname);
}
