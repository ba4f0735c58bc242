import { env, l10n, Uri, window } from 'vscode';
import { withVisibleControls } from '../../shared/controls';
import { CancelledError } from '../../util/async';

/** Links that models write are followed only after a look at where they lead. */
export async function openLink(address: string): Promise<void> {
  const target = linkTarget(address);
  if (target === undefined) throw new Error(l10n.t('Only web and mail addresses can be opened.'));
  const open = l10n.t('Open Link');
  const detail = l10n.t('The address was written by a model:\n{0}', shortened(target.address));
  const question =
    target.site === '' ? l10n.t('Open this link?') : l10n.t('Open this link? It leads to {0}.', target.site);
  const chosen = await window.showWarningMessage(question, { modal: true, detail }, open);
  if (chosen !== open) throw new CancelledError();
  await env.openExternal(Uri.parse(target.address, true));
}

/** Where a link leads. */
export interface LinkTarget {
  /** The address with everything in it spelled out that could pass for something else. */
  readonly address: string;
  /** The host that answers; empty for mail. */
  readonly site: string;
}

/**
 * What may be opened, and whose it is: what stands before an `@` is no host, and letters that look like others are written as
 * they are looked up. Undefined for everything that is not the web or mail.
 */
export function linkTarget(address: string): LinkTarget | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  if (!['http:', 'https:', 'mailto:'].includes(url.protocol)) return undefined;
  return { address: withVisibleControls(url.href), site: url.host };
}

/** Beyond this a dialog would be all address. */
const longestShown = 500;

function shortened(address: string): string {
  return address.length > longestShown ? `${address.slice(0, longestShown)}…` : address;
}
