import { l10n } from 'vscode';
import type { Webhook } from '../shared/webhook';
import { escapeMarkdown, formatTime } from './format';
import type { RowPresentation } from './row';

/** What the receiver on this machine does. */
export type ReceiverState =
  | { readonly kind: 'off' }
  /** `reach`: who can deliver: anybody by the public address, programs of this machine, or nobody but those. */
  | {
      readonly kind: 'on';
      readonly port: number;
      readonly reach: 'public' | 'loopback';
      readonly host: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** @param copyable whether its signing secret is here and was not copied yet. */
export function presentWebhook(webhook: Webhook, copyable: boolean): RowPresentation {
  const state = webhookStateText(webhook.state);
  const description = [state, hostOf(webhook.uri), eventsText(webhook.events)].join(' · ');
  const flags = [
    'webhook',
    webhook.state === 'enabled' ? 'enabled' : 'disabled',
    ...(copyable ? ['copyable'] : []),
  ];
  return {
    label: webhook.label,
    description,
    icon: iconOf(webhook.state),
    tooltip: tooltipOf(webhook, state),
    accessibleLabel: [webhook.label, state, hostOf(webhook.uri), eventsText(webhook.events)].join(', '),
    contextValue: flags.join('.'),
  };
}

export function presentReceiver(state: ReceiverState): RowPresentation {
  const label = l10n.t('Receiver on this machine');
  const row = (
    description: string,
    icon: RowPresentation['icon'],
    tooltip: string,
    flag: string,
  ): RowPresentation => ({
    label,
    description,
    icon,
    tooltip,
    accessibleLabel: `${label}, ${description}`,
    contextValue: `receiver.${flag}`,
  });
  switch (state.kind) {
    case 'off':
      return row(
        l10n.t('off'),
        { id: 'debug-disconnect' },
        l10n.t(
          'Jobs are polled. With the receiver on, a delivery refreshes its job at once; polling stays as the net.',
        ),
        'off',
      );
    case 'failed':
      return row(
        l10n.t('not listening: {0}', state.reason),
        { id: 'warning', color: 'list.warningForeground' },
        escapeMarkdown(state.reason),
        'failed',
      );
    case 'on':
      return state.reach === 'public'
        ? row(
            l10n.t('listening · {0}', state.host),
            { id: 'radio-tower', color: 'charts.green' },
            l10n.t(
              'The service delivers to {0}, which leads to port {1} of this machine.',
              escapeMarkdown(state.host),
              state.port,
            ),
            'on',
          )
        : row(
            l10n.t('listening · port {0} of this machine only', state.port),
            { id: 'radio-tower' },
            l10n.t(
              'A service elsewhere cannot reach this machine. Run a tunnel to port {0} and put its address into the setting “batchwright.webhooks.publicAddress”.',
              state.port,
            ),
            'on',
          );
  }
}

function webhookStateText(state: Webhook['state']): string {
  switch (state) {
    case 'enabled':
      return l10n.t('enabled');
    case 'disabled':
      return l10n.t('disabled');
    case 'disabled_due_to_failed_deliveries':
      return l10n.t('disabled by the service: deliveries failed');
    default:
      return state;
  }
}

function iconOf(state: Webhook['state']): RowPresentation['icon'] {
  switch (state) {
    case 'enabled':
      return { id: 'bell', color: 'charts.green' };
    case 'disabled_due_to_failed_deliveries':
      return { id: 'bell-slash', color: 'list.errorForeground' };
    default:
      return { id: 'bell-slash' };
  }
}

function eventsText(events: readonly string[]): string {
  return events.length === 1 ? l10n.t('1 event') : l10n.t('{0} events', events.length);
}

/** The host of an address; paths of webhooks are as good as passwords and are not shown in rows. */
function hostOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).host : uri;
}

function tooltipOf(webhook: Webhook, state: string): string {
  const secrets = webhook.secrets.map(({ truncated, expiresAt }) =>
    expiresAt === undefined
      ? truncated
      : l10n.t('{0} until {1}', truncated, formatTime(Date.parse(expiresAt))),
  );
  const facts: [string, string][] = [
    [l10n.t('State'), state],
    [l10n.t('Address'), hostOf(webhook.uri)],
    [l10n.t('Events'), webhook.events.join(', ')],
    [l10n.t('Secrets'), secrets.join(', ') || l10n.t('none')],
  ];
  const lines = facts.map(([name, value]) => `- ${name}: ${escapeMarkdown(value)}`);
  return [`**${escapeMarkdown(webhook.label)}**`, '', ...lines].join('\n');
}
