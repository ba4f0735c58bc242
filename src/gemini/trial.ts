import * as l10n from '@vscode/l10n';
import { couldNot, type Doing } from '../http/couldNot';
import type { Dialect } from '../shared/dialect';
import { ServiceError } from '../shared/serviceError';
import { shortModel } from './names';
import { rawMembers } from './rawJson';

/** Body of a countTokens call for one request, whose own text is taken over as it is. */
export function countTokensBody(model: string, dialect: Dialect, requestJson: string): string {
  const members = parse(requestJson, 'count the tokens');
  if (dialect === 'gemini-embed') return `{"contents":[${members.get('content') ?? '{}'}]}`;
  const rest = [...members]
    .filter(([name]) => name !== 'model')
    .map(([name, value]) => `,${JSON.stringify(name)}:${value}`);
  const named = model.startsWith('tunedModels/') ? model : `models/${shortModel(model)}`;
  return `{"generateContentRequest":{"model":${JSON.stringify(named)}${rest.join('')}}}`;
}

/** The request itself, when it is one that can be sent alone. */
export function trialBody(requestJson: string): string {
  parse(requestJson, 'try the request');
  return requestJson;
}

function parse(requestJson: string, doing: Doing): ReadonlyMap<string, string> {
  try {
    return rawMembers(requestJson);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ServiceError(couldNot(doing, l10n.t('the request is no JSON object.')), {
      kind: 'invalid',
      reason: 'INVALID_LINE',
      ambiguous: false,
    });
  }
}
