import type { CommandId } from '../contributions';
import { isCancelled } from '../util/async';
import type { CommandContext, CommandHandler } from './context';
import { describeFailure } from './failure';
import { Refusal, type FailureAction } from './refusal';

/**
 * Runs a command. The only place where failures become words: one message with one action, details in the log, silence when
 * somebody cancelled.
 */
export async function runCommand(
  context: CommandContext,
  id: CommandId,
  handler: CommandHandler,
  args: readonly unknown[],
): Promise<void> {
  try {
    await handler(context, args);
  } catch (error) {
    const failure = describeFailure(error);
    if (failure === undefined) return;
    logFailure(context, id, error);
    const { severity, message, action } = failure;
    const chosen = await context.ui.notify(
      severity,
      message,
      ...(action === undefined ? [] : [action.label]),
    );
    if (chosen === undefined || action === undefined) return;
    if (action.kind === 'retry') await runCommand(context, id, handler, args);
    else await follow(context, action);
  }
}

async function follow(
  context: CommandContext,
  action: Exclude<FailureAction, { readonly kind: 'retry' }>,
): Promise<void> {
  switch (action.kind) {
    case 'command':
      return context.workbench.runCommand(action.command, ...(action.args ?? []));
    case 'open':
      return context.workbench.open(
        action.path,
        action.selection === undefined ? {} : { selection: action.selection },
      );
    case 'jobs':
      return context.workbench.showJobs();
    case 'settings':
      return context.workbench.openSettings(action.query);
  }
}

function logFailure({ log }: CommandContext, id: CommandId, error: unknown): void {
  if (error instanceof Refusal) {
    log.info(`${id}: ${error.message}`);
    return;
  }
  const lines: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (!isCancelled(cause)) lines.push(cause.stack ?? `${cause.name}: ${cause.message}`);
  }
  log.error(`${id} failed: ${lines.length > 0 ? lines.join('\ncaused by ') : String(error)}`);
}
