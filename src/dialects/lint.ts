import type { CompiledMessage } from './compiled';
import type { Issue } from './issue';
import type { JsonObject } from './json';
import { exclusiveFields, meaningRules, type MeaningContext } from './meaning';
import type { CheckContext, PathSegment } from './problem';
import { lineForms, type LineForm } from './lineForms';
import { rules, type RuleCode } from './rules';
import { estimateMessage } from './tokens';
import { withoutEchoes } from './echoes';
import { checkRow, rowViolation, type RowForm } from './row';
import { violationIssue } from './wording';
import { Walker, type ViolationDetails, type ViolationKind, type WalkListener } from './walk';

/** More than this of one line nobody mends one by one; a line of nothing but mistakes must not cost minutes. */
export const mostIssues = 100;

/**
 * Gathers what is wrong with one parsed line after another. Reused for a whole file, so that a good line costs no allocation.
 */
export class Linter implements WalkListener, MeaningContext {
  readonly fileState: MeaningContext['fileState'];
  /** Input tokens of the last line, by the local estimate. */
  tokens = 0;
  private issues: Issue[] = [];
  private readonly walker = new Walker(this);
  private form: LineForm = lineForms.gemini;
  private readonly silent: ReadonlySet<RuleCode>;

  constructor(context: CheckContext) {
    this.fileState = context.fileState;
    this.silent = silentRules(context.rules ?? {});
  }

  private readonly reportIssue = (issue: Issue): void => this.report(issue);

  /** Where the walker is; copy it before it is kept. */
  get path(): readonly PathSegment[] {
    return this.walker.path;
  }

  /** Everything wrong with a line of that form, in document order. The result is the caller's. */
  lint(value: JsonObject, lineForm: LineForm): readonly Issue[] {
    this.form = lineForm;
    this.issues = [];
    this.tokens = 0;
    // Setting the length throws the memory of the list away, even where it is empty already.
    if (this.walker.path.length > 0) this.walker.path.length = 0;
    this.walker.message(lineForm.message, value);
    return this.issues.length < 2 ? this.issues : withoutEchoes(this.issues);
  }

  report(issue: Issue): void {
    if (this.issues.length < mostIssues && !this.silent.has(issue.code)) this.issues.push(issue);
  }

  message(message: CompiledMessage, value: JsonObject): void {
    const { name } = message.descriptor;
    this.tokens += estimateMessage(name, value);
    meaningRules.get(name)?.(value, this);
    if (message.oneofs.length > 0) exclusiveFields(message, value, this);
    if (message === this.form.message && isRow(this.form)) checkRow(this.form, value, this.reportIssue);
  }

  violation(kind: ViolationKind, walker: Walker, details: ViolationDetails): void {
    if (this.issues.length >= mostIssues) return;
    // Without the field the walk would cost a copy of the path for a rule that is nearly always off.
    if (kind === 'deprecated' && this.silent.has('deprecated-field')) return;
    const path = [...walker.path];
    const { form } = this;
    const special =
      details.message === form.message && isRow(form) ? rowViolation(form, kind, path, details) : undefined;
    const issue = special ?? violationIssue(kind, path, details, form.request);
    if (issue !== undefined && issue !== 'said') this.report(issue);
  }
}

function isRow(form: LineForm): form is RowForm {
  return form.keyName !== undefined;
}

function silentRules(settings: NonNullable<CheckContext['rules']>): ReadonlySet<RuleCode> {
  return new Set(
    (Object.keys(rules) as RuleCode[]).filter((code) => (settings[code] ?? rules[code].severity) === 'off'),
  );
}
