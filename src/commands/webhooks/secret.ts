import { l10n } from 'vscode';
import type { SecretRevocation, Webhook } from '../../shared/webhook';
import type { CommandContext, CommandHandler } from '../context';
import { Refusal } from '../refusal';
import { chooseWebhook, webhookApi } from './targets';

/** Puts the signing secret on the clipboard, once. */
export const copyWebhookSecret: CommandHandler = async (context, args) => {
  const { webhooks, connections } = context;
  const copyable = await webhooks.secrets.copyable(connections.current);
  const webhook = await chooseWebhook(context, await webhookApi(context), args, {
    title: l10n.t('Copy the Secret of Which Webhook?'),
    fits: ({ id }) => copyable.has(id),
    none: l10n.t('There is no secret that was not copied yet. Rotating a secret makes a new one.'),
  });
  await copySecret(context, webhook);
};

/** Has the service make a new signing secret, and says what becomes of the old one before it does. */
export const rotateWebhookSecret: CommandHandler = async (context, args) => {
  const { ui, webhooks, connections } = context;
  const connectionId = connections.current;
  const api = await webhookApi(context);
  const webhook = await chooseWebhook(context, api, args, {
    title: l10n.t('Rotate the Secret of Which Webhook?'),
    fits: () => true,
    none: l10n.t('There is no webhook.'),
  });
  const answers: readonly [SecretRevocation, string][] = [
    ['after24h', l10n.t('Keep the Old One for 24 Hours')],
    ['immediately', l10n.t('Revoke the Old One Now')],
  ];
  const index = await ui.confirm({
    message: l10n.t('Make a new signing secret for “{0}”?', webhook.label),
    detail: l10n.t(
      'Receivers that know only the old secret refuse deliveries as soon as it is revoked. Revoke it at once if somebody may have seen it.',
    ),
    answers: [answers[0]?.[1] ?? '', answers[1]?.[1] ?? ''],
  });
  const revocation = index === 0 ? 'after24h' : 'immediately';
  const secret = await ui.progress(l10n.t('Rotating the secret'), ({ signal }) =>
    api.rotateSecret(webhook.id, revocation, { signal }),
  );
  await webhooks.secrets.keep(connectionId, webhook.id, secret, revocation);
  webhooks.refreshView();
  await offerSecret(context, webhook, l10n.t('“{0}” has a new signing secret.', webhook.label));
};

/** Tells that a secret was stored, and offers the one copy of it. */
export async function offerSecret(context: CommandContext, webhook: Webhook, message: string): Promise<void> {
  const { ui, webhooks, connections } = context;
  if (!(await webhooks.secrets.copyable(connections.current)).has(webhook.id)) {
    await ui.notify('information', message);
    return;
  }
  const text = l10n.t('{0} It is kept in the system’s secret storage.', message);
  if (await ui.notify('information', text, l10n.t('Copy Secret Once'))) await copySecret(context, webhook);
}

async function copySecret(context: CommandContext, webhook: Webhook): Promise<void> {
  const { ui, webhooks, connections } = context;
  const secret = await webhooks.secrets.takeForCopy(connections.current, webhook.id);
  if (secret === undefined) {
    throw new Refusal(
      l10n.t(
        'The secret of “{0}” was copied before, or is not on this machine. Rotate it to get a new one.',
        webhook.label,
      ),
      {
        kind: 'command',
        label: l10n.t('Rotate Secret'),
        command: 'batchwright.rotateWebhookSecret',
        args: [{ webhook }],
      },
      'information',
    );
  }
  await ui.copy(secret);
  webhooks.refreshView();
  ui.flash(l10n.t('The signing secret is on the clipboard.'));
}
