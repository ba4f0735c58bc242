import { window } from 'vscode';
import { DisposableStore, type Disposable } from '../util/disposable';
import { isRequestFile } from './selector';
import type { ServerSession } from './serverSession';

/** Tells the server which lines are on the screen while it is still checking a file, so that those come first. */
export class VisibleLines implements Disposable {
  private readonly owned = new DisposableStore();

  constructor(session: ServerSession, onError: (error: unknown) => void) {
    this.owned.add(
      window.onDidChangeTextEditorVisibleRanges(({ textEditor: { document }, visibleRanges: [range] }) => {
        if (range === undefined || !isRequestFile(document)) return;
        if (session.stateOf(document.uri)?.complete === true) return;
        session.setVisible(document.uri, range.start.line, range.end.line + 1).catch(onError);
      }),
    );
  }

  dispose(): void {
    this.owned.dispose();
  }
}
