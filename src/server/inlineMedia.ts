/** Markdown in VS Code is cut at 100,000 characters, so only a smaller picture can be shown in a hover. */
const mostPreviewCharacters = 90_000;

/** What base64 in a line holds, as far as its beginning tells. */
export interface InlineMedia {
  /** Decoded. */
  readonly bytes: number;
  /** `1024 × 768`, for pictures that say so. */
  readonly dimensions?: string;
  /** Whether viewers can show it. */
  readonly isPicture: boolean;
  /** A data URI that a viewer can show; absent for what is no picture or is too large. */
  readonly preview?: string;
}

/** Describes base64 data (standard or URL-safe). `mimeType` is what the line says it is. */
export function inlineMedia(base64: string, mimeType: string): InlineMedia {
  const digits = base64.replace(/=+$/, '').length;
  const bytes = Math.floor((digits * 3) / 4);
  const head = Buffer.from(base64.slice(0, 64 * 1024), 'base64');
  const size = pictureSize(head);
  const isPicture = /^image\/(png|jpeg|gif|webp|bmp|svg\+xml)$/.test(mimeType);
  const standard =
    isPicture && base64.length <= mostPreviewCharacters ? toStandardAlphabet(base64) : undefined;
  return {
    bytes,
    isPicture,
    ...(size !== undefined && { dimensions: `${size.width} × ${size.height}` }),
    ...(standard !== undefined && { preview: `data:${mimeType};base64,${standard}` }),
  };
}

/** Undefined for what is no base64: it must not get into a link. */
function toStandardAlphabet(base64: string): string | undefined {
  const standard = base64.replaceAll('-', '+').replaceAll('_', '/');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(standard) ? standard : undefined;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Width and height from the first bytes of a PNG, GIF, WebP or JPEG. */
function pictureSize(bytes: Buffer): Size | undefined {
  if (bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47) {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  const tag = bytes.toString('latin1', 0, 4);
  if (bytes.length >= 10 && tag === 'GIF8') {
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  }
  if (bytes.length >= 30 && tag === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
    return webpSize(bytes);
  return bytes.length >= 4 && bytes.readUInt16BE(0) === 0xffd8 ? jpegSize(bytes) : undefined;
}

function webpSize(bytes: Buffer): Size | undefined {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}

/** Walks the segments of a JPEG to the one that says how large the frame is. */
function jpegSize(bytes: Buffer): Size | undefined {
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
