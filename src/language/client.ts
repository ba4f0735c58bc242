import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  TransportKind,
  type CloseHandlerResult,
  type LanguageClientOptions,
  type ServerOptions,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { l10n, Uri, type LogOutputChannel } from 'vscode';
import { CrashCounter } from './crashCounter';
import { documentSelector } from './selector';

/** A server that fails more often than this within the time is broken, and starting it again will not help. */
const crashLimit = { count: 4, withinMs: 3 * 60_000 };

export interface ClientOptions {
  readonly extensionUri: Uri;
  readonly log: LogOutputChannel;
  readonly middleware: NonNullable<LanguageClientOptions['middleware']>;
  /** The server has failed too often and stays down. */
  readonly onGivenUp: () => void;
}

/** The language server in a process of its own, and what becomes of it when that process ends. */
export function createClient({ extensionUri, log, middleware, onGivenUp }: ClientOptions): LanguageClient {
  const module = Uri.joinPath(extensionUri, 'dist', 'server.js').fsPath;
  const serverOptions: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6019'] } },
  };
  const crashes = new CrashCounter(crashLimit);
  const client = new LanguageClient('batchwright', l10n.t('Batchwright Language Server'), serverOptions, {
    documentSelector: [...documentSelector],
    outputChannel: log,
    initializationOptions: {
      documentState: true,
      knownFiles: true,
      l10n: l10n.bundle,
      mediaLinks: true,
      suggestCommand: 'editor.action.triggerSuggest',
    },
    diagnosticCollectionName: 'batchwright',
    middleware,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed(): CloseHandlerResult {
        if (crashes.add(Date.now())) return { action: CloseAction.Restart, handled: true };
        onGivenUp();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
  });
  client.registerFeature(pushOnly);
  return client;
}

/**
 * The server checks large files in slices and says what it has found so far; a client that asks for diagnostics would wait for
 * the whole file. So this client does not say that it can ask.
 */
const pushOnly: StaticFeature = {
  fillClientCapabilities(capabilities) {
    delete capabilities.textDocument?.diagnostic;
    delete capabilities.workspace?.diagnostics;
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};
