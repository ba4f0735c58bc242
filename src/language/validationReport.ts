import path from 'node:path';
import {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DocumentLink,
  languages,
  l10n,
  Location,
  Position,
  Range,
  RelativePattern,
  Uri,
  window,
  workspace,
  type CancellationToken,
  type DocumentLinkProvider,
  type TextDocument,
  type TextDocumentContentProvider,
} from 'vscode';
import { formatCount } from '../config/numbers';
import type { LineProblem, ValidationSummary } from '../shared/lsp';
import { DisposableStore, type Disposable } from '../util/disposable';
import { fileWindow, readWindow } from './fileWindow';
import { reportLines, type ReportLine } from './reportLines';
import { showLineNumbers } from './windowNumbers';

const reportScheme = 'batchwright-report';
const windowScheme = 'batchwright-window';
/** How many lines before and behind a problem its window shows. */
const linesAround = 20;

const severityOf: Record<LineProblem['severity'], DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What checking files on disk found, for files that are too large to be open as documents. */
export class ValidationReports implements Disposable {
  private readonly owned = new DisposableStore();
  /** VS Code shows problems by URI even for a file that it does not hand to extensions. */
  private readonly diagnostics = this.owned.add(languages.createDiagnosticCollection('batchwright-file'));
  private readonly reports = new Map<string, ReportLine[]>();
  private readonly watchers = new Set<string>();

  constructor() {
    const reportProvider: TextDocumentContentProvider & DocumentLinkProvider = {
      provideTextDocumentContent: (uri) =>
        this.reports
          .get(uri.query)
          ?.map((line) => line.text)
          .join('\n') ?? '',
      provideDocumentLinks: (document) => this.linksOf(document),
    };
    const windowProvider: TextDocumentContentProvider = {
      provideTextDocumentContent: (uri, token) => this.windowText(uri, token),
    };
    this.owned.add(workspace.registerTextDocumentContentProvider(reportScheme, reportProvider));
    this.owned.add(languages.registerDocumentLinkProvider({ scheme: reportScheme }, reportProvider));
    this.owned.add(workspace.registerTextDocumentContentProvider(windowScheme, windowProvider));
    this.owned.add(showLineNumbers(({ document: { uri } }) => firstLineOf(uri)));
    // An open document has live diagnostics, and a changed file is another file.
    this.owned.add(
      workspace.onDidOpenTextDocument(({ uri }) => {
        if (uri.scheme !== windowScheme) this.diagnostics.delete(uri);
      }),
    );
    this.owned.add(workspace.onDidSaveTextDocument(({ uri }) => this.diagnostics.delete(uri)));
    this.owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === windowScheme) this.diagnostics.delete(uri);
      }),
    );
  }

  /** Shows the problems of a file where VS Code shows problems, unless the file is open and has live ones. */
  publish(uri: Uri, summary: ValidationSummary): void {
    const isOpen = workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
    if (isOpen) return;
    this.diagnostics.set(
      uri,
      summary.problems.map((problem) => toDiagnostic(problem, uri)),
    );
    this.watch(uri);
  }

  /** Lets go of the problems of a file when it is no longer the one that was checked. */
  private watch(uri: Uri): void {
    const name = uri.toString();
    if (this.watchers.has(name)) return;
    const pattern = new RelativePattern(Uri.joinPath(uri, '..'), path.basename(uri.path));
    const watcher = this.owned.add(workspace.createFileSystemWatcher(pattern));
    this.watchers.add(name);
    const forget = () => {
      this.diagnostics.delete(uri);
      this.watchers.delete(name);
      watcher.dispose();
    };
    watcher.onDidChange(forget);
    watcher.onDidDelete(forget);
  }

  /** Opens a page that lists the problems of a file; each line leads to the lines of the file around it. */
  async open(uri: Uri, summary: ValidationSummary): Promise<void> {
    this.reports.set(uri.toString(), reportLines(path.basename(uri.path), summary));
    const report = Uri.from({
      scheme: reportScheme,
      path: `/${l10n.t('{0} · problems', path.basename(uri.path))}`,
      query: uri.toString(),
    });
    const document = await workspace.openTextDocument(report);
    // The language of logs colours severities and places.
    await window.showTextDocument(await languages.setTextDocumentLanguage(document, 'log'), {
      preview: false,
    });
  }

  dispose(): void {
    this.owned.dispose();
  }

  /** Some lines of a large file, with their problems marked. */
  private async windowText(uri: Uri, token: CancellationToken): Promise<string> {
    const { source, first, count } = fileWindow.parse(JSON.parse(uri.query));
    const controller = new AbortController();
    const cancelling = token.onCancellationRequested(() => controller.abort());
    try {
      const lines = await readWindow(Uri.parse(source).fsPath, first, count, controller.signal);
      const problems = (this.reports.get(source) ?? []).flatMap(({ problem }) => problem ?? []);
      const inWindow = problems.filter(({ line }) => line >= first && line < first + count);
      const page = uri.with({ fragment: '' });
      this.diagnostics.set(
        page,
        inWindow.map((problem) => toDiagnostic(onPage(problem, first), Uri.parse(source))),
      );
      return lines.join('\n');
    } finally {
      cancelling.dispose();
    }
  }

  private linksOf(document: TextDocument): DocumentLink[] {
    const source = Uri.parse(document.uri.query);
    return (this.reports.get(document.uri.query) ?? []).flatMap(({ problem, place }, line) => {
      if (problem === undefined) return [];
      const link = new DocumentLink(new Range(line, 0, line, place), windowUri(source, problem));
      link.tooltip = l10n.t('Show line {0} and those around it', formatCount(problem.line + 1));
      return [link];
    });
  }
}

/** A problem in a page whose first line is the file's line `first`. */
function onPage(problem: LineProblem, first: number): LineProblem {
  const { line, lastLine = line } = problem;
  return { ...problem, line: line - first, lastLine: lastLine - first };
}

/** @param uri the file that the lines of other places are of */
function toDiagnostic(
  { line, lastLine = line, start, end, severity, code, message, related = [] }: LineProblem,
  uri: Uri,
): Diagnostic {
  const diagnostic = new Diagnostic(new Range(line, start, lastLine, end), message, severityOf[severity]);
  diagnostic.relatedInformation = related.map((place) => {
    const range = new Range(place.line, place.start, place.line, place.end);
    return new DiagnosticRelatedInformation(new Location(uri, range), place.message);
  });
  diagnostic.code = code;
  diagnostic.source = 'Batchwright';
  return diagnostic;
}

/** The first line of the file on such a page, zero-based; undefined for any other document. */
function firstLineOf(page: Uri): number | undefined {
  return page.scheme === windowScheme ? fileWindow.parse(JSON.parse(page.query)).first : undefined;
}

/** The address of the lines around a problem; the fragment is the place in that page, as VS Code's links have it. */
function windowUri(source: Uri, { line, start }: LineProblem): Uri {
  const first = Math.max(0, line - linesAround);
  const inPage = new Position(line - first, start);
  return Uri.from({
    scheme: windowScheme,
    path: `/${path.basename(source.path)} · ${l10n.t('line {0}', formatCount(line + 1))}.jsonl`,
    query: JSON.stringify({ source: source.toString(), first, count: 2 * linesAround + 1 }),
    fragment: `L${inPage.line + 1},${inPage.character + 1}`,
  });
}
