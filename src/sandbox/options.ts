import * as z from 'zod';
import { faultSchema, type Fault } from './faults';
import { magicWords } from './answers/magic';
import { jobFaultNames, jobFaults } from './jobRecord';

/** The service's limits; tests make them small. */
export interface Limits {
  /** Bytes of one uploaded file. */
  readonly fileBytes: number;
  /** Bytes of all files of the project, results included. */
  readonly storageBytes: number;
  /** Jobs that may be unfinished at once. */
  readonly concurrentJobs: number;
  /** Jobs that run at once; the others wait, those of higher priority in front. */
  readonly runningJobs: number;
  /** Input tokens of a model's unfinished jobs, counted from when there is such a limit. */
  readonly enqueuedTokens: number;
  /** How long an uploaded file lives. */
  readonly fileLifetimeMs: number;
  /** How long results can be fetched. */
  readonly resultsLifetimeMs: number;
  /** When an unfinished job is given up. */
  readonly jobLifetimeMs: number;
}

const hour = 3_600_000;

export const serviceLimits: Limits = {
  fileBytes: 2 * 1024 ** 3,
  storageBytes: 20 * 1024 ** 3,
  concurrentJobs: 100,
  // What a project may have of these depends on its tier, and nobody knows how many jobs the service runs: no limit unless asked for.
  runningJobs: Infinity,
  enqueuedTokens: Infinity,
  fileLifetimeMs: 48 * hour,
  resultsLifetimeMs: 6 * 7 * 24 * hour,
  jobLifetimeMs: 48 * hour,
};

/** What a limit is about, as `--help` says it. */
const limitMeanings: Readonly<Record<keyof Limits, string>> = {
  fileBytes: 'bytes of one uploaded file',
  storageBytes: 'bytes of all files, results included',
  concurrentJobs: 'jobs that may be unfinished at once',
  runningJobs: 'jobs that run at once; higher priority goes first',
  enqueuedTokens: "input tokens of a model's unfinished jobs",
  fileLifetimeMs: 'how long an uploaded file lives',
  resultsLifetimeMs: 'how long results can be fetched',
  jobLifetimeMs: 'when an unfinished job is given up',
};
const limitNames = Object.keys(limitMeanings) as (keyof Limits)[];

/** Limits by name; null is none. */
export const limitsSchema = z.partialRecord(
  z.enum(limitNames),
  z.union([z.number().min(0), z.null().transform(() => Infinity)]),
);

/** How a sandbox is made. Every field has the default a user expects. */
export interface SandboxOptions {
  /** Loopback only; 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** `sandbox` unless told. */
  readonly key?: string;
  /** Where state is kept across restarts; without it state ends with the sandbox. */
  readonly dataDir?: string;
  /** How many times faster than usual jobs get on; 0 stands still. 1 unless told. */
  readonly speed?: number;
  /** Serves `/control/…` too. */
  readonly control?: boolean;
  readonly limits?: Partial<Limits>;
  /** What goes wrong from the start. */
  readonly faults?: readonly Fault[];
}

/** What the command line said. */
export interface CommandLine {
  readonly options: SandboxOptions;
  readonly exitWithParent: boolean;
  readonly help: boolean;
}

export const usage = `Usage: node sandbox.js [options]

A local Gemini Batch service with simulated answers. When it is ready it prints one line of JSON: {"url":…,"key":…}.

  --port N             port to listen on; 0 (default) takes a free one
  --host ADDRESS       loopback address to listen on: 127.0.0.1 (default), ::1 or localhost
  --key KEY            the key it accepts (default: sandbox)
  --data DIR           keep files and jobs in DIR, and find them again after a restart
  --speed N            jobs get on N times as fast (default 1; 0 stands still)
  --exit-with-parent   exit when standard input closes
  --control            serve /control/… too: faults, clock, limits
  --limit NAME=N       another limit than the service's; may be repeated:
${list(limitMeanings, 25)}
  --fault KIND[,NAME=VALUE…]   let something go wrong; may be repeated:
                         latency,ms=N        status,status=N[,retryAfter=SECONDS]   html[,status=N]
                         cut-up,bytes=N      cut-down,bytes=N    truncate[,bytes=N]  lose-answer
                         throttle,bytesPerSecond=N               job,fault=NAME
                         late-effect,ms=N[,status=N]
                       and of each: method=M, path=PIECE, times=N, after=N
                       jobs: ${jobFaultNames.join(', ')}
  --help               this text

A word in a prompt makes that one row go wrong, as in "Why? [[sandbox:blocked]]":
${list(magicWords)}
A word in a display name makes that job go wrong, as in "my job [[sandbox:stuck]]":
${list(jobFaults)}`;

function list(entries: Readonly<Record<string, string>>, indent = 2): string {
  return Object.entries(entries)
    .map(([name, meaning]) => `${' '.repeat(indent)}${name.padEnd(16)}  ${meaning}`)
    .join('\n');
}

const flags = {
  port: z.coerce.number().int().min(0).max(65_535),
  host: z.string().min(1),
  key: z.string().min(1),
  data: z.string().min(1),
  speed: z.coerce.number().min(0),
} as const;
type FlagName = keyof typeof flags;
const optionNames = { port: 'port', host: 'host', key: 'key', data: 'dataDir', speed: 'speed' } as const;

/** Reads the command line; throws an Error that says which word is wrong and what would be right. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const values: Record<string, string | number> = {};
  const faults: Fault[] = [];
  const limits: Partial<Record<keyof Limits, number>> = {};
  const switches = { 'exit-with-parent': false, control: false, help: false };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name in switches && inline === undefined) {
      switches[name as keyof typeof switches] = true;
      continue;
    }
    if (!(name in flags) && name !== 'fault' && name !== 'limit')
      throw new Error(`Unknown option: ${word}. Try --help.`);
    const value = inline ?? words[++index];
    if (value === undefined) throw new Error(`--${name} needs a value. Try --help.`);
    if (name === 'fault') faults.push(parseFault(value));
    else if (name === 'limit') Object.assign(limits, parseLimit(value));
    else {
      const parsed = flags[name as FlagName].safeParse(value);
      if (!parsed.success) throw new Error(`--${name} cannot be ${JSON.stringify(value)}. Try --help.`);
      values[optionNames[name as FlagName]] = parsed.data;
    }
  }
  return {
    options: { ...(values as SandboxOptions), control: switches.control, faults, limits },
    exitWithParent: switches['exit-with-parent'],
    help: switches.help,
  };
}

/** `storageBytes=1000` */
function parseLimit(text: string): Partial<Limits> {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  const parsed = limitsSchema.safeParse({ [name]: /^\d+$/.test(value) ? Number(value) : value });
  if (parsed.success) return parsed.data;
  throw new Error(`--limit ${text}: it must be one of ${limitNames.join(', ')}, and a number. Try --help.`);
}

/** `status,status=429,retryAfter=2,path=/batches,times=3` */
function parseFault(text: string): Fault {
  const [kind, ...pairs] = text.split(',');
  const fault: Record<string, string | undefined> = { kind };
  for (const pair of pairs) {
    const [name = '', value] = pair.split(/=(.*)/s);
    fault[name] = value;
  }
  const parsed = faultSchema.safeParse(fault);
  if (parsed.success) return parsed.data;
  throw new Error(`--fault ${text}: ${parsed.error.issues[0]?.message ?? 'not understood'}. Try --help.`);
}
