import type { SeededRandom } from '../random';
import { samplePattern } from './pattern';
import { cutToTokens } from './tokens';

export interface StringWish {
  /** The property it stands in. */
  readonly name: string;
  readonly format: string | undefined;
  readonly pattern: string | undefined;
  readonly minLength: number;
  readonly maxLength: number;
  /** What was asked; a text about it mentions it. */
  readonly question: string;
}

const formats: Readonly<Record<string, (random: SeededRandom) => string>> = {
  'date-time': (random) => `${date(random)}T${time(random)}Z`,
  date,
  time: (random) => `${time(random)}Z`,
  duration: (random) => `PT${random.integer(1, 59)}M`,
  email: (random) => `simulated.${random.id(4)}@example.com`,
  hostname: (random) => `${random.id(6)}.example.com`,
  ipv4: (random) => `192.0.2.${random.integer(1, 254)}`,
  ipv6: (random) => `2001:db8::${random.integer(1, 9999)}`,
  uri: (random) => `https://example.com/simulated/${random.id(6)}`,
  url: (random) => `https://example.com/simulated/${random.id(6)}`,
  uuid: (random) => {
    const hex = (length: number) => Array.from({ length }, () => random.integer(0, 15).toString(16)).join('');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  },
  byte: (random) => Buffer.from(random.id(6)).toString('base64'),
};

/** A text that fits the wish and says, where it has the room, that it is simulated. */
export function sampleString(wish: StringWish, random: SeededRandom): string {
  const formatted = formats[wish.format ?? '']?.(random);
  if (formatted !== undefined) return formatted;
  if (wish.pattern !== undefined) {
    const fitting = samplePattern(wish.pattern, random, wish);
    if (fitting !== undefined) return fitting;
  }
  let text = aboutQuestion(wish) ?? `simulated ${wish.name.replace(/[_-]+/g, ' ')} ${random.id(3)}`;
  while (text.length < wish.minLength) text += ` ${random.id(5)}`;
  // Cut only as far as allowed: a text that grew past its maximum is still at least its minimum long.
  return text.length > wish.maxLength ? text.slice(0, Math.max(0, wish.maxLength)) : text;
}

/** Names of properties whose text tells of what was asked. */
const telling = /summar|descri|reason|explan|answer|comment|title|text|message|translat/i;

function aboutQuestion({ name, question, maxLength }: StringWish): string | undefined {
  const topic = question.slice(0, 200).replace(/\s+/g, ' ').trim();
  if (topic === '' || !telling.test(name)) return undefined;
  const text = `simulated ${name.replace(/[_-]+/g, ' ')} of “${cutToTokens(topic, 12)}”`;
  return text.length <= maxLength ? text : undefined;
}

function date(random: SeededRandom): string {
  return `20${two(random.integer(10, 29))}-${two(random.integer(1, 12))}-${two(random.integer(1, 28))}`;
}

function time(random: SeededRandom): string {
  return `${two(random.integer(0, 23))}:${two(random.integer(0, 59))}:${two(random.integer(0, 59))}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
