import { basename } from 'node:path';
import { diskError } from '../http/localErrors';
import type { CreateJobRequest } from '../shared/batchService';
import { ServiceError } from '../shared/serviceError';
import { throwIfCancelled } from '../util/async';
import { readLineBatches } from '../util/lines';
import { rawMembers } from './rawJson';

/** The service's limit for the body of a creation. */
export const maxInlineBytes = 20_971_520;

const doing = 'create the job';

/** The body of a creation, as text. Rejects with ServiceError `invalid` or `local` when the rows cannot be sent inline. */
export async function creationBody(request: CreateJobRequest, signal?: AbortSignal): Promise<string> {
  const { input, displayName, priority, webhook, dialect } = request;
  const tail = Object.entries({
    displayName,
    priority: priority === undefined ? undefined : String(priority),
    webhookConfig: webhook,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join('');
  const frame = (config: string) => `{"batch":{"inputConfig":${config}${tail}}}`;
  if (input.kind === 'file') {
    // Either spelling is understood; the official client uses these.
    const name = dialect === 'gemini-embed' ? 'file_name' : 'fileName';
    return frame(JSON.stringify({ [name]: input.file }));
  }
  const room = maxInlineBytes - Buffer.byteLength(frame('{"requests":{"requests":[]}}'));
  const rows = await inlineRows(input.path, room, signal);
  return frame(`{"requests":{"requests":[${rows.join(',')}]}}`);
}

/** Each request line as an inlined request. What stands under `request` is taken over as it is, not parsed and written anew. */
async function inlineRows(path: string, room: number, signal: AbortSignal | undefined): Promise<string[]> {
  const rows: string[] = [];
  let left = room;
  try {
    for await (const batch of readLineBatches(path, signal === undefined ? {} : { signal })) {
      for (const { bytes, index } of batch) {
        const row = inlineRow(bytes.toString('utf8'), index + 1);
        if (row === undefined) continue;
        rows.push(row);
        left -= Buffer.byteLength(row) + 1;
        if (left < -1) throw tooLarge(path);
      }
    }
  } catch (error) {
    throw diskError(error, doing, path);
  }
  throwIfCancelled(signal);
  if (rows.length > 0) return rows;
  throw new ServiceError(`Could not ${doing}: ${basename(path)} has no requests.`, {
    kind: 'invalid',
    reason: 'NO_ROWS',
    ambiguous: false,
  });
}

function inlineRow(line: string, number: number): string | undefined {
  const text = line.replace(/^\uFEFF/, '').trim();
  if (text === '') return undefined;
  let members: ReadonlyMap<string, string>;
  try {
    members = rawMembers(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Spliced into the body, one broken line would make the whole of it unreadable.
    const reason = 'the line is no JSON object';
    throw new ServiceError(`Could not ${doing}: line ${number}: ${reason}.`, {
      kind: 'invalid',
      reason: 'INVALID_LINE',
      ambiguous: false,
      lineErrors: [{ line: number, reason }],
      advice: `Mend line ${number} of the request file.`,
    });
  }
  const key = members.get('key');
  const request = members.get('request') ?? (key === undefined ? text : undefined);
  if (request === undefined)
    throw new ServiceError(`Could not ${doing}: line ${number} has no request.`, {
      kind: 'invalid',
      reason: 'INVALID_LINE',
      ambiguous: false,
      lineErrors: [{ line: number, reason: 'there is no request' }],
    });
  return `{"request":${request}${key === undefined ? '' : `,"metadata":{"key":${key}}`}}`;
}

function tooLarge(path: string): ServiceError {
  return new ServiceError(
    `Could not ${doing}: ${basename(path)} is too large to be sent within the request (limit ${maxInlineBytes} bytes).`,
    {
      kind: 'invalid',
      reason: 'TOO_LARGE',
      ambiguous: false,
      advice: 'Submit it as an uploaded file, which may have up to 2 GB.',
    },
  );
}
