import { withVisibleControls } from './controls';

/** More than a notification shows. */
const longest = 600;

/**
 * Text of others (names of files, keys, messages of a service) for VS Code's notifications, which turn `[text](command:…)` into
 * a link that runs the command. Broken up, it is text; characters that hide are shown by their number.
 */
export function messageText(text: string): string {
  return clipText(text, longest).replaceAll('](', '] (');
}

/** Text of others for titles: at most `limit` characters, on one line, nothing hidden in it. */
export function clipText(text: string, limit: number): string {
  const short = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return withVisibleControls(short.replaceAll(/[\r\n\t]+/g, ' '));
}
