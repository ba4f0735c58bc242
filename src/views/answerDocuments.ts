import { Uri, ViewColumn, window, workspace, type TextDocumentContentProvider } from 'vscode';
import { DisposableStore, type Disposable } from '../util/disposable';

const scheme = 'batchwright-answer';

/** Texts that a person looks at and closes again: read-only, so that closing them asks nothing. */
export class AnswerDocuments implements TextDocumentContentProvider, Disposable {
  private readonly owned = new DisposableStore();
  private readonly texts = new Map<string, string>();
  private count = 0;

  constructor() {
    this.owned.add(workspace.registerTextDocumentContentProvider(scheme, this));
    this.owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.texts.delete(uri.toString());
      }),
    );
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Shows the text beside what is in front. @param name what its tab says; the extension decides the language */
  async show(text: string, name: string): Promise<void> {
    this.count += 1;
    const uri = Uri.from({ scheme, path: `/${String(this.count)}/${name}` });
    this.texts.set(uri.toString(), text);
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, {
      viewColumn: ViewColumn.Beside,
      preview: true,
      preserveFocus: true,
    });
  }

  dispose(): void {
    this.owned.dispose();
  }
}
