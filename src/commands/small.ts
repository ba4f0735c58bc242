import type { CommandHandler } from './context';

/** Opens the extension's log. */
export const showLog: CommandHandler = ({ log }) => {
  log.show();
  return Promise.resolve();
};

/** Opens a request file to try things with. */
export const openSample: CommandHandler = async ({ workbench }) => {
  await workbench.open(await workbench.sampleFile());
};
