import { createDesktopHost, DesktopUnavailable } from './desktopHost';
import type { Host } from './host';
import { createServerHost } from './serverHost';
import { hasDisplay } from './xvfb';

/**
 * Chooses where the host tests run and says why, once a process:
 * the desktop named by VSCODE_PATH; else a desktop that can be downloaded; else the VS Code server from npm.
 * A window for a person to use is never a desktop's where there is no display; the server's can be seen from a browser.
 * BATCHWRIGHT_HOST=desktop or =server decides by hand. There is no third way out: no host is an error.
 */
export async function chooseHost(options: { readonly forPerson?: boolean } = {}): Promise<Host> {
  const wanted = process.env.BATCHWRIGHT_HOST ?? '';
  if (!['', 'desktop', 'server'].includes(wanted)) {
    throw new Error(`BATCHWRIGHT_HOST is "${wanted}"; it may be "desktop" or "server".`);
  }
  if (wanted === 'server') return announce(await createServerHost(), 'BATCHWRIGHT_HOST asks for it');
  if (options.forPerson === true && wanted === '' && !hasDisplay()) {
    return announce(await createServerHost(), 'there is no display');
  }
  try {
    const desktop = await createDesktopHost();
    const named =
      process.env.VSCODE_PATH === undefined ? 'a desktop build is available' : 'VSCODE_PATH names it';
    return announce(desktop, wanted === 'desktop' ? 'BATCHWRIGHT_HOST asks for it' : named);
  } catch (error) {
    if (!(error instanceof DesktopUnavailable) || wanted === 'desktop') throw error;
    return announce(await createServerHost(), error.message);
  }
}

function announce(host: Host, reason: string): Host {
  console.log(`VS Code host: ${host.kind}, ${host.description} (${reason}).`);
  return host;
}
