import type { CommandHandler } from '../context';
import { usableService } from '../connections/usableService';

/** Asks the service for the list of jobs now. */
export const refreshJobs: CommandHandler = async (context) => {
  await usableService(context, context.connections.current);
  const engine = await context.engine();
  await engine.refresh();
};
