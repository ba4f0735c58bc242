import * as l10n from '@vscode/l10n';
import type { Ledger } from './ledger/ledger';
import type { JobRecord } from './ledger/record';
import { without } from './records';
import type { Windows } from './windows';

/** Another window, or this one's past, changed the submission: whoever did goes on with it. */
export class TakenOverError extends Error {
  override readonly name = 'TakenOverError';

  constructor() {
    super(l10n.t('Another window is working on this submission.'));
  }
}

/** Which window works on a submission: one at a time, and whoever lost it finds out before the next call. */
export class Claims {
  constructor(
    private readonly ledger: Ledger,
    private readonly windows: Windows,
  ) {}

  /** Makes a submission ours unless a living window has it. Rejects with {@link TakenOverError} when one has, or it is gone. */
  async claim(id: string): Promise<JobRecord> {
    await this.windows.look();
    const record = await this.ledger.update(id, (current) => {
      if (current.step === 'submitted') return current;
      if (!this.windows.isSelf(current.owner) && this.windows.isAlive(current.owner)) return undefined;
      return { ...without(current, 'interruption'), owner: this.windows.self };
    });
    if (record === undefined) throw new TakenOverError();
    return record;
  }

  /** Replaces our own submission; rejects when somebody took it over meanwhile. */
  async write(id: string, change: (record: JobRecord) => JobRecord): Promise<JobRecord> {
    const record = await this.ledger.update(id, (current) =>
      this.windows.isSelf(current.owner) && current.step !== 'submitted' ? change(current) : undefined,
    );
    if (record === undefined) throw new TakenOverError();
    return record;
  }
}
