// One window in a process of its own, for stress.test.ts: submits what it is told, several at a time, while its clock is moved by
// hours, and kills itself at the event it was told. The last one of a run only finishes what the others left.
import { createJobEngine } from '../../../../src/jobs/engine';
import { UnconfirmedError } from '../../../../src/jobs/confirmation';
import { ServiceError } from '../../../../src/shared/serviceError';
import { systemClock } from '../../../../src/util/clock';
import { randomOf } from '../support/random';
import { liveWithParent, runToEnd, secretsIn, watchDisk, watchedService, type Place } from './childParts';

export interface StressOptions extends Place {
  readonly requestFile: string;
  /** Display names of what is to be submitted. With none, whatever is in the ledger is brought to its end. */
  readonly names: readonly string[];
  readonly killAt?: number;
  readonly turns: number;
  /** For the moves of the clock. */
  readonly seed: number;
}

export interface StressReport {
  /** Display names of all records that are at the service. */
  readonly submitted: readonly string[];
  readonly others: readonly string[];
  readonly broken: number;
  /** Submissions that a person had to decide about. */
  readonly decided: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as StressOptions;
const submissionsAtOnce = 4;
const hour = 3_600_000;
/** Files at the service live for two days: a clock that is off by more makes every upload look expired, rightly. */
const mostHours = 12;

let events = 0;
function step(): void {
  events += 1;
  if (events === options.killAt) process.kill(process.pid, 'SIGKILL');
}

/** A clock that is set anew every now and then, to some hours before or after the right time. */
function movingClock(): typeof systemClock {
  const random = randomOf(options.seed);
  let shift = 0;
  const move = () => (shift = Math.round((2 * random() - 1) * mostHours * hour));
  if (options.names.length > 0) setInterval(move, 150);
  return { now: () => systemClock.now() + shift, after: (ms, callback) => systemClock.after(ms, callback) };
}

async function main(): Promise<StressReport> {
  liveWithParent();
  watchDisk(options.directory, step);
  const service = watchedService(options, options.turns, step);
  const engine = createJobEngine({
    directory: options.directory,
    service: () => Promise.resolve(service),
    connectionIds: () => ['sandbox'],
    secrets: secretsIn(`${options.directory}-secrets`),
    clock: movingClock(),
    pollSeconds: () => 5,
    reconcileLooksMs: [0, 50],
  });
  await engine.start();
  const waiting = [...options.names];
  const worker = async (): Promise<void> => {
    for (let displayName = waiting.shift(); displayName !== undefined; displayName = waiting.shift()) {
      await engine
        .submit({
          connectionId: 'sandbox',
          path: options.requestFile,
          dialect: 'gemini',
          model: 'gemini-3.8-flash',
          displayName,
          rows: 2,
        })
        .catch((error: unknown) => {
          if (!(error instanceof ServiceError) && !(error instanceof UnconfirmedError)) throw error;
        });
    }
  };
  await Promise.all(Array.from({ length: submissionsAtOnce }, worker));
  const ours = () => engine.jobs.filter((job) => job.origin === 'here');
  const unsubmitted = () => ours().filter(({ phase }) => phase !== 'submitted');
  let decided = 0;
  // What has no room yet gets it as jobs end.
  while (options.names.length === 0 && unsubmitted().length > 0) {
    await engine.refresh();
    for (const { id } of unsubmitted()) {
      const { phase } = await engine.resume(id).catch((error: unknown) => {
        if (!(error instanceof UnconfirmedError)) throw error;
        // What nobody can know is for a person to decide, who decides to submit again.
        decided += 1;
        return engine.resume(id, { createAgain: true });
      });
      if (phase === 'queued') break;
    }
  }
  const report = {
    submitted: ours().flatMap(({ phase, displayName }) => (phase === 'submitted' ? [displayName] : [])),
    others: unsubmitted().map(({ displayName }) => displayName),
    broken: engine.brokenRecords.length,
    decided,
  };
  engine.dispose();
  return report;
}

runToEnd(main());
