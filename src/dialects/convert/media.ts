import * as l10n from '@vscode/l10n';
import type { JsonObject } from '../json';
import { dataUriPrefix } from '../formats';
import type { Notes } from './notes';
import { compact, objectIn, stringIn } from './read';

const audioFormats: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
};

/** `inlineData` as a part of an OpenAI message; undefined when its type fits into no data URI. */
export function blobToChatPart(blob: JsonObject, notes: Notes): JsonObject | undefined {
  const mimeType = stringIn(blob.mimeType);
  const data = stringIn(blob.data);
  const uri = `data:${mimeType};base64,${data}`;
  if (dataUriPrefix(uri)?.mimeType !== mimeType) {
    notes.lost(l10n.t('inlineData of the type {0}', JSON.stringify(mimeType)));
    return undefined;
  }
  const format = audioFormats[mimeType];
  if (format !== undefined) return { type: 'input_audio', input_audio: { data, format } };
  return mimeType.startsWith('image/')
    ? { type: 'image_url', image_url: { url: uri } }
    : { type: 'file', file: { file_data: uri } };
}

/** `fileData` as a part of an OpenAI message; undefined when only pictures could go there and this is none. */
export function fileToChatPart(file: JsonObject, notes: Notes): JsonObject | undefined {
  const uri = stringIn(file.fileUri);
  const mimeType = stringIn(file.mimeType);
  const isPicture = mimeType.startsWith('image/') || (mimeType === '' && imageType(uri) !== undefined);
  if (!isPicture || !uri.startsWith('https://')) {
    notes.lost(mimeType === '' ? l10n.t('fileData of no type') : l10n.t('fileData of {0}', mimeType));
    return undefined;
  }
  if (mimeType !== '' && imageType(uri) !== mimeType)
    notes.changed(l10n.t('The MIME type of a picture by address is left to its server.'));
  return { type: 'image_url', image_url: { url: uri } };
}

/** A picture, sound or file of an OpenAI message as a part; undefined when it cannot be one. */
export function mediaToPart(part: JsonObject, notes: Notes): JsonObject | undefined {
  switch (part.type) {
    case 'image_url':
      return pictureToPart(part.image_url, notes);
    case 'input_audio': {
      const { data, format, ...rest } = objectIn(part.input_audio);
      notes.rest(rest, [], 'input_audio');
      return { inlineData: { mimeType: `audio/${stringIn(format)}`, data } };
    }
    default: {
      const { file_data: data, filename, ...rest } = objectIn(part.file);
      notes.rest(rest, [], 'file');
      if (filename !== undefined) notes.lost('file.filename');
      const inline = inlineOf(stringIn(data));
      if (inline === undefined && Object.keys(rest).length === 0)
        notes.lost(l10n.t('A file part without a data URI'));
      return inline;
    }
  }
}

function pictureToPart(image: unknown, notes: Notes): JsonObject | undefined {
  const { url, detail } = typeof image === 'string' ? { url: image, detail: undefined } : objectIn(image);
  if (detail !== undefined && detail !== 'auto') notes.lost('image_url.detail');
  const uri = stringIn(url);
  return inlineOf(uri) ?? { fileData: compact({ fileUri: uri, mimeType: imageType(uri) }) };
}

function inlineOf(uri: string): JsonObject | undefined {
  const prefix = dataUriPrefix(uri);
  if (prefix === undefined) return undefined;
  return { inlineData: { mimeType: prefix.mimeType, data: uri.slice(prefix.length) } };
}

const extensions: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  avif: 'image/avif',
};

/** The type of a picture by its address. */
function imageType(uri: string): string | undefined {
  const extension = /\.([a-z]+)(?:[?#]|$)/i.exec(uri)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : extensions[extension];
}
