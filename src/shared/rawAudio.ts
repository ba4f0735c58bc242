/** Speech models answer with bare samples: `audio/L16;codec=pcm;rate=24000`, 16 bits, the lower byte first. */
export function isRawAudio(mimeType: string): boolean {
  return /^audio\/(?:l16|pcm)\b/i.test(mimeType);
}

/** Bare samples behind the header that players want. */
export function wavOf(mimeType: string, samples: Uint8Array): Uint8Array<ArrayBuffer> {
  const rate = Number(/\brate=(\d{1,6})/i.exec(mimeType)?.[1] ?? 24_000);
  const channels = Number(/\bchannels=([1-8])\b/i.exec(mimeType)?.[1] ?? 1);
  const file = new Uint8Array(headerBytes + samples.length);
  const view = new DataView(file.buffer);
  const word = (at: number, text: string) => {
    for (let index = 0; index < text.length; index += 1) file[at + index] = text.charCodeAt(index);
  };
  word(0, 'RIFF');
  view.setUint32(4, headerBytes - 8 + samples.length, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, samples.length, true);
  file.set(samples, headerBytes);
  return file;
}

const headerBytes = 44;
