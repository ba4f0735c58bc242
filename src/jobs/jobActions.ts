import type { BatchService } from '../shared/batchService';
import { isFinalState, type ResultsFileRef } from '../shared/job';
import { ServiceError } from '../shared/serviceError';
import type { Clock } from '../util/clock';
import type { Downloader, DownloadRequest } from './downloader';
import type { Groups } from './groups';
import type { JobStore } from './jobStore';
import type { Ledger } from './ledger/ledger';
import { adoptedRecord } from './records';
import { removeJobs, type Removal, type RemovalOptions } from './removal';
import type { Submitter } from './submitter';

export interface JobActionsOptions {
  readonly ledger: Ledger;
  readonly store: JobStore;
  readonly submitter: Submitter;
  readonly groups: Groups;
  readonly downloader: Downloader;
  readonly service: (connectionId: string) => Promise<BatchService>;
  readonly clock: Clock;
  /** Called when the results of a record are on disk. */
  readonly onResults: (id: string) => void;
  /** Asks a connection's service soon what became of an action. */
  readonly look: (connectionId: string) => void;
}

/** What a person does with a single job, or with several; see the methods of JobEngine. */
export class JobActions {
  constructor(private readonly options: JobActionsOptions) {}

  async discard(id: string): Promise<void> {
    const group = this.options.store.get(id)?.group;
    await this.options.submitter.discard(id);
    if (group !== undefined) await this.options.groups.tidy(group.id);
  }

  async cancel(id: string): Promise<void> {
    const job = this.options.store.existing(id);
    if (job.phase !== 'submitted') return this.discard(id);
    if (job.name === undefined || isFinalState(job.state)) return;
    const service = await this.options.service(job.connectionId);
    await service.cancelJob(job.name);
    this.options.look(job.connectionId);
  }

  async delete(id: string): Promise<void> {
    const job = this.options.store.existing(id);
    if (job.phase !== 'submitted') return this.discard(id);
    const service = await this.options.service(job.connectionId);
    if (job.name !== undefined && !job.gone && service.capabilities.deleteJob) {
      await service.deleteJob(job.name).catch((error: unknown) => {
        // Deleted elsewhere already: nothing is left to do there.
        if (!(error instanceof ServiceError) || error.kind !== 'notFound') throw error;
      });
    }
    if (job.name !== undefined) this.options.store.forget(job.connectionId, job.name);
    await this.options.ledger.remove(id);
    if (job.group !== undefined) await this.options.groups.tidy(job.group.id);
  }

  async deleteAll(ids: readonly string[], options: RemovalOptions): Promise<readonly Removal[]> {
    const { store, downloader } = this.options;
    const jobs = ids.flatMap((id) => store.get(id) ?? []);
    const { directory, signal } = options;
    return removeJobs(jobs, options, {
      cancel: (id) => this.cancel(id),
      save: async (id) => {
        const request = { ...(directory !== undefined && { directory }), ...(signal && { signal }) };
        // A folder is asked for only where there is no request file to put the results beside.
        const beside = store.get(id)?.requestFile !== undefined;
        const adopted = await this.adopt(id);
        const { path } = await downloader.download(adopted, beside ? signal && { signal } : request);
        return { path, id: adopted };
      },
      delete: (id) => this.delete(id),
    });
  }

  async downloadResults(id: string, request: DownloadRequest = {}): Promise<ResultsFileRef> {
    const record = await this.adopt(id);
    const results = await this.options.downloader.download(record, request);
    this.options.onResults(record);
    return results;
  }

  async adopt(id: string): Promise<string> {
    const { ledger, store, clock } = this.options;
    const elsewhere = store.remoteElsewhere(id);
    if (elsewhere === undefined || ledger.get(id) !== undefined) return this.options.store.existing(id).id;
    const fields = adoptedRecord(elsewhere.connectionId, elsewhere.remote, clock.now());
    return (await ledger.insert(fields)).id;
  }
}
