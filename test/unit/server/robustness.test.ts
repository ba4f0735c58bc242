import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Position, Range, SelectionRange } from 'vscode-languageserver';
import { createLanguageService } from '../../../src/server/languageService';
import { systemTurns as turns } from '../../../src/server/turns';

const good = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;
const uri = 'file:///robust.jsonl';

/** Text as people and programs make it: requests, pieces of them, and anything at all. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        good('a'),
        good('b'),
        '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[]}}',
        '{"key":"c","request":{"generationConfig":{"responseSchema":{"type":"OBJECT","properties":{"a":{}}}}}}',
        '{"key":"d","request":{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBORw=="}}]}]}}',
        '{"contents":[{"parts":[{"text":"x"}]}]}',
        '{"key":"e","response":{"candidates":[]}}',
        '[',
        ']',
        '{"key":"',
        '\\u00',
        "{'key': 'x', request: {}}",
        '{"key":"f","request":{"contents":',
        '{'.repeat(500),
      ),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.json({ maxDepth: 3 }),
    ),
    { maxLength: 8 },
  )
  .chain((pieces) => fc.constantFrom('\n', '\r\n', '').map((separator) => pieces.join(separator)));

const position = fc.record({
  line: fc.oneof(fc.nat(12), fc.constantFrom(-1, 1e9, Number.NaN)),
  character: fc.oneof(fc.nat(120), fc.constantFrom(-1, 1e9, 0.5)),
});
const change = fc.record({ start: position, end: position, text });

describe('the language service, whatever is typed', () => {
  it('never throws, and never points outside of the document', async () => {
    const service = createLanguageService({ turns, onProblems: () => undefined, onState: () => undefined });
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(change, { maxLength: 4 }),
        position,
        position,
        async (start, changes, at, to) => {
          service.documents.open(uri, 'jsonl', 1, start);
          changes.forEach((edit, index) => {
            service.documents.change(
              uri,
              [{ range: { start: edit.start, end: edit.end }, text: edit.text }],
              index + 2,
            );
          });
          const ranges = await everyRange(service, at, { start: at, end: to });
          const { document } = service.documents.get(uri)!;
          for (const { start: from, end } of ranges) {
            assert.deepEqual(document.clamp(from), from);
            assert.deepEqual(document.clamp(end), end);
          }
          service.documents.close(uri);
        },
      ),
      { numRuns: 200 },
    );
    service.dispose();
  });
});

/** Asks everything that an editor can ask. */
async function everyRange(
  service: ReturnType<typeof createLanguageService>,
  at: Position,
  range: Range,
): Promise<Range[]> {
  const ranges: Range[] = [];
  const diagnostics = await service.diagnostics(uri);
  ranges.push(...diagnostics.map((diagnostic) => diagnostic.range));
  const hover = service.hover(uri, at, { mediaLinks: true });
  if (hover?.range !== undefined) ranges.push(hover.range);
  for (const { textEdit } of service.completions(uri, at, { snippets: true })) {
    if (textEdit !== undefined && 'range' in textEdit) ranges.push(textEdit.range);
  }
  for (const { edit } of await service.codeActions(uri, range, { diagnostics }, 'inline')) {
    ranges.push(...(edit?.changes?.[uri] ?? []).map((change) => change.range));
  }
  for (const symbol of await service.symbols(uri)) ranges.push(symbol.range, symbol.selectionRange);
  service.foldingRanges(uri);
  for (const selection of service.selectionRanges(uri, [at])) {
    for (let outer: SelectionRange | undefined = selection; outer !== undefined; outer = outer.parent) {
      ranges.push(outer.range);
    }
  }
  const edits = await service.format(uri, { tabSize: 2, insertSpaces: true }, range);
  ranges.push(...edits.map((edit) => edit.range));
  const key = service.keyAt(uri, at);
  if (key !== undefined) ranges.push(key.range);
  await service.convertLines({ uri, to: 'openai', model: 'm' });
  return ranges;
}
