import { runCommand } from '../host/process';
import type { Step } from './step';

/** A step that is one or more programs; it passes when all of them exit with 0. */
export function commandStep(name: string, ...commands: readonly (readonly [string, ...string[]])[]): Step {
  return {
    name,
    async run() {
      for (const [program, ...args] of commands) {
        const { code, output } = await runCommand(program, args);
        if (code !== 0)
          return { passed: 0, failed: 1, details: `${[program, ...args].join(' ')}\n${output}` };
      }
      return { passed: 1, failed: 0 };
    },
  };
}
