import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkLine, detectKind } from '../../../src/dialects';
import { plainText, snippetItems } from '../../../src/server/snippets';
import { readRules } from '../../../src/server/settings';
import { ruleCodes } from '../../../src/dialects';

interface Snippet {
  readonly body: readonly string[];
}

const file = 'syntaxes/requests.snippets.json';
const snippets = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Snippet>;
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: {
    snippets: { path: string }[];
    configuration: { properties: Record<string, { propertyNames?: { enum: string[] } }> };
  };
};

describe('snippets', () => {
  it('are contributed from the file that the server reads', () => {
    assert.deepEqual(
      manifest.contributes.snippets.map(({ path }) => path),
      [`./${file}`],
    );
  });

  for (const [name, { body }] of Object.entries(snippets)) {
    it(`${name}: a line without mistakes`, () => {
      const line = plainText(body.join('\n').replace('${TM_LINE_NUMBER}', '7'));
      const kind = detectKind([line]);
      assert.ok(kind === 'gemini' || kind === 'gemini-embed' || kind === 'openai', kind);
      assert.deepEqual(
        checkLine(line, { kind }).problems.filter(({ severity }) => severity !== 'hint'),
        [],
        line,
      );
      assert.match(name, /^batch-[a-z-]+$/);
      assert.match(line, /"request-7"/);
    });
  }

  it('have no prefix of their own: while typing they come from the server, once', () => {
    for (const snippet of Object.values(snippets)) assert.ok(!('prefix' in snippet));
  });

  it('fit the file', () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const labels = (kind: 'gemini' | 'gemini-embed' | 'openai' | 'gemini-bare') =>
      snippetItems(kind, 'k', range, true).map(({ label }) => label);
    assert.deepEqual(labels('gemini-embed'), ['batch-embed']);
    assert.deepEqual(labels('openai'), ['batch-openai-chat', 'batch-openai-embed']);
    assert.deepEqual(labels('gemini-bare'), labels('gemini'));
  });
});

describe('the settings', () => {
  it('name the rules that there are', () => {
    const { propertyNames } = manifest.contributes.configuration.properties['batchwright.validation.rules']!;
    assert.deepEqual([...propertyNames!.enum].sort(), [...ruleCodes].sort());
  });

  const read: [name: string, settings: unknown, rules: object][] = [
    [
      'severities',
      { validation: { rules: { role: 'warning', base64: 'off' } } },
      { role: 'warning', base64: 'off' },
    ],
    ['nothing from nothing', undefined, {}],
    ['nothing from nonsense', { validation: 7 }, {}],
    [
      'what is right beside what is not',
      { validation: { rules: { role: 'loud', nope: 'error', range: 'hint' } } },
      { range: 'hint' },
    ],
  ];
  for (const [name, settings, rules] of read) {
    it(`are read: ${name}`, () => assert.deepEqual(readRules(settings), rules));
  }
});
