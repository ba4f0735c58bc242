import { l10n } from 'vscode';
import { keyProblem } from '../../config/keys';
import { ServiceError } from '../../shared/serviceError';
import type { CommandContext, CommandHandler } from '../context';
import { Refusal } from '../refusal';
import { requireKnown } from './usableService';

/** Asks for the key, tries it at the service, and keeps it where it works. It is never shown again. */
export const setApiKey: CommandHandler = async (context) => {
  const { ui, keys, connections } = context;
  const id = connectionWithKey(context);
  const label = connections.label(id);
  await requireKnown(context, id);
  const key = await ui.input({
    title: l10n.t('API Key for {0}', label),
    prompt: l10n.t('Kept in the system’s secret storage and sent to {0} only.', label),
    secret: true,
    validate: keyProblemText,
  });
  const rejected = await ui.progress(l10n.t('Trying the key'), ({ signal }) =>
    rejection(context, id, key.trim(), signal),
  );
  if (rejected?.kind === 'auth') {
    throw new Refusal(l10n.t('{0} does not accept this key; it was not stored.', label), {
      kind: 'command',
      label: l10n.t('Enter Another'),
      command: 'batchwright.setApiKey',
    });
  }
  await keys.set(id, key.trim());
  if (connections.current !== id) await connections.use(id);
  // A service that cannot be asked now says nothing about the key.
  if (rejected === undefined) ui.flash(l10n.t('The key works and is stored.'));
  else
    throw new Refusal(
      l10n.t('The key is stored, but could not be tried: {0}', rejected.message),
      undefined,
      'warning',
    );
};

/** Forgets the stored key. */
export const removeApiKey: CommandHandler = async (context) => {
  const id = connectionWithKey(context);
  const label = context.connections.label(id);
  const key = await context.keys.get(id);
  if (key === undefined)
    throw new Refusal(l10n.t('There is no key for {0}.', label), undefined, 'information');
  if (key.source !== 'stored') {
    throw new Refusal(
      l10n.t(
        'The key for {0} comes from the environment variable {1}; remove it there.',
        label,
        key.variable ?? '',
      ),
      undefined,
      'information',
    );
  }
  await context.ui.confirm({
    message: l10n.t('Remove the API key for {0}?', label),
    detail: l10n.t(
      'Running jobs go on at the service, but their state is not seen here until there is a key again.',
    ),
    answers: [l10n.t('Remove')],
  });
  await context.keys.remove(id);
  context.ui.flash(l10n.t('The key was removed.'));
};

/** The connection that a key is meant for: the one in use, or Gemini where that is the sandbox, whose key is fixed. */
function connectionWithKey({ connections }: CommandContext): string {
  return connections.current === 'sandbox' ? 'gemini' : connections.current;
}

/** A call is tried again for minutes where the service is in trouble; nobody waits that long to have a key stored. */
const patienceMs = 15_000;

/** Why the service turns the key down; undefined when it takes it. */
async function rejection(
  { connections }: CommandContext,
  id: string,
  key: string,
  signal: AbortSignal,
): Promise<ServiceError | undefined> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const service = await connections.serviceWithKey(id, key);
    await service.listModels({ signal: AbortSignal.any([signal, patience]) });
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    if (signal.aborted || !patience.aborted) throw error;
    return new ServiceError(l10n.t('There was no usable answer within {0} seconds.', patienceMs / 1000), {
      kind: 'network',
      ambiguous: false,
    });
  }
}

/** For the input box. */
export function keyProblemText(text: string): string | undefined {
  switch (keyProblem(text)) {
    case 'empty':
      return l10n.t('Paste the key here.');
    case 'spaces':
      return l10n.t('A key has no spaces.');
    case 'characters':
      return l10n.t('A key has only letters, digits and signs of ASCII.');
    case undefined:
      return undefined;
  }
}
