import { readLineBatches } from '../../util/lines';
import { asObject, parseJson } from '../../util/json';
import type { JobRecord } from '../jobRecord';

type InputError = NonNullable<JobRecord['openai']>['errors'][number];

/** Limits of a batch's input, the service's own. */
export const maxRows = 50_000;
export const maxInputBytes = 200 * 1024 * 1024;
const maxToldErrors = 50;

/** What reading an input file found out. */
export interface InputReport {
  readonly rows: number;
  /** Of the first row; a batch has one model. */
  readonly model: string;
  /** Each names its line, counted from one. Not empty: the batch fails. */
  readonly errors: readonly InputError[];
}

/** Reads an input file once, line by line, as the service does while a batch is `validating`. */
export async function checkInput(path: string, endpoint: string): Promise<InputReport> {
  const errors: InputError[] = [];
  const ids = new Set<string>();
  let rows = 0;
  let model: string | undefined;
  for await (const batch of readLineBatches(path, { chunkBytes: 1 << 18 }))
    for (const { index, bytes } of batch) {
      const line = bytes.toString('utf8');
      if (line.trim() === '') continue;
      rows += 1;
      const found = checkLine(line, endpoint, ids, model);
      model ??= found.model;
      if (found.error !== undefined && errors.length < maxToldErrors)
        errors.push({ ...found.error, line: index + 1 });
    }
  if (rows === 0) errors.push({ code: 'empty_file', message: 'The input file has no requests.', line: null });
  if (rows > maxRows)
    errors.push({
      code: 'too_many_requests',
      message: `The input file has ${rows} requests; a batch may have ${maxRows}.`,
      line: null,
    });
  return { rows, model: model ?? 'unknown', errors };
}

interface LineReport {
  readonly model: string | undefined;
  readonly error?: Omit<InputError, 'line'>;
}

function checkLine(
  line: string,
  endpoint: string,
  ids: Set<string>,
  expected: string | undefined,
): LineReport {
  const row = asObject(parseJson(line));
  if (row === undefined)
    return {
      model: undefined,
      error: { code: 'invalid_json_line', message: 'This line is not a JSON object.' },
    };
  const body = asObject(row.body);
  const model = typeof body?.model === 'string' ? body.model : undefined;
  const wrong = (code: string, message: string) => ({ model, error: { code, message } });
  const { custom_id: id } = row;
  if (typeof id !== 'string' || id === '')
    return wrong('missing_required_parameter', "Missing required parameter: 'custom_id'.");
  if (ids.has(id)) return wrong('duplicate_custom_id', `The custom_id ${JSON.stringify(id)} is used twice.`);
  ids.add(id);
  if (row.method !== 'POST') return wrong('invalid_method', "The method must be 'POST'.");
  if (row.url !== endpoint)
    return wrong('invalid_url', `The URL must be the endpoint of the batch, ${endpoint}.`);
  if (body === undefined) return wrong('missing_required_parameter', "Missing required parameter: 'body'.");
  if (model === undefined)
    return wrong('missing_required_parameter', "Missing required parameter: 'body.model'.");
  if (expected !== undefined && model !== expected)
    return wrong('mismatched_model', `All requests of a batch must name one model; this is not ${expected}.`);
  return { model };
}
