import { l10n } from 'vscode';
import type { LineProblem, ValidationSummary } from '../shared/lsp';
import { formatCount } from '../config/numbers';
import { kindLabel } from './fileKinds';

/** A line of a report; with the problem it tells of, and how many of its characters lead there. */
export interface ReportLine {
  readonly text: string;
  readonly problem?: LineProblem;
  readonly place: number;
}

export function reportLines(name: string, summary: ValidationSummary): ReportLine[] {
  const { rows, errors, warnings, problems, kind } = summary;
  const plain = (text: string): ReportLine => ({ text, place: 0 });
  const head = [
    plain(name),
    plain(
      l10n.t(
        '{0} · {1} rows · errors: {2} · warnings: {3}',
        kindLabel(kind),
        formatCount(rows),
        formatCount(errors),
        formatCount(warnings),
      ),
    ),
    plain(''),
  ];
  const found = problems.map((problem): ReportLine => {
    const place = `${problem.line + 1}:${problem.start + 1}`;
    return {
      text: `${place}  ${problem.severity}  ${problem.code}  ${problem.message}`,
      problem,
      place: place.length,
    };
  });
  const listed = problems.filter(({ severity }) => severity === 'error' || severity === 'warning').length;
  const left = errors + warnings - listed;
  const tail =
    left > 0
      ? [plain(''), plain(l10n.t('{0} more are not listed. Mend some of these first.', formatCount(left)))]
      : [];
  return [...head, ...found, ...tail];
}
