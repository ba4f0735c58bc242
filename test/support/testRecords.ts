/** One line of a test run, as it travels from another process to the runner. */
export interface TestRecord {
  readonly title: string;
  /** `ended` is the last line of a run that came to its end. */
  readonly state: 'passed' | 'failed' | 'ended';
  readonly milliseconds: number;
  /** Message, difference and stack of a failed test. */
  readonly error?: string;
}

/** Message and stack of whatever a test threw. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? '';
  return stack.includes(error.message) ? stack : `${error.message}\n${stack}`;
}
