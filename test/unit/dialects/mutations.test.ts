import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import {
  applyEdits,
  checkLine,
  fixesFor,
  fixLine,
  type FixContext,
  type Problem,
} from '../../../src/dialects';
import { seed } from './arbitraries';
import { kindsOfMistakes, mistake, type Mistake } from './mutations';

const context: FixContext = { kind: 'gemini', newKey: () => 'new' };

function graveIn(line: string): Problem[] {
  return checkLine(line, context).problems.filter(
    ({ severity }) => severity === 'error' || severity === 'warning',
  );
}

/** The stretch that a mistake's place stands for. */
function stretch({ line, path, at }: Mistake): { start: number; end: number } {
  const root = parseTree(line);
  const node = root && findNodeAtLocation(root, [...path]);
  assert.ok(node, line);
  const name = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  const span = ({ offset, length }: Node) => ({ start: offset, end: offset + length });
  if (at === 'value') return span(node);
  return name === undefined ? { start: node.offset, end: node.offset + 1 } : span(name);
}

describe('one mistake in a line', () => {
  for (const [kind, isRestored] of kindsOfMistakes) {
    it(`is found where it is, and only there: ${kind}`, () => {
      fc.assert(
        fc.property(seed, (number) => {
          const made = mistake(kind, number);
          if (made === undefined) return;
          const [problem, ...more] = graveIn(made.line);
          assert.deepEqual(more, [], made.line);
          assert.ok(
            problem !== undefined && made.codes.includes(problem.code),
            `${problem?.code}: ${made.line}`,
          );
          assert.deepEqual({ start: problem.start, end: problem.end }, stretch(made), made.line);
        }),
        { numRuns: 150 },
      );
    });

    it(`goes away with its fix, and nothing comes instead: ${kind}`, () => {
      fc.assert(
        fc.property(seed, (number) => {
          const made = mistake(kind, number);
          const [problem] = made === undefined ? [] : graveIn(made.line);
          if (made === undefined || problem === undefined) return;
          const fixes = fixesFor(made.line, problem, context);
          for (const { edits } of fixes) {
            assert.equal(edits.length, 1);
            const fixed = applyEdits(made.line, edits);
            assert.deepEqual(graveIn(fixed), [], `${made.line} -> ${fixed}`);
          }
          const all = fixLine(made.line, context);
          assert.equal(fixLine(all, context), all);
          if (!isRestored) return;
          assert.notEqual(fixes.length, 0, `no fix for ${made.line}`);
          assert.deepEqual(JSON.parse(all), made.original);
        }),
        { numRuns: 150 },
      );
    });
  }
});
