import { isRawAudio, wavOf } from '../shared/rawAudio';

/** Pictures that a browser draws without running anything in them. SVG is not among them: it is a document. */
const imageTypes = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif', 'image/bmp']);
const audioTypes = new Set([
  'audio/wav',
  'audio/x-wav',
  'audio/wave',
  'audio/mpeg',
  'audio/mp3',
  'audio/ogg',
  'audio/webm',
  'audio/flac',
  'audio/aac',
  'audio/mp4',
]);

export type MediaKind = 'image' | 'audio' | 'file';

/** How a part of this type is shown; what is not known to be harmless can only be saved. */
export function mediaKind(mimeType: string): MediaKind {
  const type = mimeType.toLowerCase().split(';')[0]?.trim() ?? '';
  if (imageTypes.has(type)) return 'image';
  return audioTypes.has(type) || isRawAudio(type) ? 'audio' : 'file';
}

/** The bytes as something that an element can show. Bare samples get the header that players want. */
export function playable(mimeType: string, bytes: Uint8Array<ArrayBuffer>): Blob {
  if (isRawAudio(mimeType)) return new Blob([wavOf(mimeType, bytes)], { type: 'audio/wav' });
  return new Blob([bytes], { type: mimeType.toLowerCase().split(';')[0] ?? '' });
}
