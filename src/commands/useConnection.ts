import { l10n } from 'vscode';
import type { CommandContext, CommandHandler } from './context';

/** Sends new batches to the sandbox; started here and now, so that a failure to start is seen at once. */
export const useSandbox: CommandHandler = async (context) => {
  await context.ui.progress(l10n.t('Starting the sandbox'), () => context.connections.service('sandbox'));
  await use(context, 'sandbox');
  context.ui.flash(
    l10n.t('Batches now go to the sandbox on this machine. Nothing is sent anywhere, nothing costs.'),
  );
};

/** Sends new batches to Gemini, asking for the key where there is none. */
export const useGemini: CommandHandler = async (context) => {
  await use(context, 'gemini');
  if ((await context.keys.get('gemini')) === undefined)
    await context.workbench.runCommand('batchwright.setApiKey');
};

async function use(context: CommandContext, connectionId: string): Promise<void> {
  await context.connections.use(connectionId);
  const engine = await context.engine();
  // A list that cannot be read is the view's trouble, not a failure to switch.
  await engine.refresh().catch((error: unknown) => context.log.warn(String(error)));
}
