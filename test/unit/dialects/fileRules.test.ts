import assert from 'node:assert/strict';
import {
  commonFacts,
  detectLayout,
  duplicateKeyProblem,
  encodingProblem,
  layoutProblem,
  maxFileBytes,
  maxInlineBytes,
  nextKey,
  oddFactProblem,
  ruleCodes,
  rules,
  sizeProblem,
  spreadProblem,
  variantOfKey,
} from '../../../src/dialects';

describe('rules of whole files', () => {
  const span = { start: 7, end: 10 };
  const first = { line: 3, start: 5, end: 8 };

  it('tell of keys that stand twice, with the first place', () => {
    const problem = duplicateKeyProblem('a'.repeat(100), span, first);
    assert.deepEqual(
      { ...problem, message: '' },
      {
        code: 'duplicate-key',
        severity: 'error',
        message: '',
        ...span,
        related: [{ ...first, message: 'The key stands here first.' }],
        mend: { kind: 'newKey', name: 'key' },
      },
    );
    assert.match(problem?.message ?? '', /"a{57}…" stands on line 4 already/);
  });

  it('tell of several models', () => {
    const problem = oddFactProblem(commonFacts.model, 'b', span, { ...first, value: 'a' });
    assert.match(problem?.message ?? '', /line 4 names "a" and this line "b"/);
    assert.equal(problem?.severity, 'warning');
  });

  it('tell of several endpoints', () => {
    const problem = oddFactProblem(commonFacts.endpoint, '/v1/embeddings', span, { ...first, value: 'a' });
    assert.match(problem?.message ?? '', /one endpoint; line 4 names "a" and this line "\/v1\/embeddings"/);
    assert.deepEqual([problem?.code, problem?.severity], ['mixed-endpoints', 'error']);
    assert.equal(problem?.related?.[0]?.line, 3);
  });

  it('tell of requests over several lines', () => {
    const plain = spreadProblem({ lines: 4, breaksText: false }, span);
    assert.deepEqual([plain?.lines, plain?.severity], [4, 'error']);
    assert.match(plain?.message ?? '', /spread over 4 lines/);
    assert.match(spreadProblem({ lines: 2, breaksText: true }, span)?.message ?? '', /breaks as \\n/);
  });

  it('tell of sizes', () => {
    assert.equal(sizeProblem(maxInlineBytes), undefined);
    assert.equal(sizeProblem(maxInlineBytes + 1)?.code, 'file-not-inline');
    assert.equal(sizeProblem(maxFileBytes)?.severity, 'information');
    const tooLarge = sizeProblem(maxFileBytes * 1.5);
    assert.equal(tooLarge?.severity, 'error');
    assert.match(tooLarge.message, /3\.00 GB; the service takes 2 GB/);
  });

  it('tell of layouts and encodings', () => {
    const array = '  [{"key":"a"}]';
    assert.equal(detectLayout(array), 'array');
    assert.deepEqual(layoutProblem('array', array)?.start, 2);
    const pretty = layoutProblem('pretty', '  {  ');
    assert.deepEqual([pretty?.start, pretty?.end], [2, 3]);
    assert.match(encodingProblem('UTF-16')?.message ?? '', /The file is UTF-16/);
  });

  it('heed the settings', () => {
    const off = Object.fromEntries(ruleCodes.map((code) => [code, 'off' as const]));
    assert.equal(duplicateKeyProblem('a', span, first, off), undefined);
    assert.equal(oddFactProblem(commonFacts.model, 'b', span, { ...first, value: 'a' }, off), undefined);
    assert.equal(spreadProblem({ lines: 2, breaksText: false }, span, off), undefined);
    assert.equal(sizeProblem(maxFileBytes + 1, off), undefined);
    assert.equal(sizeProblem(maxInlineBytes + 1, off), undefined);
    assert.equal(layoutProblem('pretty', '{', off), undefined);
    assert.equal(encodingProblem('UTF-16', off), undefined);
    assert.equal(encodingProblem('UTF-16', { 'file-encoding': 'hint' })?.severity, 'hint');
  });

  it('are described', () => {
    for (const code of ruleCodes) {
      assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(rules[code].summary, /^\S.*\.$/);
    }
  });
});

describe('variantOfKey', () => {
  for (const [key, variant] of [
    ['twice', 'twice-2'],
    ['r-1', 'r-2'],
    ['page1.png', 'page2.png'],
  ] as const) {
    it(`${variant} for ${key}`, () => assert.equal(variantOfKey(key), variant));
  }
});

describe('nextKey', () => {
  const cases: [keys: string[], next: string][] = [
    [[], 'request-1'],
    [['request-1', 'request-16'], 'request-17'],
    [['r007'], 'r008'],
    [['r099', 'r100'], 'r101'],
    [['a'], 'request-1'],
    [['r-4', 'a'], 'r-5'],
    [['2026-01-31.json'], '2026-01-32.json'],
    [['x-9', 'x-3'], 'x-10'],
    [['x-1', 'y-5', 'y-6'], 'y-7'],
    [['id-123456789012345678901234567890'], 'id-123456789012345678901234567891'],
  ];
  for (const [keys, next] of cases) {
    it(`${next} after ${keys.join(', ')}`, () => assert.equal(nextKey(keys), next));
  }
});
