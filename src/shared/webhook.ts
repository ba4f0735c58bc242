/** A registered webhook as the service has it. Times are ISO 8601 as received. */
export interface Webhook {
  readonly id: string;
  readonly label: string;
  readonly uri: string;
  /** `batch.succeeded`, `batch.failed`, … */
  readonly events: readonly string[];
  readonly state:
    'enabled' | 'disabled' | 'disabled_due_to_failed_deliveries' | (string & Record<never, never>);
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** The ends of the valid secrets, as in `whsec_...MnM=`. */
  readonly secrets: readonly { readonly truncated: string; readonly expiresAt?: string }[];
}

/** What happens to the older secrets when a new one is made. */
export type SecretRevocation = 'after24h' | 'immediately';

/** Webhooks of the key's project. Every method rejects with ServiceError, or CancelledError when `signal` fires. */
export interface WebhookApi {
  list(options?: WebhookCallOptions): Promise<readonly Webhook[]>;
  get(id: string, options?: WebhookCallOptions): Promise<Webhook>;
  /** `secret` is the signing secret, which the service says only here. */
  create(
    request: WebhookRequest,
    options?: WebhookCallOptions,
  ): Promise<{ webhook: Webhook; secret?: string }>;
  /** Changes what is given and leaves the rest. */
  update(
    id: string,
    change: Partial<WebhookRequest> & { readonly state?: 'enabled' | 'disabled' },
    options?: WebhookCallOptions,
  ): Promise<Webhook>;
  delete(id: string, options?: WebhookCallOptions): Promise<void>;
  /** Has the service send a test delivery. */
  ping(id: string, options?: WebhookCallOptions): Promise<void>;
  /** A new signing secret. */
  rotateSecret(id: string, revocation: SecretRevocation, options?: WebhookCallOptions): Promise<string>;
}

export interface WebhookRequest {
  readonly label: string;
  readonly uri: string;
  readonly events: readonly string[];
}

export interface WebhookCallOptions {
  readonly signal?: AbortSignal;
}
