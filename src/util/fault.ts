/**
 * An unexpected error as it may be written to a log: its kind and where it happened. Not its message, which for a JSON error
 * quotes the text, and that is somebody's prompt.
 */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join('\n');
}
