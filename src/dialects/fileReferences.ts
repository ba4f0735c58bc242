import { dataUriPrefix } from './formats';
import { spelling } from './issue';
import type { JsonObject } from './json';
import type { MeaningContext } from './meaning';
import type { FileReferenceState } from './problem';

/** A reference to a file: whether the service could read it, and what is known of it. */
export function fileData(value: JsonObject, context: MeaningContext): void {
  const name = spelling(value, 'fileUri', 'file_uri');
  if (name === undefined) return;
  const uri = value[name];
  if (typeof uri !== 'string') return;
  const path = [...context.path, name];
  const trouble = fileUriTrouble(uri);
  if (trouble !== undefined) {
    const meant = meantUri(uri);
    context.report({
      code: 'file-uri',
      path,
      at: 'value',
      message: trouble,
      ...(meant !== undefined && {
        mend: { kind: 'replace', json: JSON.stringify(meant), title: `Change to ${meant}` },
      }),
    });
    return;
  }
  const state = context.fileState?.(uri);
  if (state === undefined || state === 'ok') return;
  const code = state === 'expiring' ? 'file-expiring' : 'file-expired';
  context.report({ code, path, at: 'value', message: fileStateWords[state] });
}

const fileStateWords: Readonly<Record<Exclude<FileReferenceState, 'ok'>, string>> = {
  expired: 'This file has expired; uploads live for 48 hours. Upload it again and write the new URI.',
  expiring:
    'This file expires within a day, perhaps before a batch has read it. Upload it again shortly before submitting.',
  missing: 'The service knows no such file for this key. Upload it and write its URI.',
};

const ownFile = /^https:\/\/[a-z0-9.-]+\/v1(beta|alpha)?\/files\/(.*)$/;

/** Why the service could not read this reference; undefined when it looks right. */
function fileUriTrouble(uri: string): string | undefined {
  if (uri === '')
    return 'The file reference is empty. Write the `uri` that the Files API gave for the upload.';
  if (dataUriPrefix(uri) !== undefined) {
    return 'A data URI is no file reference. Put the bytes into inlineData instead.';
  }
  if (uri !== uri.trim() || /\s/.test(uri)) return 'There is a blank in this file reference. Remove it.';
  const own = ownFile.exec(uri);
  if (own !== null) {
    const id = own[2] ?? '';
    return /^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/.test(id)
      ? undefined
      : `"${id}" cannot be the id of a file: lower-case letters, digits and dashes, 40 at most.`;
  }
  if (/^(https?|gs):\/\/[^/]+/.test(uri)) return undefined;
  if (uri.startsWith('files/')) {
    return `This is the name of a file; fileUri takes its \`uri\`, https://generativelanguage.googleapis.com/v1beta/${uri}.`;
  }
  return 'The service cannot read a file from there. Upload it with the Files API and write the `uri` that it gives.';
}

/** The URI that a reference was probably meant to be. */
function meantUri(uri: string): string | undefined {
  const bare = uri.trim();
  const whole = bare.startsWith('files/') ? `https://generativelanguage.googleapis.com/v1beta/${bare}` : bare;
  return whole !== uri && fileUriTrouble(whole) === undefined ? whole : undefined;
}
