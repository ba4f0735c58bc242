import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { messageNamed } from '../../../src/dialects';

/** Types of the official client, by the message that they are in our tables. */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  ChatCompletionBody: ['ChatCompletionCreateParamsBase'],
  EmbeddingsBody: ['EmbeddingCreateParams'],
  ChatMessage: [
    'ChatCompletionDeveloperMessageParam',
    'ChatCompletionSystemMessageParam',
    'ChatCompletionUserMessageParam',
    'ChatCompletionAssistantMessageParam',
    'ChatCompletionToolMessageParam',
    'ChatCompletionFunctionMessageParam',
  ],
  ChatPart: [
    'ChatCompletionContentPartText',
    'ChatCompletionContentPartImage',
    'ChatCompletionContentPartInputAudio',
    'ChatCompletionContentPartRefusal',
  ],
  ChatTool: ['ChatCompletionFunctionTool', 'ChatCompletionCustomTool'],
  ChatToolCall: ['ChatCompletionMessageFunctionToolCall', 'ChatCompletionMessageCustomToolCall'],
};

/** Name of an interface -> names of its members. */
function membersByInterface(file: string): Map<string, string[]> {
  const text = readFileSync(
    join(import.meta.dirname, '../../../node_modules/openai/resources', file),
    'utf8',
  );
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const members = new Map<string, string[]>();
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue;
    const names = statement.members.map((member) => member.name?.getText(source) ?? '');
    members.set(statement.name.text, names);
  }
  return members;
}

describe('descriptors of OpenAI bodies', () => {
  const members = new Map([
    ...membersByInterface('chat/completions/completions.d.ts'),
    ...membersByInterface('embeddings.d.ts'),
  ]);
  for (const [message, types] of Object.entries(typesOf)) {
    for (const type of types) {
      it(`know all that the official client sends in a ${type}`, () => {
        const known = new Set(messageNamed(message).fields.map(({ name }) => name));
        const sent = members.get(type);
        assert.ok(sent !== undefined && sent.length > 0, `${type} is not in the client any more`);
        assert.deepEqual(
          sent.filter((name) => !known.has(name)),
          [],
        );
      });
    }
  }
});
