import * as l10n from '@vscode/l10n';
import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic,
  type DiagnosticRelatedInformation,
} from 'vscode-languageserver';
import type { Severity } from '../dialects';
import type { CheckedDocument } from './checkedDocument';
import { layoutOf, rangeIn, unitAt, type JsonUnit } from './jsonUnit';
import type { PlacedProblem } from './problemSelection';
import { formatCount } from './texts';

export const diagnosticSource = 'Batchwright';

/** VS Code keeps 1,000 diagnostics of a file; one of them says how many were left out. */
export const diagnosticLimit = 1000;

const severityOf: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What a client shows for a document. */
export function diagnosticsOf(checked: CheckedDocument, limit = diagnosticLimit): Diagnostic[] {
  const { document } = checked;
  const { problems, omitted } = checked.problems(limit);
  // A document that is one request is one unit; made once, because it holds the whole text.
  const whole = layoutOf(document) === 'whole' ? unitAt(document, 0) : undefined;
  const unitOf = (line: number) => whole ?? unitAt(document, line);
  // VS Code itself says where the JSON of a single request is broken.
  const ours =
    whole === undefined ? problems : problems.filter(({ problem }) => !problem.code.startsWith('json-'));
  const shown = ours.map((placed) => toDiagnostic(document.uri, placed, unitOf));
  return omitted === 0 ? shown : [moreProblems(omitted), ...shown];
}

function moreProblems(count: number): Diagnostic {
  const start = { line: 0, character: 0 };
  return {
    range: { start, end: start },
    severity: DiagnosticSeverity.Information,
    code: 'more-problems',
    source: diagnosticSource,
    message: l10n.t(
      '{0} more problems are not shown. Mend some of the others to see them.',
      formatCount(count),
    ),
  };
}

/** A problem as clients show it. */
export function toDiagnostic(
  uri: string,
  { unit, problem }: PlacedProblem,
  unitOf: (line: number) => JsonUnit,
): Diagnostic {
  const last = unitOf(unit + (problem.lines ?? 1) - 1);
  const diagnostic: Diagnostic = {
    range: { start: unitOf(unit).positionAt(problem.start), end: last.positionAt(problem.end) },
    severity: severityOf[problem.severity],
    code: problem.code,
    source: diagnosticSource,
    message: problem.message,
  };
  if (problem.deprecated === true) diagnostic.tags = [DiagnosticTag.Deprecated];
  if (problem.related !== undefined) {
    diagnostic.relatedInformation = problem.related.map((place): DiagnosticRelatedInformation => {
      const range = rangeIn(unitOf(place.line ?? unit), place.start, place.end);
      return { location: { uri, range }, message: place.message };
    });
  }
  return diagnostic;
}
