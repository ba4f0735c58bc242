import * as l10n from '@vscode/l10n';
import { dataUriPrefix } from '../formats';
import { spelling } from '../issue';
import type { JsonObject } from '../json';
import type { FileReferenceState, Mend } from '../problem';
import { partOfAddress } from '../wording/foreign';
import { mediaType } from './contents';
import type { MeaningContext } from './context';

/** A reference to a file: whether the service could read it, and what is known of it. */
export function fileData(value: JsonObject, context: MeaningContext): void {
  mediaType(value, context);
  const name = spelling(value, 'fileUri', 'file_uri');
  if (name === undefined) return;
  const uri = value[name];
  if (typeof uri !== 'string') return;
  const path = [...context.path, name];
  const trouble = fileUriTrouble(uri);
  if (trouble !== undefined) {
    const mend = mendOf(uri, context);
    context.report({ code: 'file-uri', path, at: 'value', message: trouble, ...(mend && { mend }) });
    return;
  }
  const state = context.fileState?.(uri);
  if (state === undefined || state === 'ok') return;
  const code = state === 'expiring' ? 'file-expiring' : 'file-expired';
  context.report({ code, path, at: 'value', message: () => stateWords(state) });
}

function stateWords(state: Exclude<FileReferenceState, 'ok'>): string {
  switch (state) {
    case 'expired':
      return l10n.t(
        'This file has expired; uploads live for 48 hours. Upload it again and write the new URI.',
      );
    case 'expiring':
      return l10n.t(
        'This file expires within a day, perhaps before a batch has read it. Upload it again shortly before submitting.',
      );
    case 'missing':
      return l10n.t('The service knows no such file for this key. Upload it and write its URI.');
  }
}

const ownFile = /^https:\/\/[a-z0-9.-]+\/v1(beta|alpha)?\/files\/(.*)$/;

/** Why the service could not read this reference; undefined when it looks right. */
function fileUriTrouble(uri: string): (() => string) | undefined {
  if (uri === '') {
    return () =>
      l10n.t('The file reference is empty. Write the `uri` that the Files API gave for the upload.');
  }
  if (dataUriPrefix(uri) !== undefined) {
    return () => l10n.t('A data URI is no file reference. Put the bytes into inlineData instead.');
  }
  if (uri !== uri.trim() || /\s/.test(uri)) {
    return () => l10n.t('There is a blank in this file reference. Remove it.');
  }
  const own = ownFile.exec(uri);
  if (own !== null) {
    const id = own[2] ?? '';
    return /^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/.test(id)
      ? undefined
      : () =>
          l10n.t('"{0}" cannot be the id of a file: lower-case letters, digits and dashes, 40 at most.', id);
  }
  if (/^(https?|gs):\/\/[^/]+/.test(uri)) return undefined;
  if (uri.startsWith('files/')) {
    return () => l10n.t('This is the name of a file; fileUri takes its `uri`, {0}.', `${filesAt}${uri}`);
  }
  return () =>
    l10n.t(
      'The service cannot read a file from there. Upload it with the Files API and write the `uri` that it gives.',
    );
}

const filesAt = 'https://generativelanguage.googleapis.com/v1beta/';

function mendOf(uri: string, { path }: MeaningContext): Mend | undefined {
  const { inlineData } = partOfAddress(uri);
  if (inlineData !== undefined) {
    return {
      kind: 'members',
      at: [...path],
      json: `"inlineData":${JSON.stringify(inlineData)}`,
      title: l10n.t('Write as {0}', 'inlineData'),
    };
  }
  const meant = meantUri(uri);
  return meant === undefined
    ? undefined
    : { kind: 'replace', json: JSON.stringify(meant), title: l10n.t('Change to {0}', meant) };
}

/** The URI that a reference was probably meant to be. */
function meantUri(uri: string): string | undefined {
  const bare = uri
    .trim()
    .replace(/:download\?.*$/, '')
    .replace(/^(https?:)\/(?=[^/])/, '$1//');
  const whole = bare.startsWith('files/') ? `${filesAt}${bare}` : bare;
  return whole !== uri && fileUriTrouble(whole) === undefined ? whole : undefined;
}
