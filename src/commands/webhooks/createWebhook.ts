import { l10n } from 'vscode';
import { addressProblem } from '../../config/connections';
import type { CommandContext, CommandHandler } from '../context';
import { offerSecret } from './secret';
import { webhookEvents } from './events';
import { webhookApi } from './targets';

const maxNameLength = 100;

/** Registers a webhook at the service and keeps its signing secret, which the service says only now. */
export const createWebhook: CommandHandler = async (context) => {
  const { ui, connections, webhooks } = context;
  const connectionId = connections.current;
  const api = await webhookApi(context);
  const uri = await askAddress(context);
  const events = await askEvents(context);
  const label = await ui.input({
    title: l10n.t('Name of the Webhook'),
    value: 'batchwright',
    validate: nameProblem,
  });
  const { webhook, secret } = await ui.progress(l10n.t('Creating the webhook'), ({ signal }) =>
    api.create({ label: label.trim(), uri, events }, { signal }),
  );
  if (secret !== undefined) await webhooks.secrets.keep(connectionId, webhook.id, secret, 'immediately');
  webhooks.refreshView();
  await offerSecret(context, webhook, l10n.t('The webhook “{0}” was created.', webhook.label));
};

async function askAddress(context: CommandContext): Promise<string> {
  const { ui, webhooks } = context;
  const own = await webhooks.receiver.address();
  const title = l10n.t('Where to Deliver');
  if (own !== undefined) {
    const host = new URL(own.url).host;
    const choices = [
      {
        label: l10n.t('To this machine'),
        description: own.reach === 'public' ? host : l10n.t('{0}, from this machine only', host),
        icon: 'radio-tower',
        value: own.url,
      },
      { label: l10n.t('To another address …'), icon: 'link', value: undefined },
    ];
    const chosen = await ui.pick(choices, { title });
    if (chosen !== undefined) return chosen;
  }
  const uri = await ui.input({
    title,
    prompt: l10n.t('The address that the service posts its events to.'),
    placeholder: 'https://example.com/hooks/batches',
    validate: addressText,
  });
  return uri.trim();
}

async function askEvents(context: CommandContext): Promise<readonly string[]> {
  const choices = webhookEvents.map(({ name, listed, aboutBatches }) => ({
    label: name,
    value: name,
    picked: listed && aboutBatches,
    ...(listed ? {} : { description: l10n.t('not in the service’s reference; it may refuse it') }),
  }));
  return context.ui.pickMany(choices, { title: l10n.t('Which Events') });
}

function nameProblem(text: string): string | undefined {
  const length = text.trim().length;
  if (length === 0) return l10n.t('Give it a name.');
  return length > maxNameLength ? l10n.t('At most {0} characters.', maxNameLength) : undefined;
}

/** For the input box. */
export function addressText(text: string): string | undefined {
  switch (addressProblem(text.trim())) {
    case 'notAnAddress':
      return l10n.t('Give a whole address, e.g. {0}.', 'https://example.com/hooks/batches');
    case 'notHttps':
      return l10n.t('The address must begin with https.');
    case 'hasCredentials':
      return l10n.t('The address must not hold a user or password.');
    case 'hasQuery':
    case undefined:
      return undefined;
  }
}
