import { closeSync, openSync, writeSync } from 'node:fs';

/** How many bytes a picture of the image rows has, as base64. */
const pictureBytes = 500_000;
const sentence = 'The kettle boils "fast",\nbut its lid sticks a little; all in all a fair product. ';

/** A result line of about two kilobytes, like those of a text batch. */
function textRow(row: number): string {
  const text = sentence.repeat(12 + (row % 9));
  return JSON.stringify({
    response: {
      candidates: [
        {
          content: { parts: [{ text }, { thoughtSignature: 'El4K'.repeat(40) }], role: 'model' },
          finishReason: row % 50 === 0 ? 'MAX_TOKENS' : 'STOP',
          index: 0,
        },
      ],
      usageMetadata: {
        promptTokenCount: 1427,
        candidatesTokenCount: 344,
        thoughtsTokenCount: 120,
        totalTokenCount: 1891,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: 1427 }],
      },
      modelVersion: 'gemini-3.5-flash-lite',
      responseId: 'CV-Haon5MNuA_PUP95Gg2Q4',
    },
    key: `request-${row}`,
  });
}

function imageRow(row: number): string {
  const inlineData = { mimeType: 'image/png', data: 'iVBORw0K'.repeat(pictureBytes / 8) };
  const candidate = { content: { parts: [{ text: 'Here.' }, { inlineData }] }, finishReason: 'STOP' };
  return JSON.stringify({ key: `picture-${row}`, response: { candidates: [candidate] } });
}

export interface Written {
  readonly rows: number;
  readonly bytes: number;
}

/** Writes result lines until the file has `bytes`. */
export function writeResults(path: string, kind: 'text' | 'image', bytes: number): Written {
  const line = kind === 'text' ? textRow : imageRow;
  const rows = writeLines(path, (row, written) => (written >= bytes ? undefined : line(row)));
  return rows;
}

/** Writes the requests of as many result lines; the service answers in any order, so they come in another one. */
export function writeRequests(path: string, rows: number): Written {
  // A step without a common divisor goes through all of them once.
  const step = coprime(rows, Math.floor(rows * 0.618) + 1);
  return writeLines(path, (row) =>
    row >= rows
      ? undefined
      : JSON.stringify({
          key: `request-${(row * step) % rows}`,
          request: { contents: [{ parts: [{ text: sentence.repeat(3) }] }] },
        }),
  );
}

function coprime(rows: number, from: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return divisor(rows, from) === 1 ? from : coprime(rows, from + 1);
}

function writeLines(path: string, line: (row: number, written: number) => string | undefined): Written {
  const file = openSync(path, 'w');
  let rows = 0;
  let bytes = 0;
  let pending: string[] = [];
  let pendingLength = 0;
  const flush = () => {
    bytes += writeSync(file, pending.join(''));
    pending = [];
    pendingLength = 0;
  };
  for (let next = line(0, 0); next !== undefined; next = line(rows, bytes + pendingLength)) {
    pending.push(next, '\n');
    pendingLength += next.length + 1;
    rows += 1;
    if (pendingLength > 8 << 20) flush();
  }
  flush();
  closeSync(file);
  return { rows, bytes };
}
