import { languages, window, type DefinitionProvider, type Position, type TextDocument } from 'vscode';
import { DisposableStore, type Disposable } from '../../util/disposable';

/** A line of a request file. */
export interface RequestPlace {
  readonly document: TextDocument;
  readonly line: number;
}

/**
 * The request whose definition somebody asked for last. The language server says in which results files it is, but VS Code
 * tells a custom editor no more than the file: where in it, the editor takes from here when it comes to the front.
 *
 * A provider of definitions that knows none, because VS Code asks all of them and says nowhere else that it goes to one.
 */
export class AskedDefinition implements DefinitionProvider, Disposable {
  private readonly owned = new DisposableStore();
  private asked: (RequestPlace & { readonly position: Position }) | undefined;

  constructor() {
    this.owned.add(languages.registerDefinitionProvider({ scheme: 'file', language: 'jsonl' }, this));
    this.owned.add(
      window.onDidChangeTextEditorSelection(({ textEditor: { document, selection } }) => {
        const { asked } = this;
        if (document === asked?.document && !selection.active.isEqual(asked.position)) this.asked = undefined;
      }),
    );
  }

  /** VS Code also asks for what the mouse is over. Who goes somewhere has the cursor there, be it by the click just made. */
  provideDefinition(document: TextDocument, position: Position): undefined {
    const editor = window.activeTextEditor;
    if (editor?.document === document && editor.selection.active.isEqual(position))
      this.asked = { document, line: position.line, position };
  }

  /** The request that was asked for, once, if it is one of this file's and the cursor has not left it since. */
  take(requests: string | undefined): RequestPlace | undefined {
    const { asked } = this;
    if (asked === undefined || asked.document.uri.fsPath !== requests) return undefined;
    this.asked = undefined;
    return asked;
  }

  dispose(): void {
    this.owned.dispose();
  }
}
