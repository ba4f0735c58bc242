import { crc32, deflateSync } from 'node:zlib';
import type { SeededRandom } from '../random';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A small PNG of stripes in seeded colours; its comment says that it is simulated. @param ratio width : height */
export function simulatedPng(random: SeededRandom, ratio = 1): Buffer {
  const width = Math.round(ratio >= 1 ? 96 : 96 * ratio);
  const height = Math.round(ratio >= 1 ? 96 / ratio : 96);
  const colour = () => [random.integer(40, 255), random.integer(40, 255), random.integer(40, 255)] as const;
  const colours = [colour(), colour(), colour(), colour()] as const;
  const slant = random.integer(1, 4);
  const raw = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = colours[(Math.floor((x * slant + y * 2) / 24) % 4) as 0 | 1 | 2 | 3];
      raw.set([red, green, blue], y * (1 + width * 3) + 1 + x * 3);
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8); // eight bits, true colour, no interlace
  return Buffer.concat([
    pngSignature,
    pngChunk('IHDR', head),
    pngChunk('tEXt', Buffer.from('Comment\0Simulated by the Batchwright sandbox', 'latin1')),
    pngChunk('IDAT', deflateSync(raw)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export const pcmMimeType = 'audio/L16;codec=pcm;rate=24000';

/** A fifth of a second of a seeded tone: 24 kHz, 16 bit, mono, as speech models answer. */
export function simulatedTone(random: SeededRandom): Buffer {
  const samples = 4800;
  const frequency = random.integer(220, 880);
  const sound = Buffer.alloc(samples * 2);
  for (let n = 0; n < samples; n++) {
    const fade = Math.min(1, n / 400, (samples - n) / 400);
    sound.writeInt16LE(Math.round(Math.sin((2 * Math.PI * frequency * n) / 24_000) * 8000 * fade), n * 2);
  }
  return sound;
}

/** `16:9` → 1.78, `ASPECT_RATIO_SIXTEEN_BY_NINE` too; 1 for anything else. */
export function aspectRatio(text: string | undefined): number {
  const [, width, height] = /^(\d+):(\d+)$/.exec(text ?? '') ?? [];
  if (width !== undefined && height !== undefined) return clampRatio(Number(width) / Number(height));
  const [, first, second] = /^ASPECT_RATIO_([A-Z_]+)_BY_([A-Z]+)$/.exec(text ?? '') ?? [];
  const ratio = (numbers[first ?? ''] ?? 1) / (numbers[second ?? ''] ?? 1);
  return clampRatio(ratio);
}

const numbers: Readonly<Record<string, number>> = {
  ONE: 1,
  TWO: 2,
  THREE: 3,
  FOUR: 4,
  FIVE: 5,
  EIGHT: 8,
  NINE: 9,
  SIXTEEN: 16,
  TWENTY_ONE: 21,
};

function clampRatio(ratio: number): number {
  return Number.isFinite(ratio) && ratio > 0 ? Math.min(8, Math.max(1 / 8, ratio)) : 1;
}
