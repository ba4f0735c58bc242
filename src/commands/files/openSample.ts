import type { CommandHandler } from '../context';

/** Opens a request file to try things with. */
export const openSample: CommandHandler = async ({ workbench }) => {
  await workbench.open(await workbench.sampleFile());
};
