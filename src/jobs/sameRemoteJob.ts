import { isDeepStrictEqual } from 'node:util';
import type { RemoteJob } from '../shared/job';

/** As isDeepStrictEqual, for the one type that is compared thousands of times a tick. */
export function saysTheSame(a: RemoteJob, b: RemoteJob): boolean {
  return (
    a.state === b.state &&
    a.updatedAt === b.updatedAt &&
    a.endedAt === b.endedAt &&
    a.displayName === b.displayName &&
    a.counts.total === b.counts.total &&
    a.counts.succeeded === b.counts.succeeded &&
    a.counts.failed === b.counts.failed &&
    a.counts.pending === b.counts.pending &&
    a.createdAt === b.createdAt &&
    a.model === b.model &&
    a.dialect === b.dialect &&
    a.inputFile === b.inputFile &&
    a.output?.kind === b.output?.kind &&
    fileOf(a) === fileOf(b) &&
    isDeepStrictEqual(a.error, b.error)
  );
}

function fileOf({ output }: RemoteJob): string | undefined {
  return output?.kind === 'file' ? `${output.file} ${output.errorFile ?? ''}` : undefined;
}
