import * as z from 'zod';
import { invalid } from './errors';
import { json, readJson } from './exchange';
import { faultSchema, type Fault, type Faults } from './faults';
import type { JobService } from './jobs';
import { limitsSchema, type Limits } from './options';
import type { Router } from './router';
import type { SandboxClock } from './sandboxClock';

/** What a test can do to a sandbox beyond its API. The same is served under `/control/…` when asked for. */
export interface SandboxControl {
  /** How many times faster than usual jobs get on; 0 stands still. */
  setSpeed(speed: number): void;
  /** Moves the sandbox's time on, for jobs as well as for what expires. */
  advance(ms: number): void;
  /** Lets something go wrong from now on. */
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Other limits from now on; those that are not named stay. */
  setLimits(limits: Partial<Limits>): void;
}

/** What can be controlled. */
export interface Controlled {
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly jobs: JobService;
}

export function makeControl({ clock, faults, limits, jobs }: Controlled): SandboxControl {
  return {
    setSpeed: (speed) => clock.setSpeed(speed),
    advance: (ms) => clock.advance(ms),
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    setLimits: (changed) => {
      Object.assign(limits, changed);
      jobs.admit();
    },
  };
}

const clockChange = z.strictObject({
  speed: z.number().min(0).optional(),
  advanceSeconds: z.number().min(0).optional(),
});

/**
 * GET, POST, DELETE `/control/faults` list, add and clear faults; GET and POST `/control/clock` read and set speed and
 * time, `/control/limits` the limits, of which null is none.
 */
export function controlRoutes(router: Router, controlled: Controlled): void {
  const { clock, faults, limits } = controlled;
  const control = makeControl(controlled);
  const readClock = () =>
    json({ now: new Date(clock.now()).toISOString(), speed: clock.speed, workSeconds: clock.work() / 1000 });
  router.add('GET', '/control/clock', readClock);
  router.add('POST', '/control/clock', async (exchange) => {
    const { speed, advanceSeconds } = parse(clockChange, await readJson(exchange));
    if (speed !== undefined) control.setSpeed(speed);
    if (advanceSeconds !== undefined) control.advance(advanceSeconds * 1000);
    return readClock();
  });
  // JSON writes what has no end as null.
  router.add('GET', '/control/limits', () => json({ limits }));
  router.add('POST', '/control/limits', async (exchange) => {
    control.setLimits(parse(limitsSchema, await readJson(exchange)));
    return json({ limits });
  });
  router.add('GET', '/control/faults', () => json({ faults: faults.list() }));
  router.add('POST', '/control/faults', async (exchange) => {
    control.addFault(parse(faultSchema, await readJson(exchange)));
    return json({ faults: faults.list() });
  });
  router.add('DELETE', '/control/faults', () => {
    control.clearFaults();
    return json({});
  });
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error));
}
