import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held, in MB. What the system counts for it begins, on Linux, with what its parent held when
 * it was started, and a parent that runs benches holds more than those it measures: `VmHWM` is of this program alone.
 */
export function peakMemoryMB(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
