import type { Answer, AnswerContext } from './answers/answer';
import { answerEmbed } from './answers/embed';
import { answerGenerate } from './answers/generate';
import { findMagic, type MagicWord } from './answers/magic';
import { asArray, asObject, type JsonObject } from './json';

/** One result line and what it means for the counts. */
export interface RowResult {
  readonly line: string;
  readonly ok: boolean;
  /** What the row's magic word asks of the file of results. */
  readonly placement: 'missing' | 'duplicate' | 'unexpected' | undefined;
}

export type RowAnswerer = (line: string) => RowResult;

/** Answers lines of `{key, request}` (a file) or `{request, metadata}` (kept from an inline creation). */
export function geminiAnswerer(kind: 'generate' | 'embed', context: AnswerContext): RowAnswerer {
  return (line) => {
    const row = asObject(JSON.parse(line)) ?? {};
    const request = asObject(row.request) ?? row;
    const answer = kind === 'embed' ? answerEmbed(request, context) : answerGenerate(request, context);
    return resultOf(row, answer, findMagic([line]));
  };
}

/** The result of a row that is not served: cancelled, or failed with all others. */
export function unservedRow(line: string, error: { code: number; message?: string }): RowResult {
  return resultOf(asObject(JSON.parse(line)) ?? {}, { error }, undefined);
}

function resultOf(row: JsonObject, answer: Answer, magic: MagicWord | undefined): RowResult {
  const isPlacement = magic === 'missing' || magic === 'duplicate' || magic === 'unexpected';
  return {
    line: JSON.stringify({ ...answer, ...echo(row) }),
    ok: 'response' in answer,
    placement: isPlacement ? magic : undefined,
  };
}

/** What comes back of a row beside its answer: all but the request, and lists come back empty, as users report. */
function echo(row: JsonObject): JsonObject {
  if (!('request' in row)) return {};
  const echoed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row))
    if (name !== 'request' && name !== 'response' && name !== 'error')
      echoed[name] = asArray(value) === undefined ? value : [];
  return echoed;
}
