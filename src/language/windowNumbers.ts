import {
  Range,
  TextEditorLineNumbersStyle,
  ThemeColor,
  window,
  type DecorationOptions,
  type TextEditor,
} from 'vscode';
import { formatCount } from '../config/numbers';
import { DisposableStore, type Disposable } from '../util/disposable';

/**
 * Shows the numbers that the lines of a page have in the file that they are from: those of VS Code begin anew on each page, so
 * they are hidden.
 * @param firstLine of the file on the page that an editor shows, zero-based; undefined for other editors
 */
export function showLineNumbers(firstLine: (editor: TextEditor) => number | undefined): Disposable {
  const owned = new DisposableStore();
  const type = owned.add(
    window.createTextEditorDecorationType({
      before: { color: new ThemeColor('editorLineNumber.foreground'), margin: '0 2ch 0 0' },
    }),
  );
  const show = (editors: readonly TextEditor[]) => {
    for (const editor of editors) {
      const first = firstLine(editor);
      if (first === undefined) continue;
      editor.options = { ...editor.options, lineNumbers: TextEditorLineNumbersStyle.Off };
      editor.setDecorations(type, numbersFrom(first, editor.document.lineCount));
    }
  };
  owned.add(window.onDidChangeVisibleTextEditors(show));
  show(window.visibleTextEditors);
  return owned;
}

/** Right-aligned, as in a gutter. */
function numbersFrom(first: number, count: number): DecorationOptions[] {
  const widest = formatCount(first + count).length;
  return Array.from({ length: count }, (_, line) => ({
    range: new Range(line, 0, line, 0),
    renderOptions: {
      before: { contentText: formatCount(first + line + 1).padStart(widest, '\u00a0') },
    },
  }));
}
