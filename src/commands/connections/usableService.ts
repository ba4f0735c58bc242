import { l10n } from 'vscode';
import type { BatchService } from '../../shared/batchService';
import type { CommandContext } from '../context';
import { Refusal } from '../refusal';

/** Refuses a connection that there is not, or that the settings describe wrongly: it has no use for a key. */
export async function requireKnown({ connections }: CommandContext, connectionId: string): Promise<void> {
  if (!connections.ids.includes(connectionId)) await connections.describe(connectionId);
}

/** The service of the connection, once there is a key for it. */
export async function usableService(context: CommandContext, connectionId: string): Promise<BatchService> {
  await requireKnown(context, connectionId);
  if ((await context.keys.get(connectionId)) === undefined) {
    throw new Refusal(
      l10n.t('{0} needs an API key, and there is none yet.', context.connections.label(connectionId)),
      { kind: 'command', label: l10n.t('Set API Key'), command: 'batchwright.setApiKey' },
      'warning',
    );
  }
  return context.connections.service(connectionId);
}
