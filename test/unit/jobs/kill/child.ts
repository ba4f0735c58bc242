// One window in a process of its own, for killed.test.ts: runs the real engine with the real client on a ledger directory, counts
// every call to the service and every change on disk, and kills itself at the one it was told.
import { createJobEngine } from '../../../../src/jobs/engine';
import { liveWithParent, runToEnd, secretsIn, watchDisk, watchedService, type Place } from './childParts';

export interface ChildOptions extends Place {
  /** Submitted when the ledger is empty. */
  readonly requestFile: string;
  /** Dies at this event; never when absent. */
  readonly killAt?: number;
  /** How many turns of the event loop a call gets before a kill that falls upon it. */
  readonly turns: number;
}

/** What a child prints when it gets to its end. */
export interface ChildReport {
  readonly events: number;
  readonly phases: readonly string[];
}

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
let events = 0;

/** One more event; the last one of this process if it is the one. */
function step(): void {
  events += 1;
  if (events === options.killAt) process.kill(process.pid, 'SIGKILL');
}

async function main(): Promise<ChildReport> {
  liveWithParent();
  watchDisk(options.directory, step);
  const service = watchedService(options, options.turns, step);
  const engine = createJobEngine({
    directory: options.directory,
    service: () => Promise.resolve(service),
    connectionIds: () => ['sandbox'],
    secrets: secretsIn(`${options.directory}-secrets`),
    pollSeconds: () => 5,
    reconcileLooksMs: [0, 100, 400],
  });
  await engine.start();
  const ours = () => engine.jobs.filter((job) => job.origin === 'here');
  if (ours().length === 0) {
    const path = options.requestFile;
    await engine.submit({
      connectionId: 'sandbox',
      path,
      dialect: 'gemini',
      model: 'gemini-3.8-flash',
      displayName: 'Killed',
      rows: 2,
    });
  }
  const submitted = () => ours().every((job) => job.phase === 'submitted');
  const person = setInterval(() => {
    for (const { id, unconfirmed } of ours()) {
      // Asked what nobody can know, the person decides to submit again. Another window may be at it.
      if (unconfirmed !== undefined) engine.resume(id, { createAgain: true }).catch(() => undefined);
    }
  }, 100);
  if (!submitted()) {
    await new Promise<void>((resolve) => {
      engine.onDidChange(() => {
        if (submitted()) resolve();
      });
    });
  }
  clearInterval(person);
  const report: ChildReport = { events, phases: ours().map((job) => job.phase) };
  engine.dispose();
  return report;
}

runToEnd(main());
