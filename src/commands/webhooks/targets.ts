import { l10n } from 'vscode';
import type { Webhook, WebhookApi } from '../../shared/webhook';
import type { Choice, CommandContext } from '../context';
import { Refusal } from '../refusal';
import { usableService } from '../connections/usableService';

/** The webhooks of the connection in use; refuses where its service has none. */
export async function webhookApi(context: CommandContext): Promise<WebhookApi> {
  const { webhooks } = await usableService(context, context.connections.current);
  if (webhooks !== undefined) return webhooks;
  const label = context.connections.label(context.connections.current);
  throw new Refusal(l10n.t('{0} has no webhooks.', label), undefined, 'information');
}

export interface WebhookQuestion {
  readonly title: string;
  readonly fits: (webhook: Webhook) => boolean;
  readonly none: string;
}

/** The webhook of the row that the command was started from; from the palette it asks. */
export async function chooseWebhook(
  context: CommandContext,
  api: WebhookApi,
  args: readonly unknown[],
  { title, fits, none }: WebhookQuestion,
): Promise<Webhook> {
  const given = givenWebhook(args);
  if (given !== undefined) return given;
  const fitting = (await api.list()).filter(fits);
  if (fitting.length === 0) throw new Refusal(none, undefined, 'information');
  return context.ui.pick(fitting.map(toChoice), { title });
}

function toChoice(webhook: Webhook): Choice<Webhook> {
  const host = URL.canParse(webhook.uri) ? new URL(webhook.uri).host : '';
  return { label: webhook.label, description: host, detail: webhook.events.join(', '), value: webhook };
}

function givenWebhook([node]: readonly unknown[]): Webhook | undefined {
  if (typeof node !== 'object' || node === null || !('webhook' in node)) return undefined;
  return node.webhook as Webhook;
}
