import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { describeFault } from '../util/fault';
import { serve } from './connection';
import { FrameFilter } from './frameFilter';
import { systemTurns } from './turns';

const usage = `Batchwright language server, for JSON Lines files of batch requests.

  node server.js --stdio             speaks the Language Server Protocol on standard input and output
  node server.js --node-ipc          the same over Node's IPC, as VS Code starts it
  node server.js --socket=PORT       connects to a client that listens on 127.0.0.1:PORT
`;

const transports = ['--stdio', '--node-ipc', '--socket', '--pipe'];

if (process.argv.some((argument) => transports.some((transport) => argument.startsWith(transport)))) {
  const connection = process.argv.includes('--stdio')
    ? createConnection(ProposedFeatures.all, process.stdin.pipe(new FrameFilter()), process.stdout)
    : createConnection(ProposedFeatures.all);
  // Nobody hears us any more.
  process.stdout.on('error', () => process.exit(1));
  // A fault in one request must not take away the diagnostics of every open file.
  process.on('uncaughtException', (error) =>
    connection.console.error(`Unexpected fault: ${describeFault(error)}`),
  );
  process.on('unhandledRejection', (reason) =>
    connection.console.error(`Unexpected fault: ${describeFault(reason)}`),
  );
  serve(connection, systemTurns);
} else {
  process.stderr.write(usage);
  process.exitCode = process.argv.includes('--help') ? 0 : 2;
}
