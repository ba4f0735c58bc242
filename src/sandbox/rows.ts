import type { Answer, AnswerContext } from './answers/answer';
import { answerEmbed } from './answers/embed';
import { answerGenerate } from './answers/generate';
import { findMagic } from './answers/magic';
import type { RpcError } from './errors';
import { asArray, asObject, without, type JsonObject } from '../util/json';

/** One result line and what it means for the counts. */
export interface RowResult {
  readonly line: string;
  readonly ok: boolean;
  /** What the row's magic word asks of the file of results. */
  readonly placement: 'missing' | 'duplicate' | 'unexpected' | undefined;
}

/** How the rows of a job are answered. */
export interface RowAnswerer {
  answer(line: string): RowResult;
  /** The result of a row that is not served: cancelled, or failed with all others. Undefined where such a row has none. */
  unserved(line: string, error: RpcError): RowResult | undefined;
}

/** Answers lines of `{key, request}` (a file) or `{request, metadata}` (kept from an inline creation). */
export function geminiAnswerer(kind: 'generate' | 'embed', context: AnswerContext): RowAnswerer {
  return {
    answer(line) {
      const row = asObject(JSON.parse(line)) ?? {};
      const request = asObject(row.request) ?? row;
      const answer = kind === 'embed' ? answerEmbed(request, context) : answerGenerate(request, context);
      return resultOf(row, answer, placementOf(line));
    },
    unserved: (line, error) => resultOf(asObject(JSON.parse(line)) ?? {}, { error }, undefined),
  };
}

/** What a line's magic word asks of the file of results. */
export function placementOf(line: string): RowResult['placement'] {
  const magic = findMagic([line]);
  return magic === 'missing' || magic === 'duplicate' || magic === 'unexpected' ? magic : undefined;
}

function resultOf(row: JsonObject, answer: Answer, placement: RowResult['placement']): RowResult {
  return { line: JSON.stringify({ ...answer, ...echo(row) }), ok: 'response' in answer, placement };
}

/** What comes back of a row beside its answer: all but the request, and lists come back empty, as users report. */
function echo(row: JsonObject): JsonObject {
  if (!('request' in row)) return {};
  return Object.fromEntries(
    Object.entries(without(row, 'request', 'response', 'error')).map(([name, value]) => [
      name,
      asArray(value) === undefined ? value : [],
    ]),
  );
}
