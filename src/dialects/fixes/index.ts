import { mostIssues } from '../lint';
import type { FixContext, LineFix, Mend, Problem } from '../problem';
import { isGrave, menderFor, splitsLine, type Mended, type Mender } from './mender';
import { shortestEdit } from './textEdits';
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
  const mender = menderFor(context);
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
  const mender = menderFor(context);
  let current: Mended = { text, problems: mender.problemsIn(text) };
  for (let step = 0; step < mostSteps; step += 1) {
    const next = mendAllText(mender, current) ?? mendAllLocal(mender, current) ?? mendFirst(mender, current);
    if (next === undefined) break;
    current = next;
  }
  return current.text;
}

/** Mends what stands in the text itself, which comes before all that the text means, all at once. */
function mendAllText(mender: Mender, before: Mended): Mended | undefined {
  return mender.mendTogether(
    before,
    before.problems.filter(
      ({ mend, severity }) =>
        mend?.kind === 'text' && mend.careful !== true && severity === 'error' && !splitsLine(mend),
    ),
  );
}

/** Mends that change nothing but the place that is wrong. */
const local: ReadonlySet<Mend['kind']> = new Set<Mend['kind']>(['replace', 'wrap', 'unwrap', 'remove']);

/** Makes many small mends at once, where all of them come out even: a generated line has the same mistake in many places. */
function mendAllLocal(mender: Mender, before: Mended): Mended | undefined {
  const wanted = before.problems.filter(
    (problem) =>
      isGrave(problem) &&
      problem.mend !== undefined &&
      local.has(problem.mend.kind) &&
      problem.mend.careful !== true &&
      !('at' in problem.mend),
  );
  const mended = wanted.length < 2 ? undefined : mender.mendTogether(before, wanted);
  if (mended === undefined) return undefined;
  const isEven =
    before.problems.length >= mostIssues
      ? mended.text !== before.text
      : mended.problems.length <= before.problems.length - wanted.length;
  return isEven ? mended : undefined;
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
