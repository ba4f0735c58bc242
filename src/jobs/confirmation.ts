import * as l10n from '@vscode/l10n';
import type { BatchService } from '../shared/batchService';
import type { RemoteJob } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import { delay } from '../util/async';
import type { Clock } from '../util/clock';
import type { JobRecord } from './ledger/record';
import { isJobOf } from './records';

/**
 * A creation that had no clear answer, and whose job the service does not list (yet). Nothing bounds how late such a creation may
 * still take effect, so only a person may decide that it is sent again. `message` is for that person.
 */
export class UnconfirmedError extends Error {
  override readonly name = 'UnconfirmedError';

  constructor(displayName: string) {
    super(
      l10n.t(
        'The service gave no clear answer when “{0}” was created, and does not list it yet. It is looked for at every refresh from now on, and not submitted again by itself: a job that turns up late would be paid for as well. “Resume Submission” offers to send it again all the same, “Discard Submission” gives it up.',
        displayName,
      ),
    );
  }
}

/** What a submission waits for that was given up while nobody knew whether its creation took effect. */
export function givenUpMessage(): string {
  return l10n.t(
    'Given up. Its creation had no answer: should the service still make a job of it, that job is cancelled as soon as it turns up.',
  );
}

/** For how long a submission that was given up is looked for, milliseconds after its creation was sent. */
export const givenUpWatchMs = 3_600_000;

export interface ConfirmationOptions {
  readonly service: (connectionId: string) => Promise<BatchService>;
  readonly clock: Clock;
  /** See JobEngineOptions. */
  readonly looksMs: readonly number[];
}

/** Finds out what became of a creation without an answer, and keeps one that may come late from doing harm. */
export class Confirmation {
  constructor(private readonly options: ConfirmationOptions) {}

  /** The job that came of a submission, if the service lists it; looked for several times, or once where that was done before. */
  async find(record: JobRecord, signal: AbortSignal): Promise<RemoteJob | undefined> {
    const isKnownToBeLate = record.unconfirmed === true || record.cancelWanted === true;
    const service = await this.options.service(record.connectionId);
    let waited = 0;
    for (const look of isKnownToBeLate ? [0] : this.options.looksMs) {
      if (look > waited) await delay(look - waited, signal, this.options.clock);
      waited = look;
      const job = (await service.listJobs({ signal })).find((candidate) => isJobOf(record, candidate));
      if (job !== undefined) return job;
    }
    return undefined;
  }

  /**
   * Takes the uploaded requests from a creation that may still be on its way: without them it comes to nothing. Requests that were
   * sent in the creation itself cannot be taken back. Rejects where the service did not say that the file is gone.
   */
  async disarm({ connectionId, inputFile }: JobRecord): Promise<void> {
    if (inputFile === undefined) return;
    const service = await this.options.service(connectionId);
    await service.deleteFile(inputFile.name).catch((error: unknown) => {
      if (!(error instanceof ServiceError) || error.kind !== 'notFound') throw error;
    });
  }
}
