import type { DetailPart, ShownText } from '../shared/resultsMessages';
import { asObject, asString, without, type JsonObject } from '../util/json';
import { laidOutJson } from './jsonOf';

/** Characters of one text that the detail view gets; more than anybody reads there. */
export const maxShownText = 200_000;

export function shownText(text: string, limit = maxShownText): ShownText {
  if (text.length <= limit) return { text };
  // Not through the middle of a surrogate pair.
  const cut = /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return { text: text.slice(0, cut), total: text.length };
}

/** The beginning of a text of which nobody reads more there. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${shownText(text, limit).text}…`;
}

/** Parts of one row that the detail view gets. */
const maxParts = 500;
const maxName = 300;

/** Turns parts on the wire into parts of the detail view, numbering the media among them. */
export class PartReader {
  private media = 0;
  private count = 0;

  read(parts: readonly JsonObject[]): DetailPart[] {
    const few = parts.slice(0, maxParts - this.count);
    this.count += few.length;
    return few.flatMap((part) => this.one(part));
  }

  private one(part: JsonObject): DetailPart[] {
    const text = asString(part.text);
    if (text !== undefined) {
      return text === '' ? [] : [{ kind: 'text', thought: part.thought === true, content: shownText(text) }];
    }
    const inline = asObject(part.inlineData);
    if (inline !== undefined) {
      const data = asString(inline.data) ?? '';
      const media = this.media;
      this.media += 1;
      return [
        { kind: 'media', mimeType: asString(inline.mimeType) ?? '', bytes: decodedLength(data), media },
      ];
    }
    return codePart(part) ?? callPart(part) ?? otherPart(part);
  }
}

function codePart(part: JsonObject): DetailPart[] | undefined {
  const code = asObject(part.executableCode);
  if (code !== undefined) {
    const language = (asString(code.language) ?? '').toLowerCase();
    return [{ kind: 'code', language, content: shownText(asString(code.code) ?? '') }];
  }
  const result = asObject(part.codeExecutionResult);
  if (result === undefined) return undefined;
  const outcome = (asString(result.outcome) ?? '').replace(/^OUTCOME_/, '');
  return [{ kind: 'codeResult', outcome, content: shownText(asString(result.output) ?? '') }];
}

function callPart(part: JsonObject): DetailPart[] | undefined {
  const call = asObject(part.functionCall) ?? asObject(part.toolCall);
  if (call !== undefined) {
    const content = shownText(laidOutJson(call.args ?? {}));
    return [
      { kind: 'call', name: cut(asString(call.name) ?? asString(call.toolType) ?? '', maxName), content },
    ];
  }
  const response = asObject(part.functionResponse) ?? asObject(part.toolResponse);
  if (response === undefined) return undefined;
  const content = shownText(laidOutJson(response.response ?? {}));
  return [
    {
      kind: 'callResponse',
      name: cut(asString(response.name) ?? asString(response.toolType) ?? '', maxName),
      content,
    },
  ];
}

function otherPart(part: JsonObject): DetailPart[] {
  const file = asObject(part.fileData);
  if (file !== undefined) {
    return [{ kind: 'file', uri: asString(file.fileUri) ?? '', mimeType: asString(file.mimeType) ?? '' }];
  }
  // A signature or a flag alone says nothing to a person.
  const rest = without(part, 'thoughtSignature', 'thought');
  return Object.keys(rest).length === 0 ? [] : [{ kind: 'json', content: shownText(laidOutJson(rest)) }];
}

/** Bytes that a base64 text stands for. */
export function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}

/** Inline data of parts in order, as {@link PartReader} numbers them. */
export function mediaOf(
  parts: readonly JsonObject[],
): { readonly mimeType: string; readonly data: string }[] {
  return parts.flatMap((part) => {
    const inline = asString(part.text) === undefined ? asObject(part.inlineData) : undefined;
    return inline === undefined
      ? []
      : [{ mimeType: asString(inline.mimeType) ?? '', data: asString(inline.data) ?? '' }];
  });
}
