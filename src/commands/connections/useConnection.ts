import { l10n } from 'vscode';
import {
  addressProblem,
  customConnections,
  nameProblem,
  type CustomConnection,
} from '../../config/connections';
import type { Connection } from '../../shared/connection';
import type { Choice, CommandContext, CommandHandler } from '../context';
import { addressProblemText, connectionProblemText } from './connectionProblem';

/**
 * Sends new batches to the sandbox; started here and now, so that a failure to start is seen at once. The switch comes first:
 * whoever submits while it starts means the sandbox.
 */
export const useSandbox: CommandHandler = async (context) => {
  await context.connections.use('sandbox');
  await context.ui.progress(l10n.t('Starting the sandbox'), () => context.connections.service('sandbox'));
  await readJobs(context);
  context.ui.flash(
    l10n.t('Batches now go to the sandbox on this machine. Nothing is sent anywhere, nothing costs.'),
  );
};

/** Sends new batches to Gemini, asking for the key where there is none. */
export const useGemini: CommandHandler = async (context) => {
  await useWithKey(context, 'gemini');
};

type ConnectionChoice = { readonly id: string } | 'add' | 'mend';

/** Asks which connection new batches go to. Those of the settings that cannot be used are there with the reason. */
export const useConnection: CommandHandler = async (context) => {
  const { ui, connections, settings, workbench } = context;
  const { problems } = customConnections(settings.get('connections'));
  const choices: readonly Choice<ConnectionChoice>[] = [
    ...connections.ids.map((id) => ({
      label: connections.label(id),
      icon: id === 'sandbox' ? 'beaker' : 'cloud',
      ...(id === connections.current ? { description: l10n.t('in use') } : {}),
      value: { id },
    })),
    ...problems.map((problem) => ({
      label: problem.name ?? l10n.t('Connection {0} of the settings', problem.index + 1),
      description: connectionProblemText(problem),
      icon: 'warning',
      value: 'mend' as const,
    })),
    { label: l10n.t('Add Connection…'), icon: 'add', value: 'add' },
  ];
  const chosen = await ui.pick(choices, { title: l10n.t('Where Batches Go') });
  if (chosen === 'add') return workbench.runCommand('batchwright.addConnection');
  if (chosen === 'mend') return workbench.openSettings('batchwright.connections');
  if (chosen.id === 'sandbox') return useSandbox(context, []);
  await useWithKey(context, chosen.id);
};

/** Adds an OpenAI-compatible service, or another address of the Gemini API, to the settings and uses it. */
export const addConnection: CommandHandler = async (context) => {
  const { ui, settings } = context;
  const setting = settings.get('connections');
  const { connections } = customConnections(setting);
  const family = await ui.pick<'openai' | 'gemini'>(
    [
      {
        label: l10n.t('OpenAI-compatible service'),
        detail: l10n.t('Files and Batches API of OpenAI or a service that imitates it'),
        value: 'openai',
      },
      {
        label: l10n.t('Gemini API at another address'),
        detail: l10n.t('For example a gateway of your own'),
        value: 'gemini',
      },
    ],
    { title: l10n.t('Add Connection (1/3): What It Speaks') },
  );
  const baseUrl = await ui.input({
    title: l10n.t('Add Connection (2/3): Address'),
    prompt: l10n.t('The API key is sent there and nowhere else.'),
    placeholder: family === 'openai' ? 'https://api.openai.com/v1' : 'https://gateway.example.com',
    validate: baseUrlText,
  });
  const name = await ui.input({
    title: l10n.t('Add Connection (3/3): Name'),
    value: new URL(baseUrl.trim()).hostname,
    validate: (text) => nameText(text, connections),
  });
  const entry: CustomConnection = { name: name.trim(), baseUrl: baseUrl.trim(), family };
  await settings.set('connections', [...setting, entry]);
  await useWithKey(context, name.trim());
};

async function useWithKey(context: CommandContext, connectionId: string): Promise<void> {
  await use(context, connectionId);
  if ((await context.keys.get(connectionId)) === undefined) {
    await context.workbench.runCommand('batchwright.setApiKey');
  } else {
    context.ui.flash(l10n.t('Batches now go to {0}.', context.connections.label(connectionId)));
  }
}

function baseUrlText(text: string): string | undefined {
  const problem = addressProblem(text.trim());
  return problem === undefined ? undefined : addressProblemText(problem);
}

function nameText(text: string, others: readonly Connection[]): string | undefined {
  switch (nameProblem(text, others)) {
    case 'empty':
      return l10n.t('Give it a name.');
    case 'long':
      return l10n.t('At most {0} characters.', 40);
    case 'taken':
      return l10n.t('There is a connection of that name.');
    case undefined:
      return undefined;
  }
}

async function use(context: CommandContext, connectionId: string): Promise<void> {
  await context.connections.use(connectionId);
  await readJobs(context);
}

async function readJobs(context: CommandContext): Promise<void> {
  const engine = await context.engine();
  // A list that cannot be read is the view's trouble, not a failure to switch.
  await engine.refresh().catch((error: unknown) => context.log.warn(String(error)));
}
