import { existsSync, watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** Id of the extension under test. */
export const extensionId = 'batchwright.batchwright';

/** A file of the open folder, written now. */
export async function requestFile(name: string, ...lines: unknown[]): Promise<vscode.Uri> {
  const file = path.join(openFolder(), name);
  await writeFile(
    file,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
  return vscode.Uri.file(file);
}

/** A request line that every validator accepts. */
export function request(key: string, text = 'Name a river.'): object {
  return { key, request: { contents: [{ role: 'user', parts: [{ text }] }] } };
}

/** Whatever may be waited for comes with one of these. */
const signs: readonly vscode.Event<unknown>[] = [
  vscode.languages.onDidChangeDiagnostics,
  vscode.workspace.onDidOpenTextDocument,
  vscode.workspace.onDidChangeTextDocument,
  vscode.workspace.onDidSaveTextDocument,
  vscode.workspace.onDidCloseTextDocument,
  vscode.window.onDidChangeActiveTextEditor,
  vscode.window.onDidChangeVisibleTextEditors,
  vscode.window.onDidChangeTextEditorSelection,
  vscode.window.tabGroups.onDidChangeTabs,
  vscode.window.tabGroups.onDidChangeTabGroups,
];

/**
 * Resolves with what `look` finds, once it finds something: looks again whenever an editor, a document, its problems or a file
 * of the open folder changes. Gives up with `what` in the message.
 */
export function until<T>(what: string, look: () => T | undefined | false, timeoutMs = 60_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const listening: { dispose(): void }[] = [];
    const stop = () => listening.splice(0).forEach((listener) => listener.dispose());
    const lookAgain = () => {
      const found = look();
      if (found === undefined || found === false) return;
      stop();
      resolve(found);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Waited ${timeoutMs / 1000} s for ${what}.`));
    }, timeoutMs);
    listening.push({ dispose: () => clearTimeout(timer) });
    for (const sign of signs) listening.push(sign(lookAgain));
    const files = watch(openFolder(), lookAgain);
    listening.push({ dispose: () => files.close() });
    lookAgain();
  });
}

/** Asks VS Code until its answer fits, for what nothing announces. Every question is a way to the window and back. */
export async function untilAnswer<T>(
  what: string,
  ask: () => Thenable<T>,
  fits: (answer: T) => boolean,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > end)
      throw new Error(`Waited ${timeoutMs / 1000} s for ${what}; last: ${JSON.stringify(answer)}`);
  }
}

function openFolder(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('The tests need an open folder.');
  return folder.uri.fsPath;
}

/** The results file of a request file, once it is there. */
export function resultsOf(file: vscode.Uri, number = 1): string | undefined {
  const suffix = number === 1 ? '' : ` (${number})`;
  const results = file.fsPath.replace(/\.jsonl$/, `${suffix}.results.jsonl`);
  return existsSync(results) ? results : undefined;
}

/** URIs of the tabs that are open in a column. */
export function tabsIn(column: vscode.ViewColumn): string[] {
  const group = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn === column);
  return (group?.tabs ?? []).flatMap(({ input }) =>
    input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? [input.uri.fsPath] : [],
  );
}
