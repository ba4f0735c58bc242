import {
  applyEdits,
  duplicateKeyProblem,
  fixesFor,
  fixLine,
  LineChecker,
  locateKey,
  variantOfKey,
  type CheckContext,
  type FixContext,
  type Problem,
  type RuleCode,
} from '../dialects';
import { isJson } from '../util/jsonText';
import { KeyMaker } from './keyMaker';

/** A line may come apart into so many; a slip, not a file. */
const mostPieces = 1000;
/** Each step mends one problem of a line. */
const mostSteps = 100;

/**
 * Mends the lines of a file one after the other, in order: what a line becomes depends on the keys that the lines before it
 * have, and on those that stand further on.
 */
export class FileFixer {
  /** Keys of the lines that were passed, as they are now. */
  private readonly seen = new Set<string>();
  private readonly isFree: (key: string) => boolean;
  /** The key of the line at hand, where it is to get another because of it. */
  private repeated: string | undefined;
  /** For keys that several lines have. */
  private readonly variants = new Map<string, KeyMaker>();
  private readonly checker: LineChecker;
  private readonly context: FixContext;

  /**
   * @param isTaken whether a line of the file, as it was, has this key
   * @param newKey the first key for a line that needs one
   */
  constructor(
    private readonly check: CheckContext,
    isTaken: (key: string) => boolean,
    newKey: string,
  ) {
    this.isFree = (key) => !isTaken(key) && !this.seen.has(key);
    const keys = new KeyMaker((key) => !this.isFree(key), newKey);
    this.checker = new LineChecker(check);
    this.context = {
      ...check,
      newKey: () => (this.repeated === undefined ? keys.next() : this.variantOf(this.repeated)),
    };
  }

  /** What a line is called whose key another has: after that key, and not after a stranger's. */
  private variantOf(key: string): string {
    const known = this.variants.get(key);
    const maker = known ?? new KeyMaker((other) => !this.isFree(other), variantOfKey(key));
    if (known === undefined) this.variants.set(key, maker);
    return maker.next();
  }

  /** Goes past a line that is in order. */
  pass(key: string | undefined): void {
    if (key !== undefined) this.seen.add(key);
  }

  /** What a line becomes when everything with an obvious mend is mended: usually one line, but two requests come apart. */
  fixAll(text: string): string[] {
    return this.comeApart(text).map((piece) => {
      let fixed = fixLine(piece, this.context);
      const key = locateKey(fixed);
      if (key !== undefined && this.seen.has(key.value)) fixed = this.withNewKey(fixed, key.value);
      this.pass(locateKey(fixed)?.value);
      return fixed;
    });
  }

  /** What a line becomes when every problem of one rule is mended. */
  fixRule(text: string, code: RuleCode): string[] {
    if (code === 'json-two-values') return this.comeApart(text);
    if (code === 'duplicate-key') {
      const key = locateKey(text)?.value;
      const fixed = key !== undefined && this.seen.has(key) ? this.withNewKey(text, key) : text;
      this.pass(locateKey(fixed)?.value);
      return [fixed];
    }
    let fixed = text;
    for (let step = 0; step < mostSteps; step += 1) {
      const mended = this.fixFirst(fixed, code);
      if (mended === fixed) break;
      fixed = mended;
    }
    return [fixed];
  }

  private fixFirst(text: string, code: RuleCode): string {
    for (const problem of this.checker.check(text).problems) {
      if (problem.code !== code) continue;
      const [fix] = fixesFor(text, problem, this.context);
      if (fix !== undefined) return applyEdits(text, fix.edits);
    }
    return text;
  }

  private withNewKey(text: string, key: string): string {
    const nowhere = { start: 0, end: 0 };
    const problem = duplicateKeyProblem(key, nowhere, { line: 0, ...nowhere }, this.check.rules);
    this.repeated = key;
    const [fix] = problem === undefined ? [] : fixesFor(text, problem, this.context);
    this.repeated = undefined;
    return fix === undefined ? text : applyEdits(text, fix.edits);
  }

  /** Puts values that stand on one line on lines of their own. */
  private comeApart(text: string): string[] {
    const done: string[] = [];
    const open = [text];
    for (let piece = open.shift(); piece !== undefined; piece = open.shift()) {
      const mayComeApart = done.length + open.length < mostPieces && !isJson(piece);
      const edits = mayComeApart ? splitEdits(this.checker.check(piece).problems) : undefined;
      if (edits === undefined) done.push(piece);
      else
        open.unshift(
          ...applyEdits(piece, edits)
            .split('\n')
            .filter((part) => part.trim() !== ''),
        );
    }
    return done;
  }
}

function splitEdits(problems: readonly Problem[]) {
  for (const { mend } of problems) {
    if (mend?.kind === 'text' && mend.edits.some(({ newText }) => newText.includes('\n'))) return mend.edits;
  }
  return undefined;
}
