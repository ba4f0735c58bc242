/** What a step of `npm test` saw. A step that is no test suite counts as one test. */
export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  /** Shown where something failed: everything needed to see why. */
  readonly details?: string;
  /** Shown always, a line or two: what was used or measured. */
  readonly remark?: string;
}

export interface Step {
  readonly name: string;
  /** A rejection is a failure of the step: a suite that could not start is not skipped. */
  run(): Promise<StepResult>;
}

export interface StepReport extends StepResult {
  readonly name: string;
  readonly seconds: number;
}

/** Runs one step, tells of it as it goes, and never rejects. */
export async function runStep(step: Step, print: (text: string) => void): Promise<StepReport> {
  const began = performance.now();
  print(`\n▶ ${step.name}`);
  const result = await step.run().catch((error: unknown): StepResult => ({
    passed: 0,
    failed: 1,
    details: `The step could not be run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  }));
  const seconds = (performance.now() - began) / 1000;
  if (result.failed > 0 && result.details !== undefined) print(result.details);
  if (result.remark !== undefined) print(`  ${result.remark}`);
  print(
    `  ${result.failed === 0 ? '✔' : '✖'} ${result.passed} passed, ${result.failed} failed (${seconds.toFixed(1)} s)`,
  );
  return { ...result, name: step.name, seconds };
}

/** The closing table and, alone on the last line, the totals. */
export function summary(reports: readonly StepReport[]): string {
  const width = Math.max(...reports.map(({ name }) => name.length));
  const rows = reports.map(
    ({ name, passed, failed, seconds }) =>
      `  ${failed === 0 ? '✔' : '✖'} ${name.padEnd(width)} ${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(1).padStart(8)} s`,
  );
  const total = (count: (report: StepReport) => number) =>
    reports.reduce((sum, report) => sum + count(report), 0);
  return [
    '',
    ...rows,
    '',
    `${total(({ passed }) => passed)} passed, ${total(({ failed }) => failed)} failed`,
  ].join('\n');
}
