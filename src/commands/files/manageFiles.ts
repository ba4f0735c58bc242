import { l10n } from 'vscode';
import { decodeDisplayName } from '../../jobs/displayName';
import type { RemoteFile, StorageUse } from '../../shared/batchService';
import { formatBytes, formatSpan } from '../../views/format';
import { isActive } from '../../views/jobTraits';
import type { Choice, CommandContext, CommandHandler } from '../context';
import { Refusal } from '../refusal';
import { usableService } from '../connections/usableService';

/** Lists the files that are kept at the service, with how much of the quota they take, and deletes those that are chosen. */
export const manageFiles: CommandHandler = async (context) => {
  const { ui, connections } = context;
  const service = await usableService(context, connections.current);
  const label = connections.label(connections.current);
  const [files, storage] = await ui.progress(l10n.t('Listing the files at {0}', label), ({ signal }) =>
    Promise.all([service.listFiles({ signal }), service.storageUsed?.({ signal })]),
  );
  if (files.length === 0)
    throw new Refusal(l10n.t('There are no files at {0}.', label), undefined, 'information');
  const used = await inUse(context);
  const chosen = await ui.pickMany(
    files.map((file) => fileChoice(file, used, context.now())),
    { title: title(label, files, storage), placeholder: l10n.t('Files to delete at the service') },
  );
  const needed = chosen.filter(({ name }) => used.has(name)).length;
  await ui.confirm({
    message: chosen.length === 1 ? l10n.t('Delete 1 file?') : l10n.t('Delete {0} files?', chosen.length),
    detail:
      needed > 0
        ? l10n.t('Needed by unfinished jobs, which would fail: {0}.', needed)
        : l10n.t('Requests that refer to them fail from then on. Files on this machine stay.'),
    answers: [l10n.t('Delete')],
  });
  await ui.progress(l10n.t('Deleting'), async ({ report, signal }) => {
    for (const [index, { name }] of chosen.entries()) {
      report(name, index / chosen.length);
      await service.deleteFile(name, { signal });
    }
  });
  ui.flash(chosen.length === 1 ? l10n.t('Deleted 1 file.') : l10n.t('Deleted {0} files.', chosen.length));
};

/** Names of the files that unfinished jobs read their requests from. */
async function inUse(context: CommandContext): Promise<ReadonlySet<string>> {
  const { jobs } = await context.engine();
  return new Set(jobs.filter(isActive).flatMap(({ inputFile }) => inputFile ?? []));
}

function title(label: string, files: readonly RemoteFile[], storage: StorageUse | undefined): string {
  const bytes = storage?.bytes ?? files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return storage?.limitBytes === undefined
    ? l10n.t('Files at {0}: {1}', label, formatBytes(bytes))
    : l10n.t('Files at {0}: {1} of {2}', label, formatBytes(bytes), formatBytes(storage.limitBytes));
}

function fileChoice(file: RemoteFile, used: ReadonlySet<string>, now: number): Choice<RemoteFile> {
  const expires = file.expiresAt === undefined ? Number.NaN : Date.parse(file.expiresAt);
  const facts = [
    formatBytes(file.sizeBytes),
    file.mimeType,
    Number.isNaN(expires) ? undefined : l10n.t('expires in {0}', formatSpan(expires - now)),
    used.has(file.name) ? l10n.t('needed by an unfinished job') : undefined,
  ];
  return {
    label: file.displayName === undefined ? file.name : decodeDisplayName(file.displayName).name,
    description: facts.filter((fact) => fact !== undefined).join(' · '),
    detail: file.name,
    value: file,
  };
}
