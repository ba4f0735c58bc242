import { estimateText } from '../../dialects';
import type { SeededRandom } from '../random';
import type { Prompt } from './prompt';
import { cutToTokens } from './tokens';

const openings: readonly [string, ...string[]] = [
  'A model would answer here; the sandbox only pretends to.',
  'The sandbox cannot know the answer, so take this sentence for it.',
  'No model has read this; the words are made up on your machine.',
];
const closings: readonly [string, ...string[]] = [
  'Send the same file to a real connection to get a real answer.',
  'The same request gets the same words every time.',
  'Nothing was sent anywhere and nothing was charged.',
];

/** A short answer that names what was asked, within `tokens` where that is possible at all. */
export function answerText(
  prompt: Prompt,
  random: SeededRandom,
  tokens: number,
  illustrated: boolean,
): string {
  const sentences = [
    illustrated ? '[Simulated] Here is a picture.' : '[Simulated] Here is an answer.',
    ...topicOf(prompt),
    ...mediaOf(prompt),
    random.pick(openings),
    random.pick(closings),
  ];
  let text = sentences[0] ?? '';
  for (const sentence of sentences.slice(1)) {
    const longer = `${text} ${sentence}`;
    if (estimateText(longer) > tokens) break;
    text = longer;
  }
  return estimateText(text) <= tokens ? text : '[Simulated]';
}

function topicOf({ question }: Prompt): string[] {
  const topic = question.slice(0, 1000).replace(/\s+/g, ' ').trim();
  if (topic === '') return [];
  const short = cutToTokens(topic, 30);
  return [`You asked: “${short}${short.length < topic.length ? '…' : ''}”.`];
}

function mediaOf({ media }: Prompt): string[] {
  if (media.length === 0) return [];
  const types = [...new Set(media.map((medium) => medium.mimeType))].join(', ');
  return [
    `It came with ${media.length === 1 ? 'one attachment' : `${media.length} attachments`} (${types}).`,
  ];
}

/** Some thousand words, for seeing how long answers look. */
export function longText(prompt: Prompt, random: SeededRandom): string {
  const paragraphs = [answerText(prompt, random, 200, false)];
  for (let n = 1; n <= 120; n++)
    paragraphs.push(`Simulated paragraph ${n}. ${random.pick(openings)} ${random.pick(closings)}`);
  return paragraphs.join('\n\n');
}
