import { LineChecker } from '../checkLine';
import { tryParse } from '../json';
import { mostIssues } from '../lint';
import { nodeAt, treeOf } from '../locate';
import type { FixContext, Mend, PathSegment, Problem, TextEdit } from '../problem';
import type { RuleCode } from '../rules';
import { propertyCount } from '../structure';
import { mendEdits } from './mends';
import { applyEdits, textOf } from './textEdits';

/** A line and what is wrong with it. */
export interface Mended {
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** What one mend brings to light may need others, but not many. */
const mostFollowing = 40;

/** These have their value read for the first time, so what is wrong inside of it only shows then. */
const revealing: ReadonlySet<Mend['kind']> = new Set<Mend['kind']>([
  'rename',
  'move',
  'moveIntoList',
  'hoist',
  'unnest',
  'unwrap',
  'wrap',
  'wrapLine',
  'convert',
]);

/** Rules on fields that do not go together: to say so is right as soon as both are where they belong. */
const betweenFields: ReadonlySet<RuleCode> = new Set<RuleCode>([
  'cached-content',
  'exclusive-fields',
  'thinking-twice',
  'logprobs',
  'schema-mime-type',
  'schema-required',
  'schema-ordering',
  'schema-items',
  'schema-properties',
  'schema-enum',
  'low-output-tokens',
]);

/** The mender for lines that are checked like this, the same as long as the context is. */
export function menderFor(context: FixContext): Mender {
  let mender = menders.get(context);
  if (mender === undefined) {
    mender = new Mender(context);
    menders.set(context, mender);
  }
  return mender;
}
const menders = new WeakMap<FixContext, Mender>();

/** Makes mends, and vouches for them: a mend takes its problem away and makes nothing else wrong. */
export class Mender {
  private readonly checker: LineChecker;

  constructor(private readonly context: FixContext) {
    this.checker = new LineChecker(context, true);
  }

  problemsIn(text: string): readonly Problem[] {
    return this.checker.check(text).problems;
  }

  /**
   * The line without the problem, and without what mending it brought to light and has an obvious mend of its own. Undefined
   * when the mend cannot be made here, or would make something wrong that was not.
   */
  mend(before: Mended, problem: Problem): Mended | undefined {
    const first = this.edited(before.text, problem);
    if (first === undefined) return undefined;
    // A text that is no JSON yet shows what it holds only when the last of its faults is gone.
    if (problem.path === undefined) return first;
    // Where not all that is wrong is listed, what is listed next has not come from the mend.
    if (before.problems.length >= mostIssues) return first;
    const known = graveIn(before, problem);
    let current = first;
    for (let step = 0; step < mostFollowing; step += 1) {
      const fresh = freshIn(current, known);
      const next = fresh.map((other) => this.followed(current, other)).find((mended) => mended !== undefined);
      if (next === undefined) return this.isFair(current, fresh, before, problem) ? current : undefined;
      current = next;
    }
    return undefined;
  }

  /** The line with several problems mended at once; undefined where their mends touch each other or do not come out even. */
  mendTogether(before: Mended, problems: readonly Problem[]): Mended | undefined {
    const edits: TextEdit[] = [];
    let mended = 0;
    for (const problem of problems) {
      const own = this.editsFor(before.text, problem) ?? [];
      if (!own.every((edit) => edits.every((other) => isApart(edit, other)))) continue;
      edits.push(...own);
      if (own.length > 0) mended += 1;
    }
    if (mended === 0) return undefined;
    const text = applyEdits(before.text, edits);
    return { text, problems: this.problemsIn(text) };
  }

  private followed(current: Mended, problem: Problem): Mended | undefined {
    const next = problem.mend?.careful === true ? undefined : this.edited(current.text, problem);
    return next?.text === current.text ? undefined : next;
  }

  /** Whether all that is wrong now and was not before had only been out of sight. */
  private isFair(current: Mended, fresh: readonly Problem[], before: Mended, problem: Problem): boolean {
    if (fresh.length === 0) return true;
    if (problem.mend === undefined || !revealing.has(problem.mend.kind)) return false;
    const subject = subjectText(before.text, problem.path ?? []);
    return fresh.every(({ code, start, end }) => {
      const found = current.text.slice(start, end);
      return betweenFields.has(code) || (subject.includes(found) && subject !== `[${found}]`);
    });
  }

  private edited(text: string, problem: Problem): Mended | undefined {
    const edits = this.editsFor(text, problem);
    if (edits === undefined || edits.length === 0) return undefined;
    const mended = applyEdits(text, edits);
    return { text: mended, problems: this.problemsIn(mended) };
  }

  private editsFor(text: string, { mend, path = [] }: Problem): readonly TextEdit[] | undefined {
    if (mend === undefined || mend.kind === 'text') return mend?.edits;
    const value = tryParse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    if (value === undefined || propertyCount(value) === -1) return undefined;
    return mendEdits(mend, { text, root: treeOf(text), path, context: this.context });
  }
}

/** The text of the property or element at a path: what was not read before it was mended. */
function subjectText(text: string, path: readonly PathSegment[]): string {
  const root = treeOf(text);
  const node = path.length === 0 ? root : nodeAt(root, path);
  return node === undefined ? '' : textOf(text, node.type === 'array' ? node : (node.parent ?? node));
}

/** Whether two edits can be made in one go, whichever comes first. */
function isApart(a: TextEdit, b: TextEdit): boolean {
  return a.end < b.start || b.end < a.start || (a.end === b.start) !== (a.start === b.end);
}

/** Hints are taste; only what is wrong is mended without a look at it. */
export function isGrave({ severity }: Problem): boolean {
  return severity === 'error' || severity === 'warning';
}

/** Whether a mend makes two lines of one, which is for the file and not for the line. */
export function splitsLine(mend: Mend): boolean {
  return mend.kind === 'text' && mend.edits.some(({ newText }) => newText.includes('\n'));
}

/** All but one of the problems by what they are about, which stays the same while they move: code and text -> how many. */
function graveIn({ text, problems }: Mended, without: Problem): Map<string, number> {
  const counts = new Map<string, number>();
  for (const problem of problems) {
    if (!isGrave(problem) || problem === without || isSame(problem, without)) continue;
    const subject = subjectOf(problem, text);
    counts.set(subject, (counts.get(subject) ?? 0) + 1);
  }
  return counts;
}

function freshIn({ text, problems }: Mended, known: ReadonlyMap<string, number>): Problem[] {
  const left = new Map(known);
  return problems.filter(isGrave).filter((problem) => {
    const subject = subjectOf(problem, text);
    const count = left.get(subject) ?? 0;
    if (count > 0) left.set(subject, count - 1);
    return count === 0;
  });
}

function subjectOf({ code, start, end }: Problem, text: string): string {
  return `${code} ${text.slice(start, Math.min(end, start + 200))}`;
}

/** Whether two checks of one text found the same, in whatever words. */
function isSame(a: Problem, b: Problem): boolean {
  return a.code === b.code && a.start === b.start && a.end === b.end && a.path?.join() === b.path?.join();
}
