/**
 * Words that make the sandbox misbehave for one row: `[[sandbox:blocked]]` anywhere in the text of a request. They let a
 * person see, and a test prove, how every kind of outcome looks.
 */
export const magicWords = {
  blocked: 'the prompt is blocked: promptFeedback without candidates',
  safety: 'the answer is stopped for safety, without content',
  recitation: 'the answer is stopped for recitation, without content',
  truncated: 'the answer is cut off with finish reason MAX_TOKENS',
  empty: 'the answer stops normally but holds nothing',
  'malformed-call': 'the model produced a function call that cannot be read',
  'broken-json': 'the answer is JSON cut off in the middle although it stopped normally',
  failed: 'the row fails with an internal error (code 13)',
  invalid: 'the row fails as an invalid argument (code 3)',
  deadline: 'the row fails because its deadline expired (code 4)',
  unavailable: 'the row fails because the model is overloaded (code 14)',
  missing: 'the results hold no line for the row',
  duplicate: 'the results hold the line of the row twice',
  unexpected: 'the results hold one more line, whose key nobody asked for',
  long: 'the answer is some thousand words long',
} as const;
export type MagicWord = keyof typeof magicWords;

/** The first magic word of a request; words that nobody knows are none. */
export function findMagic(texts: readonly string[]): MagicWord | undefined {
  for (const text of texts) {
    const word = /\[\[sandbox:([a-z-]+)\]\]/.exec(text)?.[1];
    if (word !== undefined && Object.hasOwn(magicWords, word)) return word as MagicWord;
  }
  return undefined;
}
