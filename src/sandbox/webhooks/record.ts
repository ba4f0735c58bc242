import * as z from 'zod';

/** Events a webhook can subscribe to: those of the reference, and those only the guide tells of. */
export const webhookEvents = [
  'batch.succeeded',
  'batch.expired',
  'batch.failed',
  'batch.cancelled',
  'interaction.requires_action',
  'interaction.completed',
  'interaction.failed',
  'interaction.cancelled',
  'video.generated',
] as const;

export const webhookStates = ['enabled', 'disabled', 'disabled_due_to_failed_deliveries'] as const;

/** A static webhook. Its secrets are kept whole, because deliveries are signed with them. */
export const webhookRecord = z.object({
  id: z.string(),
  sequence: z.number(),
  name: z.string().optional(),
  uri: z.string(),
  subscribedEvents: z.array(z.string()),
  state: z.enum(webhookStates),
  /** Newest first; older ones sign too until they expire. */
  secrets: z.array(z.object({ secret: z.string(), expiresAt: z.number().optional() })),
  createTime: z.string(),
  updateTime: z.string(),
});
export type WebhookRecord = z.infer<typeof webhookRecord>;

/** A message on its way to one address. Kept until it is delivered or given up. */
export const deliveryRecord = z.object({
  id: z.string(),
  uri: z.string(),
  /** The static webhook it belongs to; absent for an address that a job brought with it. */
  webhookId: z.string().optional(),
  body: z.string(),
  attempts: z.number(),
});
export type DeliveryRecord = z.infer<typeof deliveryRecord>;
