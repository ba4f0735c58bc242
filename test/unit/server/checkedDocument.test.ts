import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CheckedDocument } from '../../../src/server/checkedDocument';
import { diagnosticsOf } from '../../../src/server/diagnostics';
import { LineDocument } from '../../../src/server/lineDocument';

const never = () => false;

function open(text: string, uri = 'file:///a.jsonl'): CheckedDocument {
  return new CheckedDocument(new LineDocument(uri, 'jsonl', 1, text));
}

function checked(text: string): CheckedDocument {
  const document = open(text);
  document.checkSome(never);
  return document;
}

function edit(document: CheckedDocument, line: number, start: number, end: number, text: string): void {
  document.edited(
    document.document.apply(
      [{ range: { start: { line, character: start }, end: { line, character: end } }, text }],
      document.document.version + 1,
    ),
  );
}

const good = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;
const openAi = (key: string, model: string) =>
  `{"custom_id":"${key}","method":"POST","url":"/v1/chat/completions","body":{"model":"${model}","messages":[{"role":"user","content":"Hi"}]}}`;

/** The same as {@link good}, over several lines. */
const spread = (key: string) => JSON.stringify(JSON.parse(good(key)), null, 1);

function codes(document: CheckedDocument): string[] {
  return document.problems(1000).problems.map(({ unit, problem }) => `${unit}:${problem.code}`);
}

describe('CheckedDocument', () => {
  const silent = [
    ['nothing', ''],
    ['other JSON Lines', '{"id":1,"name":"a"}\n{"id":2,"name":"b"}\nnonsense'],
    ['results', '{"key":"a","response":{"candidates":[]}}\n{"key":"b","error":{"code":3}}'],
  ] as const;
  for (const [name, text] of silent) {
    it(`says nothing about ${name}`, () => {
      const document = checked(text);
      assert.deepEqual(codes(document), []);
      assert.equal(document.isComplete, true);
      assert.equal(document.context, undefined);
    });
  }

  it('counts rows, tokens and errors', () => {
    const document = checked([good('a'), '', good('b'), '{"key":"c"}'].join('\n'));
    const { rows, tokens, errors } = document.totals;
    assert.deepEqual({ rows, errors }, { rows: 3, errors: 1 });
    assert.ok(tokens >= 2);
  });

  it('finds the same key on two lines, and lets go when one changes', () => {
    const document = checked([good('a'), good('b'), good('a'), good('a')].join('\n'));
    assert.deepEqual(codes(document), ['2:duplicate-key', '3:duplicate-key']);
    const [first] = document.problems(10).problems;
    assert.equal(first!.problem.start, 7);
    assert.equal(first!.problem.related![0]!.line, 0);
    assert.deepEqual(document.problemsOn(2), [first!.problem]);
    edit(document, 0, 8, 9, 'z');
    assert.deepEqual(codes(document), ['3:duplicate-key']);
    edit(document, 3, 8, 9, 'y');
    assert.deepEqual(codes(document), []);
    assert.deepEqual(document.linesWithKey('a'), [2]);
  });

  it('finds several models in one file', () => {
    const document = checked([openAi('a', 'm1'), openAi('b', 'm1'), openAi('c', 'm2')].join('\n'));
    assert.deepEqual(codes(document), ['2:mixed-models']);
    assert.deepEqual(
      document.problemsOn(2).map(({ code }) => code),
      ['mixed-models'],
    );
    assert.deepEqual(document.problemsOn(1), []);
  });

  it('finds several endpoints in one file', () => {
    const embed = openAi('c', 'm1').replace('/chat/completions', '/embeddings');
    const document = checked([openAi('a', 'm1'), openAi('b', 'm1'), embed].join('\n'));
    const odd = document.problemsOn(2).filter(({ code }) => code === 'mixed-endpoints');
    assert.equal(odd.length, 1);
    assert.equal(document.document.line(2).slice(odd[0]!.start, odd[0]!.end), '"/v1/embeddings"');
    assert.equal(odd[0]!.related![0]!.line, 0);
    const others = document.problemsOn(2).length - 1;
    assert.equal(document.totals.errors, 1 + others);
    document.configure({ rules: { 'mixed-endpoints': 'off' } });
    document.checkSome(never);
    assert.ok(!codes(document).includes('2:mixed-endpoints'));
  });

  describe('of an object over several lines in the middle of a file', () => {
    const lines = () => [good('a'), spread('b'), good('c').replace('"parts"', '"prts"'), good('d')];

    it('tells once, over all of its lines, and checks the rest', () => {
      const document = checked(lines().join('\n'));
      const diagnostics = diagnosticsOf(document);
      const last = spread('b').split('\n').length;
      assert.deepEqual(
        diagnostics.map(({ code, range }) => [code, range.start.line, range.end.line]),
        [
          ['object-over-lines', 1, last],
          ['unknown-field', last + 1, last + 1],
          ['empty-parts', last + 1, last + 1],
        ].slice(0, diagnostics.length),
      );
      assert.equal(document.totals.errors, diagnostics.length);
      assert.equal(document.totals.rows, 4);
      assert.deepEqual(document.problemsOn(3), document.problemsOn(1));
    });

    it('lets go when it is joined, and finds it again when it is broken up', () => {
      const document = checked([good('a'), '{"key":"b",', good('b').slice(11), good('c')].join('\n'));
      assert.deepEqual(codes(document), ['1:object-over-lines']);
      const { version } = document.document;
      const range = { start: { line: 1, character: 11 }, end: { line: 2, character: 0 } };
      document.edited(document.document.apply([{ range, text: '' }], version + 1));
      assert.deepEqual(codes(document), []);
      edit(document, 1, 11, 11, '\n');
      assert.deepEqual(codes(document), ['1:object-over-lines']);
    });

    it('tells of a text with line breaks', () => {
      const document = checked([good('a'), good('b').replace('Hi', 'One\n\ntwo'), good('c')].join('\n'));
      assert.deepEqual(codes(document), ['1:object-over-lines']);
      assert.match(document.problemsOn(1)[0]!.message, /text with line breaks/);
    });

    it('does not take lines that are cut off for one', () => {
      const cut = (at: number) => [good('a').slice(0, at), good('b'), good('c')].join('\n');
      for (let at = 1; at < good('a').length; at += 1) {
        const document = checked(cut(at));
        assert.ok(!codes(document).some((code) => code.endsWith('over-lines')), cut(at));
      }
    });

    it('keeps silent where the rule is off', () => {
      const document = checked(lines().slice(0, 2).join('\n'));
      document.configure({ rules: { 'object-over-lines': 'off' } });
      document.checkSome(never);
      assert.deepEqual(codes(document), []);
      assert.equal(document.totals.errors, 0);
    });

    it('does not forget what the file is, however long the object', () => {
      const text = (key: string) => `{"text":"${key}"}`;
      const parts = Array.from({ length: 120 }, (_, index) => text(`${index}`)).join(',\n');
      const long = `{"key":"b","request":{"contents":[{"parts":[\n${parts}\n]}]}}`;
      const document = checked([good('a'), long, good('c')].join('\n'));
      assert.equal(document.kind, 'gemini');
      assert.deepEqual(codes(document), ['1:object-over-lines']);
    });
  });

  it('takes rules into account', () => {
    const document = checked([good('a'), good('a')].join('\n'));
    assert.equal(document.totals.errors, 1);
    document.configure({ rules: { 'duplicate-key': 'off' } });
    document.checkSome(never);
    assert.deepEqual(codes(document), []);
    assert.equal(document.totals.errors, 0);
  });

  it('takes a person’s word on what a file is', () => {
    const document = checked('{"prompt":"a"}');
    assert.equal(document.kind, 'none');
    document.configure({ kind: 'gemini' });
    document.checkSome(never);
    assert.ok(codes(document).some((code) => code.includes('missing-key')));
  });

  it('reports a list and a pretty-printed file once, and no lines', () => {
    const row = JSON.parse(good('a')) as unknown;
    assert.deepEqual(codes(checked(JSON.stringify([row, row], null, 1))), ['0:file-array']);
    assert.deepEqual(codes(checked(JSON.stringify(row, null, 2))), ['0:file-pretty-printed']);
  });

  it('counts a layout that is wrong as the one error it is', () => {
    const pretty = checked(`[\n  ${good('a')},\n  ${good('b')}\n]`);
    assert.deepEqual(pretty.totals, { rows: 0, tokens: 0, errors: 1 });
  });

  it('checks what is on the screen first', () => {
    const document = open(Array.from({ length: 50 }, () => '{"key":1,"request":{}}').join('\n'));
    let asked = 0;
    document.checkSome(() => (asked += 1) >= 5, { start: 20, end: 25 });
    assert.deepEqual(
      [...new Set(document.problems(1000).problems.map(({ unit }) => unit))],
      [20, 21, 22, 23, 24],
    );
    assert.equal(document.isComplete, false);
    document.checkSome(never);
    assert.equal(document.isComplete, true);
  });

  it('starts over when an edit changes what the file is', () => {
    const document = checked('{"a":1}');
    edit(document, 0, 0, 7, '{"key":"a","request":{}}');
    assert.equal(document.kind, 'gemini');
    document.checkSome(never);
    assert.ok(codes(document).length > 0);
  });

  it('shows the grave ones first when not all have room, and says how many are left out', () => {
    const warned = '{"key":"K","request":{"contents":[{"parts":[{"text":"Hi"}]}]},"config":{}}';
    const lines = Array.from({ length: 30 }, (_, index) => warned.replace('K', `k${index}`));
    lines.push('{"key":"last"}');
    const document = checked(lines.join('\n'));
    const total = codes(document).length;
    const shown = diagnosticsOf(document, 10);
    assert.equal(shown.length, 10);
    assert.match(shown[0]!.message as string, new RegExp(`^${total - 9} more problems`));
    assert.equal(shown.at(-1)!.range.start.line, 30);
  });

  it('treats a document that is a single request as one', () => {
    const text = JSON.stringify(
      JSON.parse('{"key":"a","request":{"contents":[{"parts":[{"tekst":"Hi"}]}]}}'),
      null,
      2,
    );
    const document = open(text, 'batchwright-request:/a.json');
    document.checkSome(never);
    const [diagnostic] = diagnosticsOf(document);
    assert.equal(diagnostic!.code, 'unknown-field');
    assert.equal(text.split('\n')[diagnostic!.range.start.line]!.trim(), '"tekst": "Hi"');
    edit(document, 7, 13, 18, 'text');
    document.checkSome(never);
    assert.deepEqual(
      diagnosticsOf(document).map(({ code }) => code),
      [],
    );
  });

  describe('after any edits', () => {
    const piece = fc.constantFrom(
      good('a'),
      good('b'),
      good('request-1'),
      openAi('a', 'm1'),
      openAi('b', 'm2'),
      '{"key":"a"',
      '{"key":"a","request":{}}',
      '{"key":"c","response":{}}',
      'not json',
      '',
      '\n',
      '\r\n',
      '"',
      '{',
      '}',
      ',',
      'é😀',
      '[',
      '{"id":1}',
      spread('a'),
      '{"key":"a",',
      '"request":{"contents":[',
      '{"parts":[{"text":"Hi',
      'there"}]}]}}',
      openAi('d', 'm1').replace('/chat/completions', '/embeddings'),
    );
    const change = fc.record({
      a: fc.nat(12),
      b: fc.nat(100),
      c: fc.nat(12),
      d: fc.nat(100),
      text: fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('\n')),
      checks: fc.nat(6),
    });

    it('knows the same as a document opened with the same text', () => {
      fc.assert(
        fc.property(
          fc.array(piece, { maxLength: 8 }),
          fc.array(change, { maxLength: 6 }),
          (start, changes) => {
            const document = open(start.join('\n'));
            for (const { a, b, c, d, text, checks } of changes) {
              let left = checks;
              if (left > 0) document.checkSome(() => (left -= 1) <= 0);
              const range = { start: { line: a, character: b }, end: { line: c, character: d } };
              const more = {
                range: { start: { line: b % 5, character: a }, end: { line: b % 5, character: a } },
                text,
              };
              const { version } = document.document;
              document.edited(
                document.document.apply(
                  checks % 2 === 0 ? [{ range, text }] : [{ range, text }, more],
                  version + 1,
                ),
              );
            }
            document.checkSome(never);
            const fresh = checked(document.document.getText());
            assert.deepEqual(diagnosticsOf(document), diagnosticsOf(fresh));
            assert.deepEqual(document.totals, fresh.totals);
            assert.equal(document.kind, fresh.kind);
            assert.deepEqual(document.linesWithKey('a'), fresh.linesWithKey('a'));
            assert.equal(document.isComplete, true);
          },
        ),
        { numRuns: 300 },
      );
    });

    it('never puts a range outside of the document', () => {
      const text = fc.string({ unit: 'binary', maxLength: 200 });
      fc.assert(
        fc.property(fc.array(fc.oneof(piece, text), { maxLength: 8 }), (lines) => {
          const document = checked(lines.join('\n'));
          for (const { range } of diagnosticsOf(document)) {
            assert.deepEqual(document.document.clamp(range.start), range.start);
            assert.deepEqual(document.document.clamp(range.end), range.end);
          }
        }),
      );
    });
  });
});
