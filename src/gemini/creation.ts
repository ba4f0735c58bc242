import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import { couldNot } from '../http/couldNot';
import { diskError } from '../http/localErrors';
import type { CreateJobRequest } from '../shared/batchService';
import type { ServiceLineError } from '../shared/lineErrors';
import { ServiceError } from '../shared/serviceError';
import { throwIfCancelled } from '../util/async';
import { defined } from '../util/defined';
import { readLineBatches } from '../util/lines';
import { rawMembers } from './rawJson';

/** The service's limit for the body of a creation. */
export const maxInlineBytes = 20_971_520;

const doing = 'create the job';

export interface CreationBody {
  readonly text: string;
  /** One-based line of the request file for each row that is sent inline. */
  readonly lines: readonly number[];
}

/** The body of a creation. Rejects with ServiceError `invalid` or `local` when the rows cannot be sent inline. */
export async function creationBody(request: CreateJobRequest, signal?: AbortSignal): Promise<CreationBody> {
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
    return { text: frame(JSON.stringify({ [name]: input.file })), lines: [] };
  }
  const room = maxInlineBytes - Buffer.byteLength(frame('{"requests":{"requests":[]}}'));
  const rows = await inlineRows(input.path, room, signal);
  const texts = rows.map(({ text }) => text);
  return {
    text: frame(`{"requests":{"requests":[${texts.join(',')}]}}`),
    lines: rows.map(({ line }) => line),
  };
}

/**
 * The refusal of an inline creation with the rows it speaks of (`… at 'batch.input_config.requests.requests[2].request': …`) as
 * errors on lines of the request file. Any other error as it is.
 */
export function withLines(error: unknown, lines: readonly number[]): unknown {
  if (!(error instanceof ServiceError) || error.kind !== 'invalid' || error.lineErrors.length > 0)
    return error;
  const lineErrors = error.message.split('\n').flatMap((text): ServiceLineError[] => {
    const line = lines[Number(/requests\[(\d+)\]/.exec(text)?.[1] ?? NaN)];
    if (line === undefined) return [];
    const field = /unknown name "([^"]+)"/i.exec(text)?.[1];
    return [{ line, reason: text.trim(), ...defined({ field }) }];
  });
  if (lineErrors.length === 0) return error;
  const { message, kind, status, reason, requestId, ambiguous, advice } = error;
  return new ServiceError(message, {
    kind,
    ambiguous,
    lineErrors,
    cause: error,
    ...defined({ status, reason, requestId, advice }),
  });
}

interface InlineRow {
  readonly text: string;
  readonly line: number;
}

/** Each request line as an inlined request. What stands under `request` is taken over as it is, not parsed and written anew. */
async function inlineRows(path: string, room: number, signal: AbortSignal | undefined): Promise<InlineRow[]> {
  const rows: InlineRow[] = [];
  let left = room;
  try {
    for await (const batch of readLineBatches(path, defined({ signal }))) {
      for (const { bytes, index } of batch) {
        const line = index + 1;
        const text = inlineRow(bytes, line);
        if (text === undefined) continue;
        rows.push({ text, line });
        left -= Buffer.byteLength(text) + 1;
        if (left < -1) throw tooLarge(path);
      }
    }
  } catch (error) {
    throw diskError(error, doing, path);
  }
  throwIfCancelled(signal);
  if (rows.length > 0) return rows;
  throw new ServiceError(couldNot(doing, l10n.t('{0} has no requests.', basename(path))), {
    kind: 'invalid',
    reason: 'NO_ROWS',
    ambiguous: false,
  });
}

function inlineRow(bytes: Buffer, line: number): string | undefined {
  if (!isUtf8(bytes)) throw brokenLine(line, l10n.t('the line is not UTF-8'));
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return undefined;
  let members: ReadonlyMap<string, string>;
  try {
    members = rawMembers(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw brokenLine(line, l10n.t('the line is no JSON object'));
  }
  const key = members.get('key');
  const request = members.get('request') ?? (key === undefined ? text : undefined);
  if (request === undefined) throw brokenLine(line, l10n.t('there is no request'));
  return `{"request":${request}${key === undefined ? '' : `,"metadata":{"key":${key}}`}}`;
}

/** Spliced into the body, one broken line would make the whole of it unreadable. */
function brokenLine(line: number, reason: string): ServiceError {
  return new ServiceError(couldNot(doing, l10n.t('line {0}: {1}.', line, reason)), {
    kind: 'invalid',
    reason: 'INVALID_LINE',
    ambiguous: false,
    lineErrors: [{ line, reason }],
    advice: l10n.t('Mend line {0} of the request file.', line),
  });
}

function tooLarge(path: string): ServiceError {
  return new ServiceError(
    couldNot(
      doing,
      l10n.t(
        '{0} is too large to be sent within the request (limit {1} bytes).',
        basename(path),
        maxInlineBytes,
      ),
    ),
    {
      kind: 'invalid',
      reason: 'TOO_LARGE',
      ambiguous: false,
      advice: l10n.t('Submit it as an uploaded file, which may have up to 2 GB.'),
    },
  );
}
