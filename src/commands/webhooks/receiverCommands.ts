import { l10n } from 'vscode';
import type { CommandContext, CommandHandler } from '../context';
import { Refusal } from '../refusal';

/** Switches the receiver on and says what is still missing for the service to reach it. */
export const startReceiver: CommandHandler = async (context) => {
  const { settings, webhooks } = context;
  await settings.set('webhooks.receive', true);
  await webhooks.receiver.apply();
  webhooks.refreshView();
  await reportReach(context);
};

export const stopReceiver: CommandHandler = async ({ settings, webhooks, ui }) => {
  await settings.set('webhooks.receive', false);
  await webhooks.receiver.apply();
  webhooks.refreshView();
  ui.flash(l10n.t('The webhook receiver is off. Jobs are polled.'));
};

/** The address holds the secret path, so it goes to the clipboard and nowhere else. */
export const copyReceiverAddress: CommandHandler = async ({ webhooks, ui }) => {
  const address = await webhooks.receiver.address();
  if (address === undefined) {
    throw new Refusal(
      l10n.t('The webhook receiver is off.'),
      { kind: 'command', label: l10n.t('Start Receiver'), command: 'batchwright.startReceiver' },
      'information',
    );
  }
  await ui.copy(address.url);
  ui.flash(l10n.t('The address is on the clipboard.'));
};

async function reportReach({ webhooks, connections, ui }: CommandContext): Promise<void> {
  const state = await webhooks.receiver.state();
  switch (state.kind) {
    case 'off':
      return;
    case 'failed':
      throw new Refusal(
        l10n.t('The webhook receiver does not listen: {0}.', state.reason),
        { kind: 'settings', label: l10n.t('Open Settings'), query: 'batchwright.webhooks' },
        'warning',
      );
    case 'on':
      break;
  }
  const connection = await connections.describe(connections.current);
  if ((await webhooks.receiver.addressFor(connection)) !== undefined) {
    ui.flash(l10n.t('The webhook receiver listens on port {0}.', state.port));
    return;
  }
  throw new Refusal(
    l10n.t(
      'The webhook receiver listens on port {0}, but {1} cannot reach this machine. Forward the port with public visibility (Ports view) or run a tunnel to it, and put its https address into the settings.',
      state.port,
      connection.label,
    ),
    { kind: 'settings', label: l10n.t('Open Settings'), query: 'batchwright.webhooks' },
    'information',
  );
}
