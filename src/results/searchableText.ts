import { asObject, asString, type JsonObject } from '../util/json';
import { jsonOf } from './jsonOf';
import type { ResultLine } from './resultLine';

/**
 * What of a result a person reads, as text: error, block reason, answers, thoughts, code, calls. No names of the wire and no
 * base64, so that searching for "text" does not find every line.
 */
export function searchableText(line: ResultLine): string {
  const pieces: string[] = [];
  if (line.error !== undefined) pieces.push(line.error.message ?? '');
  if (line.blockReason !== undefined) pieces.push(line.blockReason);
  for (const candidate of line.candidates) {
    for (const part of candidate.parts) pieces.push(textOfPart(part));
    if (candidate.finishMessage !== undefined) pieces.push(candidate.finishMessage);
  }
  return pieces.filter((piece) => piece !== '').join('\n');
}

/** The readable text of one part on the wire. */
export function textOfPart(part: JsonObject): string {
  const text = asString(part.text);
  if (text !== undefined) return text;
  const code =
    asString(asObject(part.executableCode)?.code) ?? asString(asObject(part.codeExecutionResult)?.output);
  if (code !== undefined) return code;
  for (const name of ['functionCall', 'functionResponse', 'toolCall', 'toolResponse']) {
    const call = asObject(part[name]);
    if (call !== undefined) return `${asString(call.name) ?? ''} ${jsonOf(call.args ?? call.response ?? {})}`;
  }
  return asString(asObject(part.fileData)?.fileUri) ?? '';
}
