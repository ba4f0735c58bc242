/** What an answer consists of; a row holds the sum of its bits. Kept on disk: a bit never changes its meaning. */
export const contentKind = {
  text: 1,
  thought: 2,
  /** Text that begins like a JSON object or array. */
  json: 4,
  image: 8,
  audio: 16,
  /** Inline data that is neither image nor audio. */
  media: 32,
  functionCall: 64,
  code: 128,
  embedding: 256,
  grounding: 512,
  file: 1024,
  /** More than one candidate. */
  candidates: 2048,
  other: 4096,
} as const;
