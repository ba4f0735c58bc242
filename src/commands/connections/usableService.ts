import { l10n } from 'vscode';
import type { BatchService } from '../../shared/batchService';
import type { CommandContext } from '../context';
import { Refusal } from '../refusal';

/** The service of the connection, once there is a key for it. */
export async function usableService(context: CommandContext, connectionId: string): Promise<BatchService> {
  if ((await context.keys.get(connectionId)) === undefined) {
    throw new Refusal(
      l10n.t('{0} needs an API key, and there is none yet.', context.connections.label(connectionId)),
      { kind: 'command', label: l10n.t('Set API Key'), command: 'batchwright.setApiKey' },
      'warning',
    );
  }
  return context.connections.service(connectionId);
}
