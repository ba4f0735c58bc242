import * as l10n from '@vscode/l10n';
import {
  CodeActionKind,
  type CodeAction,
  type CodeActionContext,
  type Diagnostic,
  type Range,
  type TextEdit,
} from 'vscode-languageserver';
import * as z from 'zod';
import {
  fixesFor,
  joinLines,
  locateKey,
  ruleCodes,
  toJsonLines,
  type Problem,
  type RuleCode,
} from '../dialects';
import type { CheckedDocument } from './checkedDocument';
import { toDiagnostic } from './diagnostics';
import { fixAllEdits } from './fixAll';
import { layoutOf, unitAt } from './jsonUnit';
import { fixEdits } from './lineEdits';
import { freeVariant, nextKeyAt } from './nextKey';
import type { SliceOptions } from './slices';
import { rangeOf, textsOf } from './spreads';

export const fixAllKind = 'source.fixAll.batchwright';

/** The command of an action that concerns the whole file, for clients that do not ask for its edit. */
export const fixFileCommand = 'batchwright.server.fixFile';

/** What an action costs that concerns the whole file, where the client takes its edit only with it, in ms. */
const mostUnasked = 1000;

/** A selection over more lines than this gets the fixes of the first ones; for all there is *fix all*. */
const mostUnits = 100;

/** What a client sends back to get the edit of an action that concerns the whole file. */
const fixFileData = z.object({
  uri: z.string(),
  version: z.number(),
  /** Absent: everything. */
  rule: z.enum(ruleCodes as readonly [RuleCode, ...RuleCode[]]).optional(),
});

type FixFileData = z.infer<typeof fixFileData>;

/**
 * How a client gets the edit of an action that concerns the whole file: it asks for that of the one that was chosen, it runs a
 * command of ours that sends it, or it takes it only with the action itself.
 */
export type EditDelivery = 'resolve' | 'command' | 'inline';

export interface CodeActionOptions extends SliceOptions {
  readonly delivery: EditDelivery;
}

/** What can be done about the problems of a range: one fix for each, and those that concern the whole file. */
export async function codeActions(
  checked: CheckedDocument,
  range: Range,
  context: CodeActionContext,
  options: CodeActionOptions,
): Promise<CodeAction[]> {
  const wants = (kind: string) => context.only?.some((wanted) => isOfKind(kind, wanted)) ?? true;
  const actions: CodeAction[] = [];
  const rules = new Map<RuleCode, CodeAction>();
  if (wants(CodeActionKind.QuickFix)) {
    for (const { unit, problem } of problemsIn(checked, range)) {
      const fixes = fixActions(checked, unit, problem, context.diagnostics);
      actions.push(...fixes);
      const [first] = fixes;
      if (first !== undefined && !rules.has(problem.code)) rules.set(problem.code, first);
    }
    if (checked.layout === 'lines' && layoutOf(checked.document) === 'lines') {
      for (const [rule, { diagnostics = [] }] of rules) {
        const title = l10n.t('Fix all of these in the file ({0})', rule);
        const whole = await wholeFileAction(
          checked,
          { title, kind: CodeActionKind.QuickFix, diagnostics },
          options,
          rule,
        );
        actions.push(...whole);
      }
    }
  }
  if (wants(fixAllKind) && checked.hasProblems) {
    const explicit = context.only !== undefined;
    const action = { title: l10n.t('Fix all that can be mended (Batchwright)'), kind: fixAllKind };
    // Who asks for this kind does so to apply it.
    actions.push(
      ...(explicit
        ? await withEdit(checked, action, options)
        : await wholeFileAction(checked, action, options)),
    );
  }
  return actions;
}

/** Fills in the edit of an action that concerns the whole file. */
export async function resolveCodeAction(
  action: CodeAction,
  find: (uri: string) => Promise<CheckedDocument | undefined>,
  options: SliceOptions,
): Promise<CodeAction> {
  const found = await fixFileEdits([action.data], find, options);
  return found === undefined ? action : { ...action, edit: { changes: { [found.uri]: found.edits } } };
}

/** The edits that a command of {@link fixFileCommand} stands for, and of which document; undefined as above. */
export async function fixFileEdits(
  [argument]: readonly unknown[],
  find: (uri: string) => Promise<CheckedDocument | undefined>,
  options: SliceOptions,
): Promise<{ readonly uri: string; readonly edits: TextEdit[] } | undefined> {
  const data = fixFileData.safeParse(argument);
  if (!data.success) return undefined;
  const { uri, version, rule } = data.data;
  const checked = await find(uri);
  if (checked?.document.version !== version) return undefined;
  const edits = await fixAllEdits(checked, { ...options, ...(rule !== undefined && { rule }) });
  return edits && { uri, edits };
}

/** An action that nobody has chosen yet: without its edit where the client can get that later. */
async function wholeFileAction(
  checked: CheckedDocument,
  action: CodeAction,
  options: CodeActionOptions,
  rule?: RuleCode,
): Promise<CodeAction[]> {
  const data = fileData(checked, rule);
  switch (options.delivery) {
    case 'resolve':
      return [{ ...action, data }];
    case 'command':
      return [{ ...action, command: { title: action.title, command: fixFileCommand, arguments: [data] } }];
    case 'inline': {
      const end = options.turns.now() + mostUnasked;
      return withEdit(checked, action, { ...options, isWanted: () => options.turns.now() < end }, rule);
    }
  }
}

/** The action with its edit; nothing when there is nothing to do. */
async function withEdit(
  checked: CheckedDocument,
  action: CodeAction,
  options: SliceOptions,
  rule?: RuleCode,
): Promise<CodeAction[]> {
  const found = await fixFileEdits([fileData(checked, rule)], () => Promise.resolve(checked), options);
  if (found === undefined || found.edits.length === 0) return [];
  return [{ ...action, edit: { changes: { [found.uri]: found.edits } } }];
}

function fileData({ document: { uri, version } }: CheckedDocument, rule: RuleCode | undefined): FixFileData {
  return { uri, version, ...(rule !== undefined && { rule }) };
}

function problemsIn(checked: CheckedDocument, range: Range): { unit: number; problem: Problem }[] {
  const { document } = checked;
  const start = document.clamp(range.start);
  const end = document.clamp(range.end);
  if (layoutOf(document) === 'whole') {
    const unit = unitAt(document, 0);
    const from = unit.offsetAt(start) ?? 0;
    const to = unit.offsetAt(end) ?? from;
    return overlapping(checked.problemsOn(0), from, to).map((problem) => ({ unit: 0, problem }));
  }
  const found: { unit: number; problem: Problem }[] = [];
  for (let line = start.line; line <= Math.min(end.line, start.line + mostUnits); line += 1) {
    const placed = checked.spreadAt(line);
    if (placed !== undefined) {
      found.push(...checked.problemsOn(line).map((problem) => ({ unit: placed.start, problem })));
      line = placed.start + placed.spread.lines - 1;
      continue;
    }
    const from = line === start.line ? start.character : 0;
    const to = line === end.line ? end.character : Number.POSITIVE_INFINITY;
    for (const problem of overlapping(checked.problemsOn(line), from, to))
      found.push({ unit: line, problem });
  }
  return found;
}

function overlapping(problems: readonly Problem[], from: number, to: number): Problem[] {
  return problems.filter(({ start, end }) => start <= to && from <= end);
}

function fixActions(
  checked: CheckedDocument,
  unitNumber: number,
  problem: Problem,
  known: readonly Diagnostic[],
): CodeAction[] {
  const { document, context } = checked;
  const unit = unitAt(document, unitNumber);
  const own = toDiagnostic(document.uri, { unit: unitNumber, problem }, (line) => unitAt(document, line));
  const diagnostics = [
    known.find(({ code, message }) => code === own.code && message === own.message) ?? own,
  ];
  const action = (title: string, isPreferred: boolean, edits: TextEdit[]): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    isPreferred,
    edit: { changes: { [document.uri]: edits } },
  });
  if (checked.layout !== 'lines') {
    const text = toJsonLines(document.getText());
    return text === undefined
      ? []
      : [action(l10n.t('Convert to JSON Lines'), true, [{ range: document.fullRange(), newText: text }])];
  }
  if (context === undefined) return [];
  const placed = checked.spreadAt(unitNumber);
  if (placed !== undefined) {
    const newText = joinLines(textsOf(document, placed));
    return [action(l10n.t('Join the lines'), true, [{ range: rangeOf(document, placed), newText }])];
  }
  const key = problem.code === 'duplicate-key' ? locateKey(unit.text)?.value : undefined;
  const newKey = () => (key === undefined ? nextKeyAt(checked, unitNumber) : freeVariant(checked, key));
  const fixes = fixesFor(unit.text, problem, { ...context, newKey });
  return fixes.map((fix, index) => action(fix.title, fix.preferred && index === 0, fixEdits(unit, fix)));
}

/** Whether an action of `kind` is among those wanted: `source.fixAll` wants `source.fixAll.batchwright` as well. */
function isOfKind(kind: string, wanted: string): boolean {
  return wanted === '' || kind === wanted || kind.startsWith(`${wanted}.`);
}
