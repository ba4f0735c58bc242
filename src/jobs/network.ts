import { networkInterfaces } from 'node:os';

/** Whether this machine has a network beside itself. Says nothing about what can be reached through it. */
export function hasNetwork(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): boolean {
  return Object.values(interfaces).some(
    (addresses) => addresses?.some((address) => !address.internal) === true,
  );
}
