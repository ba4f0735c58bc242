import type { FixContext, LineFix, Problem, TextEdit } from '../problem';
import { Mender, isGrave, splitsLine, type Mended } from './mender';
import { applyEdits, shortestEdit } from './textEdits';
import { titleOf } from './titles';

/**
 * The ways to mend a problem of a line, the obvious one first; none where there is no obvious one, or where it would make
 * something else wrong. Edits refer to `text`, the line that the problem was found in.
 */
export function fixesFor(text: string, problem: Problem, context: FixContext): readonly LineFix[] {
  const { mend } = problem;
  if (mend === undefined) return [];
  const preferred = isGrave(problem) && mend.careful !== true;
  const title = titleOf(mend, problem);
  // A text that is no JSON yet shows what it holds only when the last of its faults is gone.
  if (mend.kind === 'text') return [{ title, preferred, edits: mend.edits }];
  const mender = new Mender(context);
  const mended = mender.mend({ text, problems: mender.problemsIn(text) }, problem);
  return mended === undefined ? [] : [{ title, preferred, edits: shortestEdit(text, mended.text) }];
}

/** More steps than this mean that mends undo each other, which a test rules out. */
const mostSteps = 100;

/**
 * Mends all that is wrong with a line and has one obvious way, until nothing of that kind is left. A line without errors and
 * warnings comes back as it is, and no line comes back with more errors than it had.
 */
export function fixLine(text: string, context: FixContext): string {
  const mender = new Mender(context);
  let current: Mended = { text, problems: mender.problemsIn(text) };
  for (let step = 0; step < mostSteps; step += 1) {
    const next = mendAllText(mender, current) ?? mendFirst(mender, current);
    if (next === undefined) break;
    current = next;
  }
  return current.text;
}

/** Applies the mends of what stands in the text itself, all at once. */
function mendAllText(mender: Mender, { text, problems }: Mended): Mended | undefined {
  const edits: TextEdit[] = [];
  for (const { mend, severity } of problems) {
    if (mend?.kind !== 'text' || mend.careful === true || severity !== 'error' || splitsLine(mend)) continue;
    if (mend.edits.every((edit) => edits.every((other) => apart(edit, other)))) edits.push(...mend.edits);
  }
  if (edits.length === 0) return undefined;
  const mended = applyEdits(text, edits);
  return { text: mended, problems: mender.problemsIn(mended) };
}

/** Makes the first mend that can be made, errors before warnings; what is next is found anew, since everything may have moved. */
function mendFirst(mender: Mender, before: Mended): Mended | undefined {
  const grave = before.problems.filter((problem) => isGrave(problem) && problem.mend?.careful !== true);
  for (const problem of [...grave.filter(isError), ...grave.filter((other) => !isError(other))]) {
    if (problem.mend === undefined || splitsLine(problem.mend)) continue;
    const mended = mender.mend(before, problem);
    if (mended === undefined || mended.text === before.text) continue;
    // What the service ignored may turn out to be wrong once it is where it is read.
    if (isError(problem) || countErrors(mended) <= countErrors(before)) return mended;
  }
  return undefined;
}

function countErrors({ problems }: Mended): number {
  return problems.filter(isError).length;
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

function apart(a: TextEdit, b: TextEdit): boolean {
  return a.end < b.start || b.end < a.start || (a.end === b.start) !== (a.start === b.end);
}
