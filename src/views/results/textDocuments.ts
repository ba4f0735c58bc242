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
import { laidOutJson } from '../../results/jsonOf';
import { jsonLayout } from '../../shared/jsonText';
import { clipText } from '../../shared/messageText';
import { DisposableStore } from '../../util/disposable';
import { parseAsWritten } from '../../util/writtenNumber';

const scheme = 'batchwright-row';
/** VS Code hands documents beyond this many bytes, or characters of a text, to no extension. */
export const documentLimit = 50 * 1024 * 1024;

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
    const title = clipText(name.slice(0, -extension(name).length), 100).replaceAll(/[/\\?#]/g, '_');
    const uri = Uri.from({ scheme, path: `/${folder}/${title}${extension(name)}` });
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

/** `.result.json` of `key.result.json`: it must survive however long the key is. */
function extension(name: string): string {
  return /(?:\.\w{1,10}){1,2}$/.exec(name)?.[0] ?? '';
}

/** Longer JSON is given to an editor as it is: laying it out would take the window seconds. */
const maxPretty = 16 << 20;

/** JSON text laid out for reading; other text, and what would be too much laid out, as it is. */
export function prettyJson(text: string): string {
  if (text.length > maxPretty || jsonLayout(text).size > maxPretty) return text;
  const value = parseAsWritten(text);
  return value === undefined ? text : `${laidOutJson(value)}\n`;
}
