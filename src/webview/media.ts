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

/** Speech models answer with bare samples: `audio/L16;codec=pcm;rate=24000`. */
export function isRawAudio(mimeType: string): boolean {
  return /^audio\/(?:l16|pcm)\b/i.test(mimeType);
}

/** The bytes as something that an element can show. Bare samples get the header that players want. */
export function playable(mimeType: string, bytes: Uint8Array<ArrayBuffer>): Blob {
  if (isRawAudio(mimeType)) {
    const rate = Number(/rate=(\d+)/i.exec(mimeType)?.[1] ?? 24_000);
    return new Blob([wavHeader(bytes.length, rate), bytes], { type: 'audio/wav' });
  }
  return new Blob([bytes], { type: mimeType.toLowerCase().split(';')[0] ?? '' });
}

/** The header of a WAV file with 16-bit mono samples. */
export function wavHeader(dataBytes: number, rate: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(44);
  const view = new DataView(header.buffer);
  const word = (at: number, text: string) => {
    for (let index = 0; index < 4; index += 1) header[at + index] = text.charCodeAt(index);
  };
  word(0, 'RIFF');
  view.setUint32(4, 36 + dataBytes, true);
  word(8, 'WAVE');
  word(12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, dataBytes, true);
  return header;
}
