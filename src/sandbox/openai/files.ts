import path from 'node:path';
import { hashFile } from '../../util/files';
import type { Disk } from '../disk';
import { invalid, notFound } from '../errors';
import { json, param, type Exchange } from '../exchange';
import { fileReply, type FileRecord, type FileService } from '../files';
import type { OutputSizes } from '../jobOutput';
import type { JobRecord } from '../jobRecord';
import type { JobService } from '../jobs';
import { randomId } from '../random';
import type { Router } from '../router';
import { listReply } from './batches';
import { standaloneBase } from './errors';
import { maxInputBytes } from './input';
import { receiveForm } from './multipart';

const purposes = ['batch', 'fine-tune', 'user_data', 'assistants', 'vision', 'evals'];

/** Files of the stand-alone service: uploaded as forms, and the results of its batches. */
export function openAiFileRoutes(router: Router, files: FileService, disk: Disk): void {
  const base = `${standaloneBase}/files`;
  router.add('POST', base, async (exchange) => {
    const incoming = path.join(await disk.folder('incoming'), randomId(24));
    const { fields, file } = await receiveForm(exchange, incoming, maxInputBytes);
    const purpose = fields.get('purpose') ?? '';
    if (!purposes.includes(purpose))
      throw invalid(`The field purpose must be one of ${purposes.join(', ')}.`);
    files.requireRoom(file.sizeBytes);
    const facts = { displayName: file.name, mimeType: file.mimeType, purpose };
    const { sizeBytes, sha256 } = file;
    return json(fileObject(await files.add(incoming, { id: newFileId(), ...facts, sizeBytes, sha256 })));
  });
  router.add('GET', base, (exchange) => {
    const purpose = exchange.url.searchParams.get('purpose');
    const own = files.list('openai').filter((file) => purpose === null || file.purpose === purpose);
    return listReply(exchange, own.map(fileObject));
  });
  router.add('GET', `${base}/{id}`, (exchange) => json(fileObject(find(exchange, files))));
  router.add('GET', `${base}/{id}/content`, (exchange) => {
    const file = find(exchange, files);
    return fileReply(exchange, files.pathOf(file.id), file.sizeBytes, 'application/octet-stream');
  });
  router.add('DELETE', `${base}/{id}`, async (exchange) => {
    const { id } = find(exchange, files);
    await files.remove(id);
    return json({ id, object: 'file', deleted: true });
  });
}

/** Makes files of what a batch wrote, and says their ids; nothing for a file without rows. */
export async function publishOutput(
  job: JobRecord,
  sizes: OutputSizes,
  jobs: JobService,
  files: FileService,
): Promise<Partial<JobRecord>> {
  if (job.openai === undefined) return {};
  const publish = async (from: string, sizeBytes: number, what: string) => {
    const facts = { displayName: `batch_${job.id}_${what}.jsonl`, mimeType: 'application/jsonl' };
    const sha256 = await hashFile(from);
    const id = newFileId();
    await files.add(from, { id, ...facts, sizeBytes, sha256, purpose: 'batch_output' });
    return id;
  };
  const output =
    sizes.results > 0 ? await publish(jobs.outputPath(job.id), sizes.results, 'output') : undefined;
  const failures =
    sizes.failures === undefined
      ? undefined
      : await publish(jobs.failuresPath(job.id), sizes.failures, 'error');
  return {
    openai: {
      ...job.openai,
      ...(output === undefined ? {} : { outputFile: output }),
      ...(failures === undefined ? {} : { errorFile: failures }),
    },
  };
}

function newFileId(): string {
  return `file-${randomId(24)}`;
}

function find(exchange: Exchange, files: FileService): FileRecord {
  const id = param(exchange, 'id');
  const file = files.find(id);
  if (file?.purpose === undefined) throw notFound(`No such File object: ${id}`);
  return file;
}

function fileObject(file: FileRecord): Record<string, unknown> {
  return {
    id: file.id,
    object: 'file',
    bytes: file.sizeBytes,
    created_at: Math.floor(Date.parse(file.createTime) / 1000),
    expires_at: Math.floor(file.expiresAt / 1000),
    filename: file.displayName ?? file.id,
    purpose: file.purpose,
    status: 'processed',
    status_details: null,
  };
}
