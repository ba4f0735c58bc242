import { tmpdir } from 'node:os';
import type { Logger } from '../util/logger';
import { parseCommandLine, usage } from './options';
import { Owner } from './owner';
import { createSandbox } from './sandbox';

/** Standard output carries one line, for programs; everything for people goes to standard error. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const log: Logger = { debug: () => undefined, info: say, warn: say, error: say };

async function main(): Promise<void> {
  const { options, exitWithParent, help } = parseCommandLine(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const sandbox = await createSandbox(options, log);
  let closing = false;
  const close = () => {
    if (closing) return;
    closing = true;
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => {
        say(String(error));
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
  if (exitWithParent) process.stdin.on('end', close).on('error', close).resume();
  // What others left behind is no reason not to start.
  Owner.sweep(tmpdir()).catch((error: unknown) => say(`Old folders were not removed: ${String(error)}`));
  process.stdout.write(`${JSON.stringify({ url: sandbox.url, key: sandbox.key })}\n`);
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
});
