import { elidedBase64 } from '../../dialects';

/** Lines shorter than this are not worth the search. */
const shortestLine = 4096;
/** Base64 shorter than this is not worth leaving out. */
const shortestData = 1024;

const dataName = Buffer.from('"data"');
const QUOTE = 0x22;
const COLON = 0x3a;
const SPACE = 0x20;

/** Room for decoded base64; only its length is of interest. Grows to the longest string seen. */
let scratch = Buffer.alloc(1 << 16);

/**
 * The text of a line with its long base64 strings replaced by short ones that mean the same to every rule, so that images cost
 * neither decoding nor parsing. Only strings of a property named `data` that are base64 beyond doubt are left out.
 * @param from where the line begins in the bytes, and `to` where it ends
 */
export function textWithoutData(bytes: Buffer, from = 0, to = bytes.length): string {
  if (to - from < shortestLine) return bytes.toString('utf8', from, to);
  const line = bytes.subarray(from, to);
  let text = '';
  let kept = 0;
  for (let at = line.indexOf(dataName); at !== -1; at = line.indexOf(dataName, at)) {
    const open = openingQuote(line, at + dataName.length);
    if (open === -1) {
      at += dataName.length;
      continue;
    }
    const close = line.indexOf(QUOTE, open + 1);
    if (close === -1) break;
    const length = close - open - 1;
    if (length >= shortestData && isPlainBase64(line, open + 1, close)) {
      text += line.toString('utf8', kept, open + 1) + elidedBase64(length);
      kept = close;
    }
    at = close;
  }
  return text + line.toString('utf8', kept);
}

/** Where the value's quote is when a colon and a string follow at `at`; -1 otherwise. */
function openingQuote(line: Buffer, at: number): number {
  let next = at;
  while (line[next] === SPACE) next += 1;
  if (line[next] !== COLON) return -1;
  next += 1;
  while (line[next] === SPACE) next += 1;
  return line[next] === QUOTE ? next : -1;
}

/**
 * Whether a stretch is base64 in whole groups of four. Node decodes it in native code and drops whatever is none, so that the
 * length tells; it is several times as fast as looking at each byte here.
 */
function isPlainBase64(line: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length % 4 !== 0) return false;
  const padding = line[end - 1] === 0x3d ? (line[end - 2] === 0x3d ? 2 : 1) : 0;
  const expected = (length / 4) * 3 - padding;
  if (scratch.length < expected) scratch = Buffer.alloc(2 ** Math.ceil(Math.log2(expected)));
  return scratch.write(line.toString('latin1', start, end), 'base64') === expected;
}
