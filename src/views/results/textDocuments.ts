import {
  commands,
  EventEmitter,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
} from 'vscode';
import { DisposableStore } from '../../util/disposable';

const scheme = 'batchwright-row';

/** Texts that are no files, shown read-only in real editors: a row's JSON, a window of a huge request file. */
export class TextDocuments implements TextDocumentContentProvider, Disposable {
  private readonly owned = new DisposableStore();
  private readonly texts = new Map<string, string>();
  private readonly changed = this.owned.add(new EventEmitter<Uri>());
  readonly onDidChange = this.changed.event;

  constructor() {
    this.owned.add(workspace.registerTextDocumentContentProvider(scheme, this));
    this.owned.add(
      workspace.onDidCloseTextDocument(
        ({ uri }) => uri.scheme === scheme && this.texts.delete(uri.toString()),
      ),
    );
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /**
   * A document with this text. The same folder and name give the same document, with the new text.
   * @param name what its tab says, the extension included
   */
  put(folder: string, name: string, text: string): Uri {
    const uri = Uri.from({ scheme, path: `/${folder}/${name.replaceAll(/[/\\?#]/g, '_').slice(0, 120)}` });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    return uri;
  }

  async show(uri: Uri, language: string): Promise<void> {
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, { viewColumn: ViewColumn.Active, preview: true });
    if (document.languageId !== language)
      await commands.executeCommand('workbench.action.editor.changeLanguageMode', language);
  }

  dispose(): void {
    this.owned.dispose();
  }
}

/** JSON text laid out for reading; other text as it is. */
export function prettyJson(text: string): string {
  try {
    return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
  } catch {
    return text;
  }
}
