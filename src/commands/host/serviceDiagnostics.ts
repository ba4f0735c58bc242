import { Diagnostic, DiagnosticSeverity, languages, Range, Uri, workspace } from 'vscode';
import type { ServiceLineError } from '../../shared/lineErrors';
import { DisposableStore, type Disposable } from '../../util/disposable';
import { readLineBatches } from '../../util/lines';
import type { ServiceDiagnostics } from '../context';
import { rangeOfLineError } from './lineErrorRange';

/** VS Code keeps this many for a file. */
const most = 1000;

/** What the service said about lines of a request file, as squiggles on those lines, until the file is edited. */
export class VscodeServiceDiagnostics implements ServiceDiagnostics, Disposable {
  private readonly owned = new DisposableStore();
  private readonly collection = this.owned.add(languages.createDiagnosticCollection('batchwright-service'));

  constructor() {
    this.owned.add(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.collection.delete(document.uri);
      }),
    );
  }

  async show(file: string, errors: readonly ServiceLineError[]): Promise<void> {
    const shown = errors.slice(0, most);
    const texts = await readLines(file, new Set(shown.map((error) => error.line)));
    this.collection.set(
      Uri.file(file),
      shown.map((error) => {
        const { start, end } = rangeOfLineError(texts.get(error.line) ?? '', error);
        const range = new Range(error.line - 1, start, error.line - 1, end);
        const diagnostic = new Diagnostic(range, error.reason, DiagnosticSeverity.Error);
        diagnostic.source = 'Batch API';
        return diagnostic;
      }),
    );
  }

  clear(file: string): void {
    this.collection.delete(Uri.file(file));
  }

  dispose(): void {
    this.owned.dispose();
  }
}

/** The texts of some lines (one-based) of a file, which may be far too big to be read whole. */
async function readLines(file: string, wanted: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>();
  const last = Math.max(...wanted);
  for await (const batch of readLineBatches(file)) {
    for (const { index, bytes } of batch) {
      if (wanted.has(index + 1)) texts.set(index + 1, bytes.toString('utf8'));
      if (index + 1 >= last) return texts;
    }
  }
  return texts;
}
