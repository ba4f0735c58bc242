import { isUtf8 } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { toSnakeCase } from '../dialects';
import { readLineBatches } from '../util/lines';
import { cachedContentFault } from './answers/rules';
import { badRequest, invalid } from './errors';
import { asObject, type JsonObject } from '../util/json';
import { arrayField, field } from './protoFields';
import { bodyViolations, lineFault, type FieldViolation } from './protoCheck';

const invalidUtf8 = 'invalid JSON, near column 0: invalid UTF-8';
/** How many broken lines one answer tells of. */
const maxToldLines = 50;

const messages = { generate: 'GenerateContentRequest', embed: 'EmbedContentRequest' } as const;
export type GeminiKind = keyof typeof messages;

/**
 * Reads an input file once, line by line, as the service does before it takes a batch: one broken row and nothing is created.
 * @returns how many rows there are.
 */
export async function checkFile(kind: GeminiKind, path: string): Promise<number> {
  const told: string[] = [];
  let rows = 0;
  for await (const batch of readLineBatches(path, { chunkBytes: 1 << 18 }))
    for (const { index, bytes } of batch) {
      const line = bytes.toString('utf8');
      if (line.trim() === '') continue;
      rows += 1;
      const fault = isUtf8(bytes) ? lineFault(messages[kind], line) : invalidUtf8;
      if (fault !== undefined) {
        told.push(`Error on line ${index + 1}: ${fault}`);
        if (told.length >= maxToldLines) throw invalid(told.join('\n'));
      } else if (kind === 'generate' && line.includes('ached')) {
        const clash = cachedContentFault(requestOf(line));
        if (clash !== undefined) throw clash;
      }
    }
  if (told.length > 0) throw invalid(told.join('\n'));
  if (rows === 0) throw invalid('The batch has no requests.');
  return rows;
}

function requestOf(line: string): JsonObject {
  const row = asObject(JSON.parse(line)) ?? {};
  return asObject(row.request) ?? row;
}

/**
 * Checks the requests of an inline creation and keeps them as lines at `path`.
 * @param requests the value of `batch.inputConfig.requests`
 * @returns how many rows there are.
 */
export async function keepInline(kind: GeminiKind, requests: JsonObject, path: string): Promise<number> {
  const rows = arrayField(requests, 'requests');
  const violations: FieldViolation[] = [];
  const lines: string[] = [];
  for (const [index, value] of rows.entries()) {
    const at = `batch.input_config.requests.requests[${index}]`;
    const row = asObject(value);
    if (row === undefined) violations.push({ field: at, description: `Invalid value at '${at}' (message)` });
    else {
      violations.push(...unknownNames(row, ['request', 'metadata'], at));
      violations.push(...bodyViolations(messages[kind], field(row, 'request') ?? {}, `${at}.request`));
      lines.push(JSON.stringify({ request: row.request ?? {}, ...metadataOf(row) }));
    }
  }
  if (violations.length > 0) throw badRequest(violations);
  if (rows.length === 0) throw invalid('The batch has no requests.');
  if (kind === 'generate')
    for (const row of rows) {
      const clash = cachedContentFault(asObject(asObject(row)?.request) ?? {});
      if (clash !== undefined) throw clash;
    }
  await writeFile(path, `${lines.join('\n')}\n`);
  return rows.length;
}

function metadataOf(row: JsonObject): JsonObject {
  return asObject(row.metadata) === undefined ? {} : { metadata: row.metadata };
}

/** Violations for the names that are not among `known` (camelCase; the snake spelling counts too). */
export function unknownNames(object: JsonObject, known: readonly string[], at: string): FieldViolation[] {
  return Object.keys(object)
    .filter((name) => !known.some((other) => name === other || name === toSnakeCase(other)))
    .map((name) => ({
      field: at,
      description: `Invalid JSON payload received. Unknown name "${name}"${at === '' ? '' : ` at '${at}'`}: Cannot find field.`,
    }));
}
