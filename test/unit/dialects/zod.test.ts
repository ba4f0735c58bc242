import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkLine, type RuleCode } from '../../../src/dialects';
import { zodSchema } from '../../../src/dialects/zod';
import { mutatedLine, validEmbedLine, validLine } from './arbitraries';

/** Rules that look beyond the form of a message, which is all that zod knows. */
const beyondForm: ReadonlySet<RuleCode> = new Set([
  'empty-key',
  'empty-part',
  'empty-parts',
  'empty-contents',
  'empty-text',
  'part-data',
  'role',
  'schema-required',
  'schema-ordering',
  'schema-items',
  'schema-properties',
  'schema-enum',
  'schema-mime-type',
  'exclusive-fields',
  'doubtful-value',
  'json-schema-in-batch',
  'thinking-twice',
  'thinking-default',
  'low-output-tokens',
  'cached-content',
  'logprobs',
  'image-modality',
  'file-uri',
  'row-model',
  'ignored-field',
  'line-dialect',
  'bare-request',
]);

describe('zodSchema', () => {
  it('takes every valid line', () => {
    fc.assert(fc.property(validLine, (line) => zodSchema('GeminiLine').safeParse(JSON.parse(line)).success));
    fc.assert(
      fc.property(validEmbedLine, (line) => zodSchema('GeminiEmbedLine').safeParse(JSON.parse(line)).success),
    );
  });

  it('refuses what the line check refuses by form, and nothing that the line check takes', () => {
    fc.assert(
      fc.property(mutatedLine, (line) => {
        const codes = checkLine(line, { kind: 'gemini' }).problems.map(({ code }) => code);
        const { success } = zodSchema('GeminiLine').safeParse(JSON.parse(line));
        if (!success) assert.notDeepEqual(codes, [], line);
        if (codes.some((code) => !beyondForm.has(code))) assert.equal(success, false, line);
      }),
      { numRuns: 500 },
    );
  });

  it('knows the forms of OpenAI', () => {
    const schema = zodSchema('OpenAiChatLine');
    const line = (body: object) => ({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body });
    const messages = [{ role: 'user', content: 'x' }];
    assert.ok(schema.safeParse(line({ model: 'm', messages, stop: 'x', tool_choice: 'auto' })).success);
    assert.ok(
      schema.safeParse(line({ model: 'm', messages, stop: ['x'], tool_choice: { type: 'function' } }))
        .success,
    );
    assert.ok(!schema.safeParse(line({ model: 'm', messages, stop: 1 })).success);
    assert.ok(!schema.safeParse(line({ model: 'm', messages: [{ role: 'model', content: 'x' }] })).success);
  });

  it('refuses both spellings of one field', () => {
    assert.ok(zodSchema('GenerationConfig').safeParse({ topK: 1 }).success);
    assert.ok(zodSchema('GenerationConfig').safeParse({ top_k: 1 }).success);
    assert.ok(!zodSchema('GenerationConfig').safeParse({ topK: 1, top_k: 1 }).success);
  });
});
