import path from 'node:path';
import { l10n, languages, window, workspace, type TextDocument } from 'vscode';
import { detectKind } from '../dialects';
import { messageText } from '../shared/messageText';
import { isJson } from '../util/jsonText';
import { DisposableStore, type Disposable } from '../util/disposable';

const linesLookedAt = 20;

/** Offers to take a `.json` file that holds JSON Lines of a batch for what it is. Asks once a file and session. */
export class JsonLinesOffer implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly asked = new Set<string>();

  constructor(private readonly onError: (error: unknown) => void) {
    this.owned.add(window.onDidChangeActiveTextEditor((editor) => this.consider(editor?.document)));
    this.consider(window.activeTextEditor?.document);
  }

  dispose(): void {
    this.owned.dispose();
  }

  private consider(document: TextDocument | undefined): void {
    if (document?.languageId !== 'json' || document.uri.scheme !== 'file') return;
    const uri = document.uri.toString();
    if (this.asked.has(uri) || !holdsBatchLines(firstLines(document))) return;
    this.asked.add(uri);
    this.offer(document).catch(this.onError);
  }

  private async offer(document: TextDocument): Promise<void> {
    const change = l10n.t('Treat as JSON Lines');
    const message = l10n.t(
      '“{0}” holds batch requests, one a line. As JSON Lines they can be checked and submitted.',
      messageText(path.basename(document.uri.fsPath)),
    );
    if ((await window.showInformationMessage(message, change)) !== change) return;
    const current = workspace.textDocuments.find((open) => open.uri.toString() === document.uri.toString());
    if (current !== undefined) await languages.setTextDocumentLanguage(current, 'jsonl');
  }
}

function firstLines(document: TextDocument): string[] {
  const count = Math.min(document.lineCount, linesLookedAt);
  return Array.from({ length: count }, (_, line) => document.lineAt(line).text);
}

/** Whether these first lines are JSON Lines of a batch. One line alone is as well a JSON file, so it takes two. */
export function holdsBatchLines(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== '');
  return filled.length >= 2 && filled.every(isJson) && detectKind(filled) !== 'none';
}
