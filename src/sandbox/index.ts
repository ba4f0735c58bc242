export { createSandbox, type Sandbox, type SandboxControl } from './sandbox';
export { serviceLimits, type Limits, type SandboxOptions } from './options';
