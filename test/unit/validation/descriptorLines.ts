import {
  compiledMessage,
  type CompiledField,
  type CompiledMessage,
  type CompiledShape,
} from '../../../src/dialects';

/**
 * Lines made from the descriptors by chance, mostly right and sometimes wrong in any field: food for whatever must agree with the
 * checker. The same seed gives the same line.
 */

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Stands for JSON that JSON.stringify would write otherwise. */
const raw = (text: string) => `@@${text}@@`;

const texts = [
  'a',
  'Hello there',
  ' ',
  'x'.repeat(70),
  '"',
  '\\',
  'é',
  '漢字',
  '😀',
  '\n\t',
  '":',
  '{"a":1}',
];
const wholes = ['0', '1', '5', '600', '-7', '40', '1e2', '3.0', '2147483647', '-0'].map(raw);
const oddWholes = ['1.5', '2147483648', '9007199254740993', '1e400'].map(raw).concat('7', 'x');
const numbers = ['0', '1', '0.5', '1.9e0', '2.0', '0.95', '5E-1', '1e-7'].map(raw);
const oddNumbers = ['-1', '2.0000000000000004', '2.1', '1e39', '0.1234567890123456789']
  .map(raw)
  .concat('0.5', 'NaN');

interface Values {
  readonly good: readonly Json[];
  readonly odd: readonly Json[];
}

const valuesByType: Readonly<Record<string, Values>> = {
  string: { good: texts, odd: ['', 17] },
  bool: { good: [true, false], odd: ['true', 1] },
  int32: { good: wholes, odd: oddWholes },
  int64: { good: [...wholes, '7', '-12'], odd: [...oddWholes, '1.5', '007'] },
  float: { good: numbers, odd: oddNumbers },
  double: { good: numbers, odd: oddNumbers },
  bytes: {
    good: ['QUJDRA==', 'QUJD', '-_8', 'A'.repeat(200)],
    odd: ['', 'A', 'QUJDRA=', 'QU JD', 'data:image/png;base64,AAAA', 'é'],
  },
  duration: { good: ['0s', '1.5s', '-3600s'], odd: ['1', '1.s', 's', '1.0000000000s'] },
  timestamp: {
    good: ['2026-01-31T12:00:00Z', '2026-12-28T23:59:59.123+01:00'],
    odd: [
      '2026-02-30T12:00:00Z',
      '2026-13-01T12:00:00Z',
      '2026-01-31',
      '2026-01-31T25:00:00Z',
      '2026-01-31T12:00:00',
    ],
  },
};

/** Fields whose texts mean something. */
const valuesByField: Readonly<Record<string, Values>> = {
  'GeminiLine.key': { good: ['a', 'request-17', 'käse', 'x'.repeat(50)], odd: ['', ' ', 7] },
  'GeminiEmbedLine.key': { good: ['a'], odd: ['', '\t'] },
  'OpenAiChatLine.custom_id': { good: ['a', 'b "c"'], odd: ['', ' '] },
  'OpenAiEmbeddingsLine.custom_id': { good: ['a'], odd: [''] },
  'OpenAiChatLine.url': { good: ['/v1/chat/completions'], odd: ['/v1/embeddings', '/v1/responses'] },
  'OpenAiEmbeddingsLine.url': { good: ['/v1/embeddings'], odd: ['/v1/chat/completions'] },
  'ChatCompletionBody.model': { good: ['gemini-2.5-flash'], odd: ['', 'other'] },
  'EmbeddingsBody.model': { good: ['gemini-embedding-001'], odd: ['', 'other'] },
  'Content.role': { good: ['user', 'model'], odd: ['assistant', 'system', '', 'User'] },
  'FunctionDeclaration.name': {
    good: ['f', 'get_weather', 'a.b:c-d'],
    odd: ['', 'a b', 'é', 'x'.repeat(129)],
  },
  'Blob.mimeType': { good: ['image/png', 'audio/wav', 'application/pdf', 'text/plain'], odd: [''] },
  'FileData.fileUri': {
    good: [
      'https://generativelanguage.googleapis.com/v1beta/files/abc-123',
      'https://generativelanguage.googleapis.com/v1/files/a',
      'gs://bucket/cat.png',
      'https://example.com:8080/files/Cat.png',
      'http://example.com/x',
    ],
    odd: [
      '',
      'files/abc',
      'https://example.com/v1beta/files/Abc',
      'https://example.com/v1alpha/files/abc-',
      'https://example.com/v1/files/',
      `https://example.com/v1/files/${'a'.repeat(43)}`,
      'gs:///x',
      'https://',
      'https://a b',
      'ftp://x/y',
      'data:image/png;base64,AAAA',
    ],
  },
  'GenerateContentRequest.cachedContent': { good: ['cachedContents/abc-1'], odd: ['abc', 'cachedContents/'] },
  'ImageConfig.aspectRatio': { good: ['1:1', '16:9'], odd: ['7:5', ''] },
  'ImageConfig.imageSize': { good: ['1K', '512'], odd: ['1k', '3K'] },
  'GenerationConfig.responseMimeType': {
    good: ['application/json', 'text/x.enum'],
    odd: ['text/plain', 'x'],
  },
  'GenerationConfig.maxOutputTokens': { good: [8192, 65_536], odd: [1, 500, 512, 4095, 0] },
  'GenerationConfig.responseModalities': {
    good: [['TEXT', 'IMAGE'], ['AUDIO']],
    odd: [['IMAGE'], [], ['image']],
  },
  'ThinkingConfig.thinkingBudget': { good: [0, 1024, -1], odd: [-2, 9000] },
};

/** Chance, the same for the same seed. */
class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x2545f491) >>> 0;
  }

  below(limit: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  one(of: number): boolean {
    return this.below(of) === 0;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('There is nothing to pick from.');
    return value;
  }
}

const deepest = 5;

class LineMaker {
  private readonly chance: Chance;

  /** @param wrong one value in so many is odd */
  constructor(
    seed: number,
    private readonly wrong: number,
  ) {
    this.chance = new Chance(seed);
  }

  line(root: string): string {
    const value = this.message(compiledMessage(root), 0);
    const plain = JSON.stringify(value).replace(/"@@(.*?)@@"/g, '$1');
    // What many writers do with all characters beyond ASCII.
    const escaped = this.chance.one(3)
      ? plain.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : plain;
    return this.chance.one(4) ? escaped.replaceAll(',"', ' , "').replaceAll('":', '" : ') : escaped;
  }

  private message(message: CompiledMessage, depth: number): Json {
    const { chance } = this;
    const value: Record<string, Json> = {};
    const oneofs = message.oneofs.map((group) => chance.pick(group));
    for (const field of new Set(message.fields.values())) {
      const { descriptor } = field;
      const required = message.required.includes(field) || descriptor.name === 'parts';
      const chosen = descriptor.oneof === undefined || oneofs.includes(field) || chance.one(this.wrong);
      const often = descriptor.oneof === 'data' ? 1 : depth > deepest ? 50 : 4;
      if (!(required ? !chance.one(this.wrong * 5) : chosen && chance.one(often))) continue;
      const name = chance.one(3) ? descriptor.snake : descriptor.name;
      value[name] = chance.one(this.wrong * 2) ? null : this.field(message.descriptor.name, field, depth);
      if (chance.one(this.wrong * 8))
        value[chance.pick(['key', 'model', 'x', `${name} `])] = chance.pick(texts);
    }
    return value;
  }

  private field(owner: string, field: CompiledField, depth: number): Json {
    const { chance } = this;
    const special = valuesByField[`${owner}.${field.descriptor.name}`];
    if (special !== undefined) return chance.pick(chance.one(this.wrong) ? special.odd : special.good);
    const shape = field.also.length > 0 ? chance.pick([field.shape, ...field.also]) : field.shape;
    const value = this.shape(shape, depth);
    const { maxCount } = field.descriptor;
    return Array.isArray(value) && maxCount !== undefined && chance.one(3)
      ? Array.from({ length: maxCount + chance.below(2) }, () => value[0] ?? 'x')
      : value;
  }

  private shape(shape: CompiledShape, depth: number): Json {
    const { chance } = this;
    switch (shape.type) {
      case 'message':
        return chance.one(this.wrong * 4) ? chance.pick(texts) : this.message(shape.message, depth + 1);
      case 'list':
        return Array.from({ length: chance.one(this.wrong * 3) ? 0 : 1 + chance.below(2) }, () =>
          this.shape(shape.of, depth + 1),
        );
      case 'map':
        return Object.fromEntries(
          Array.from({ length: chance.below(3) }, () => [
            chance.pick(texts),
            this.shape(shape.of, depth + 1),
          ]),
        );
      case 'enum': {
        const value = chance.pick([...shape.values.keys()]);
        return chance.one(this.wrong) ? chance.pick([value.toLowerCase(), `${value}X`, 3]) : value;
      }
      case 'struct':
        return { a: this.free(depth), 'b c': this.free(depth) };
      case 'value':
        return this.free(depth);
      default: {
        const values = valuesByType[shape.type];
        if (values === undefined) throw new Error(`There are no values of type ${shape.type}.`);
        return chance.pick(chance.one(this.wrong) ? values.odd : values.good);
      }
    }
  }

  private free(depth: number): Json {
    const { chance } = this;
    const simple = [null, true, ...texts, ...numbers, ...wholes, []];
    if (depth > deepest || chance.one(2)) return chance.pick<Json>(simple);
    return chance.one(2)
      ? [this.free(depth + 1), this.free(depth + 1)]
      : { [chance.pick(texts)]: this.free(depth + 1), text: chance.pick(texts) };
  }
}

/** A line of a root message. @param wrong one value in about so many is odd; Infinity: none */
export function descriptorLine(root: string, seed: number, wrong: number): string {
  return new LineMaker(seed, wrong).line(root);
}
