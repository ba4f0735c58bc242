import { LineChecker } from '../checkLine';
import { placeName } from '../issue';
import { tryParse } from '../json';
import { treeOf } from '../locate';
import type { FixContext, LineFix, Mend, Problem, TextEdit } from '../problem';
import { propertyCount } from '../structure';
import { mendEdits } from './mends';
import { applyEdits } from './textEdits';

/**
 * The ways to mend a problem of a line, the obvious one first; none where there is no obvious one, or where it cannot be done
 * without taking something away. Edits refer to `text`, the line that the problem was found in.
 */
export function fixesFor(text: string, problem: Problem, context: FixContext): readonly LineFix[] {
  const { mend } = problem;
  if (mend === undefined) return [];
  const edits = editsFor(text, problem, mend, context);
  return edits === undefined || edits.length === 0
    ? []
    : [{ title: titleOf(mend, problem), preferred: isAutomatic(problem), edits }];
}

function editsFor(
  text: string,
  problem: Problem,
  mend: Mend,
  context: FixContext,
): readonly TextEdit[] | undefined {
  if (mend.kind === 'text') return mend.edits;
  const value = tryParse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (value === undefined || propertyCount(value) === -1) return undefined;
  return mendEdits(mend, { text, root: treeOf(text), path: problem.path ?? [], context });
}

/** Hints are taste; only what is wrong is mended without a look at it. */
function isAutomatic({ severity }: Problem): boolean {
  return severity === 'error' || severity === 'warning';
}

/** More steps than this mean that mends undo each other, which a test rules out. */
const mostSteps = 100;

/**
 * Mends all that is wrong with a line and has one obvious way, until nothing of that kind is left. A line without errors and
 * warnings comes back as it is, and no line comes back with more errors than it had.
 */
export function fixLine(text: string, context: FixContext): string {
  const checker = new LineChecker(context);
  let current = settle(text, checker, context);
  for (let step = 0; step < mostSteps; step += 1) {
    const next = mendWarning(current, checker, context);
    if (next === undefined) break;
    current = next;
  }
  return current;
}

/** Mends errors until none is left that can be. */
function settle(text: string, checker: LineChecker, context: FixContext): string {
  let current = text;
  for (let step = 0; step < mostSteps; step += 1) {
    const { problems } = checker.check(current);
    const errors = problems.filter(({ severity }) => severity === 'error');
    const next = mendText(current, errors) ?? mendFirst(current, errors, context);
    if (next === undefined) break;
    current = next;
  }
  return current;
}

/**
 * Mends the first warning that can be without making an error: what the service ignored may turn out to be wrong once it is
 * where it is read.
 */
function mendWarning(text: string, checker: LineChecker, context: FixContext): string | undefined {
  const errorsIn = (line: string) =>
    checker.check(line).problems.filter(({ severity }) => severity === 'error').length;
  const { problems } = checker.check(text);
  for (const problem of problems) {
    if (problem.severity !== 'warning') continue;
    const mended = mendFirst(text, [problem], context);
    if (mended === undefined) continue;
    const settled = settle(mended, checker, context);
    if (settled !== text && errorsIn(settled) <= errorsIn(text)) return settled;
  }
  return undefined;
}

/** Applies the mends of a text that is no JSON, all at once. */
function mendText(text: string, problems: readonly Problem[]): string | undefined {
  const edits: TextEdit[] = [];
  for (const { mend } of problems) {
    // What splits a line is for the file, not for the line.
    if (mend?.kind !== 'text' || mend.edits.some(({ newText }) => newText.includes('\n'))) continue;
    if (mend.edits.every((edit) => edits.every((other) => apart(edit, other)))) edits.push(...mend.edits);
  }
  return edits.length === 0 ? undefined : applyEdits(text, edits);
}

/** Applies the first mend that can be done; the next ones are found anew, since everything may have moved. */
function mendFirst(text: string, problems: readonly Problem[], context: FixContext): string | undefined {
  for (const problem of problems) {
    const [fix] = fixesFor(text, problem, context);
    const isSplit = fix?.edits.some(({ newText }) => newText.includes('\n')) === true;
    if (fix === undefined || isSplit) continue;
    const mended = applyEdits(text, fix.edits);
    if (mended !== text) return mended;
  }
  return undefined;
}

function apart(a: TextEdit, b: TextEdit): boolean {
  return a.end < b.start || b.end < a.start || (a.end === b.start) !== (a.start === b.end);
}

function titleOf(mend: Mend, problem: Problem): string {
  const name = problem.path?.at(-1);
  const quoted = typeof name === 'string' ? `"${name}"` : 'it';
  switch (mend.kind) {
    case 'rename':
      return `Rename to "${mend.name}"`;
    case 'move':
      return mend.to.length === 0
        ? `Move ${quoted} to the request`
        : `Move ${quoted} to ${placeName(mend.to)}`;
    case 'hoist':
      return 'Move its fields to where they belong';
    case 'remove':
      return mend.at === undefined && typeof name === 'string' ? `Remove ${quoted}` : 'Remove the part';
    case 'insert':
      return `Add "${mend.name}": ${mend.json}`;
    case 'unwrap':
      return 'Take it out of its list';
    case 'wrapLine':
      return 'Wrap in key and request';
    case 'newKey':
      return 'Give the line a key of its own';
    case 'systemTurn':
      return 'Move to systemInstruction';
    case 'splitPart':
      return 'Make two parts of it';
    case 'dataUri':
      return 'Strip the data URI prefix';
    default:
      return mend.title;
  }
}
