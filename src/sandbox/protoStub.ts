// Stands in for the dialects' check until that is there.
import { asArray, asObject, snakeCase } from './json';

export interface ProtoViolation {
  readonly kind: 'unknownField' | 'wrongType' | 'duplicateField' | 'badValue';
  readonly path: readonly (string | number)[];
  readonly protoPath: readonly (string | number)[];
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

type Kind = 'object' | 'array' | 'any';
const content = { parts: 'array', role: 'any' } as const;
const shapes: Record<string, Record<string, Kind>> = {
  GenerateContentRequest: {
    cachedContent: 'any',
    contents: 'array',
    generationConfig: 'object',
    model: 'any',
    safetySettings: 'array',
    serviceTier: 'any',
    store: 'any',
    systemInstruction: 'object',
    toolConfig: 'object',
    tools: 'array',
    labels: 'object',
  },
  EmbedContentRequest: {
    content: 'object',
    model: 'any',
    taskType: 'any',
    title: 'any',
    outputDimensionality: 'any',
    embedContentConfig: 'object',
  },
  Content: content,
};

export function findProtoViolations(message: string, value: unknown): readonly ProtoViolation[] {
  const shape = shapes[message] ?? {};
  const found: ProtoViolation[] = [];
  for (const [name, inner] of Object.entries(asObject(value) ?? {})) {
    const known = Object.keys(shape).find((other) => other === name || snakeCase(other) === name);
    const base = { path: [name], protoPath: [snakeCase(name)], field: name };
    if (known === undefined) found.push({ kind: 'unknownField', ...base, expected: '', found: '' });
    else {
      const kind = shape[known];
      const actual = asArray(inner) ? 'array' : asObject(inner) ? 'object' : typeof inner;
      if (kind !== 'any' && kind !== actual)
        found.push({ kind: 'wrongType', ...base, expected: kind ?? '', found: actual });
    }
  }
  return found;
}
