import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** Id of the extension under test. */
export const extensionId = 'batchwright.batchwright';

/** A file of the open folder, written now. */
export async function requestFile(name: string, ...lines: unknown[]): Promise<vscode.Uri> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('The tests need an open folder.');
  const file = path.join(folder.uri.fsPath, name);
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

/** Waits for something that has no event of its own; looks often, gives up with `what` in the message. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
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
