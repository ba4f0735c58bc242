/** The request file that *Open Sample* puts on disk: small, varied, and clean. */
export const sampleName = 'first-batch.jsonl';

const reviews = [
  'The grinder is quiet and the coffee tastes better than ever.',
  'Arrived with a cracked lid, and nobody answers the phone.',
  'Does what it should. Nothing more, nothing less.',
  'My third one. The first two still run in my parents’ kitchen.',
  'Great idea, but the app loses the connection every morning.',
];

const reviewSchema = {
  type: 'OBJECT',
  properties: {
    sentiment: { type: 'STRING', enum: ['positive', 'neutral', 'negative'] },
    summary: { type: 'STRING' },
  },
  required: ['sentiment', 'summary'],
};

/** JSON Lines, a line break at the end. */
export const sampleText = reviews
  .map((text, index) =>
    JSON.stringify({
      key: `review-${index + 1}`,
      request: {
        systemInstruction: { parts: [{ text: 'You classify product reviews.' }] },
        contents: [{ role: 'user', parts: [{ text }] }],
        generationConfig: { responseMimeType: 'application/json', responseSchema: reviewSchema },
      },
    }),
  )
  .map((line) => `${line}\n`)
  .join('');
