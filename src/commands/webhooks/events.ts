/** An event that a webhook can subscribe to. */
export interface WebhookEvent {
  readonly name: string;
  /** Whether the service's reference lists it; the guide mentions some that the reference does not. */
  readonly listed: boolean;
  /** Whether it tells of batch jobs. */
  readonly aboutBatches: boolean;
}

/** In the order in which they are offered: what concerns batches first. */
export const webhookEvents: readonly WebhookEvent[] = [
  { name: 'batch.succeeded', listed: true, aboutBatches: true },
  { name: 'batch.failed', listed: true, aboutBatches: true },
  { name: 'batch.expired', listed: true, aboutBatches: true },
  { name: 'batch.cancelled', listed: false, aboutBatches: true },
  { name: 'interaction.requires_action', listed: true, aboutBatches: false },
  { name: 'interaction.completed', listed: true, aboutBatches: false },
  { name: 'interaction.failed', listed: true, aboutBatches: false },
  { name: 'interaction.cancelled', listed: false, aboutBatches: false },
  { name: 'video.generated', listed: true, aboutBatches: false },
];
