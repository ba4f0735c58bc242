export { createSandbox, type Sandbox } from './sandbox';
export type { SandboxControl } from './control';
export type { Fault } from './faults';
export { serviceLimits, type Limits, type SandboxOptions } from './options';
