import { silentLogger, type Logger } from '../util/logger';
import { makeControl, type SandboxControl } from './control';
import { Disk } from './disk';
import { textReply } from './exchange';
import type { SandboxOptions } from './options';
import { Owner } from './owner';
import { randomId } from './random';
import { SandboxServer } from './server';
import { makeRouter, openServices } from './services';

/** A running sandbox. */
export interface Sandbox {
  /** Origin, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly key: string;
  readonly control: SandboxControl;
  /** Stops listening, lets jobs stand as they are, and removes what was not to be kept. */
  close(): Promise<void>;
}

/**
 * Starts a Gemini Batch service on loopback, with simulated answers.
 * Rejects when the port is taken, the address is not loopback, or the data folder cannot be used.
 */
export async function createSandbox(
  options: SandboxOptions = {},
  log: Logger = silentLogger,
): Promise<Sandbox> {
  const disk = await Disk.open(options.dataDir);
  try {
    return await start(disk, options, log);
  } catch (error) {
    await disk.close();
    throw error;
  }
}

async function start(disk: Disk, options: SandboxOptions, log: Logger): Promise<Sandbox> {
  const key = options.key ?? 'sandbox';
  const owner = await Owner.check(disk);
  const services = await openServices(disk, options, log);
  const { faults, files, jobs, webhooks, clock } = services;
  const router = makeRouter(services, options.control === true);
  const readyToken = randomId(24);
  router.add('GET', '/ready', () => textReply(200, 'text/plain', readyToken));
  const { host = '127.0.0.1', port = 0 } = options;
  const server = await SandboxServer.listen(router, { host, port, key, log, faults });
  await owner.claim(server.url, readyToken);
  const announcing = jobs.onFinished((job) => webhooks.announce(job));
  webhooks.resume();
  jobs.resume();
  return {
    url: server.url,
    key,
    control: makeControl(services),
    async close() {
      faults.dispose();
      await server.close();
      await jobs.close();
      announcing.dispose();
      await webhooks.close();
      clock.dispose();
      await files.flush();
      await owner.release();
      await disk.close();
    },
  };
}
