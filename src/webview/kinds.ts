/** Bits of a row's `kinds`, as the host's index sets them (results/rowFacts.ts); a test holds the two together. */
export const contentKinds = {
  text: 1,
  thought: 2,
  json: 4,
  image: 8,
  audio: 16,
  media: 32,
  functionCall: 64,
  code: 128,
  embedding: 256,
  grounding: 512,
  file: 1024,
  candidates: 2048,
  other: 4096,
} as const;
