import { estimateText } from '../../dialects';
import { asObject, type JsonObject } from '../../util/json';
import { arrayField, field, objectField, stringField } from '../protoFields';
import { mediaTokens, modalityOf, TokenTally } from './tokens';

/** What a request asks, as far as answering it takes notice. */
export interface Prompt {
  /** Text of the last turn. */
  readonly question: string;
  /** All texts, system instruction included. */
  readonly texts: readonly string[];
  readonly media: readonly { readonly mimeType: string; readonly uri: string | undefined }[];
  readonly tokens: TokenTally;
}

/** Reads contents and system instruction of a request in either casing. */
export function readPrompt(contents: readonly unknown[], systemInstruction: JsonObject | undefined): Prompt {
  const tokens = new TokenTally();
  const texts: string[] = [];
  const media: { mimeType: string; uri: string | undefined }[] = [];
  let question = '';
  const turns = systemInstruction === undefined ? contents : [systemInstruction, ...contents];
  for (const content of turns) {
    const ofTurn: string[] = [];
    for (const value of arrayField(asObject(content), 'parts')) {
      const part = asObject(value);
      const text = stringField(part, 'text');
      if (text !== undefined) {
        ofTurn.push(text);
        tokens.add('TEXT', estimateText(text));
      }
      readMedium(part, media, tokens);
      for (const name of ['functionCall', 'functionResponse', 'executableCode', 'codeExecutionResult']) {
        const other = field(part, name);
        if (other !== undefined) tokens.add('TEXT', estimateText(JSON.stringify(other)));
      }
    }
    texts.push(...ofTurn);
    if (content !== systemInstruction && ofTurn.length > 0) question = ofTurn.join(' ');
  }
  return { question, texts, media, tokens };
}

function readMedium(
  part: JsonObject | undefined,
  media: { mimeType: string; uri: string | undefined }[],
  tokens: TokenTally,
): void {
  const inline = objectField(part, 'inlineData');
  const file = objectField(part, 'fileData');
  const medium = inline ?? file;
  if (medium === undefined) return;
  const mimeType = stringField(medium, 'mimeType') ?? 'application/octet-stream';
  const bytes = inline === undefined ? 100_000 : ((stringField(inline, 'data')?.length ?? 0) * 3) / 4;
  const modality = modalityOf(mimeType);
  tokens.add(modality, mediaTokens(modality, bytes));
  media.push({ mimeType, uri: stringField(file, 'fileUri') });
}
