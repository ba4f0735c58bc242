import { l10n } from 'vscode';
import type { Webhook, WebhookApi } from '../../shared/webhook';
import type { CommandContext, CommandHandler } from '../context';
import { chooseWebhook, webhookApi } from './targets';

interface Change {
  readonly title: string;
  readonly none: string;
  readonly fits: (webhook: Webhook) => boolean;
  readonly doing: string;
  readonly act: (api: WebhookApi, webhook: Webhook, signal: AbortSignal) => Promise<unknown>;
  readonly done: (webhook: Webhook) => string;
}

/** A command that does one thing to one webhook. */
function changing(change: () => Change): CommandHandler {
  return async (context, args) => {
    const { title, none, fits, doing, act, done } = change();
    const api = await webhookApi(context);
    const webhook = await chooseWebhook(context, api, args, { title, none, fits });
    await context.ui.progress(doing, ({ signal }) => act(api, webhook, signal));
    context.webhooks.refreshView();
    context.ui.flash(done(webhook));
  };
}

export const enableWebhook = changing(() => ({
  title: l10n.t('Enable Which Webhook?'),
  none: l10n.t('Every webhook is enabled.'),
  fits: ({ state }) => state !== 'enabled',
  doing: l10n.t('Enabling the webhook'),
  act: (api, { id }, signal) => api.update(id, { state: 'enabled' }, { signal }),
  done: ({ label }) => l10n.t('“{0}” is enabled.', label),
}));

export const disableWebhook = changing(() => ({
  title: l10n.t('Disable Which Webhook?'),
  none: l10n.t('No webhook is enabled.'),
  fits: ({ state }) => state === 'enabled',
  doing: l10n.t('Disabling the webhook'),
  act: (api, { id }, signal) => api.update(id, { state: 'disabled' }, { signal }),
  done: ({ label }) => l10n.t('“{0}” is disabled.', label),
}));

export const pingWebhook = changing(() => ({
  title: l10n.t('Ping Which Webhook?'),
  none: l10n.t('There is no webhook.'),
  fits: () => true,
  doing: l10n.t('Asking for a test delivery'),
  act: (api, { id }, signal) => api.ping(id, { signal }),
  done: ({ label }) => l10n.t('The service sends a test delivery to “{0}”.', label),
}));

export const deleteWebhook: CommandHandler = async (context, args) => {
  const { ui, webhooks, connections } = context;
  const connectionId = connections.current;
  const api = await webhookApi(context);
  const webhook = await chooseWebhook(context, api, args, {
    title: l10n.t('Delete Which Webhook?'),
    fits: () => true,
    none: l10n.t('There is no webhook.'),
  });
  await ui.confirm({
    message: l10n.t('Delete the webhook “{0}”?', webhook.label),
    detail: l10n.t('The service stops delivering to it, and its signing secret is forgotten.'),
    answers: [l10n.t('Delete')],
  });
  await ui.progress(l10n.t('Deleting the webhook'), ({ signal }) => api.delete(webhook.id, { signal }));
  await webhooks.secrets.forget(connectionId, webhook.id);
  webhooks.refreshView();
  ui.flash(l10n.t('The webhook was deleted.'));
};

export const refreshWebhooks: CommandHandler = (context: CommandContext) => {
  context.webhooks.refreshView();
  return Promise.resolve();
};
