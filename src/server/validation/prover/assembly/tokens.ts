import { state } from './state';

/** What dialects/tokens.ts weighs characters and media with. */
const DIGIT_WEIGHT: f64 = 0.7;
const ASCII_WEIGHT: f64 = 0.24;
const ALPHABET_WEIGHT: f64 = 0.34;
const IDEOGRAPH_WEIGHT: f64 = 0.75;
export const PICTURE_TOKENS: f64 = 258;
const SOUND_BYTES_PER_SECOND: f64 = 8000;
const SOUND_TOKENS_PER_SECOND: f64 = 32;
const BYTES_PER_PAGE: f64 = 50000;

/** Kinds of media that are weighed otherwise than as a picture. */
export const SOUND: u32 = 1;
export const PAGES: u32 = 2;
export const WRITING: u32 = 3;

/** Adds a text's tokens: a whole number, at least one. */
export function addTokens(estimate: f64): void {
  state.tokens += max<f64>(1, nearest<f64>(estimate));
}

/** @param ascii characters of ASCII, digits among them @param shorts characters of two bytes @param longs of more */
export function textWeight(ascii: u32, digits: u32, shorts: u32, longs: u32): f64 {
  return (
    <f64>(ascii - digits) * ASCII_WEIGHT +
    <f64>digits * DIGIT_WEIGHT +
    <f64>shorts * ALPHABET_WEIGHT +
    <f64>longs * IDEOGRAPH_WEIGHT
  );
}

/** Adds what `length` bytes of JSON or of a name weigh. */
export function addPlain(length: u32): void {
  addTokens(<f64>length * ASCII_WEIGHT);
}

/** Adds what the last base64 weighs as media of the last kind. */
export function addBlob(): void {
  const length = (<f64>state.dataLength * 3) / 4;
  switch (state.mediaKind) {
    case SOUND:
      state.tokens += ceil<f64>((length / SOUND_BYTES_PER_SECOND) * SOUND_TOKENS_PER_SECOND);
      break;
    case PAGES:
      state.tokens += max<f64>(1, ceil<f64>(length / BYTES_PER_PAGE)) * PICTURE_TOKENS;
      break;
    case WRITING:
      state.tokens += nearest<f64>(length * ASCII_WEIGHT);
      break;
    default:
      state.tokens += PICTURE_TOKENS;
  }
}
