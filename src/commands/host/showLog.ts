import type { CommandHandler } from '../context';

/** Opens the extension's log. */
export const showLog: CommandHandler = ({ log }) => {
  log.show();
  return Promise.resolve();
};
