import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  commands,
  Range,
  TabInputCustom,
  TabInputText,
  Uri,
  window,
  workspace,
  type TextDocumentShowOptions,
} from 'vscode';
import { viewIds, type CommandId } from '../../contributions';
import type { AnswerDocuments } from '../../views/answerDocuments';
import { CancelledError } from '../../util/async';
import { exists, freePath } from '../../util/files';
import type { OpenOptions, ResultsActions, Workbench } from '../context';
import { sampleName, sampleText } from '../files/sample';

const jsonLines = { 'JSON Lines': ['jsonl', 'ndjson'] };
const requestFileName = /\.(jsonl|ndjson)$/i;
const resultsFileName = /\.results\.jsonl$/i;

/** Files and editors of this window. */
export class VscodeWorkbench implements Workbench {
  /** @param samples folder for sample request files, which belong to nobody's project. */
  constructor(
    private readonly samples: string,
    private readonly answers: AnswerDocuments,
    private readonly results: () => Promise<ResultsActions>,
  ) {}

  activeFile(): Uri | undefined {
    const editor = window.activeTextEditor?.document.uri;
    if (editor !== undefined && editor.scheme !== 'output') return editor;
    // Files over 50 MB have a tab but, for extensions, no editor.
    const input = window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof TabInputText || input instanceof TabInputCustom ? input.uri : undefined;
  }

  isUnsaved(file: Uri): boolean {
    if (file.scheme === 'untitled') return true;
    return workspace.textDocuments.some(
      (document) => document.isDirty && document.uri.toString() === file.toString(),
    );
  }

  async save(file: Uri): Promise<Uri | undefined> {
    return workspace.save(file);
  }

  openRequestFiles(): readonly Uri[] {
    const uris = window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .flatMap(({ input }) => (input instanceof TabInputText ? input.uri : []))
      .filter((uri) => requestFileName.test(uri.path) && !resultsFileName.test(uri.path));
    return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
  }

  async findRequestFiles(limit: number): Promise<readonly Uri[]> {
    return workspace.findFiles('**/*.{jsonl,ndjson}', '**/{node_modules,*.results.jsonl}', limit);
  }

  uriOf(file: string): Uri {
    return Uri.file(file);
  }

  async open(file: string, { selection }: OpenOptions = {}): Promise<void> {
    const options: TextDocumentShowOptions = {
      preview: false,
      ...(selection === undefined
        ? {}
        : { selection: new Range(selection.line, selection.start, selection.line, selection.end) }),
    };
    // The command, unlike openTextDocument, also opens what is too big to be a document.
    await commands.executeCommand('vscode.open', Uri.file(file), options);
  }

  async readLine(file: Uri, line: number | undefined): Promise<string> {
    const document = await workspace.openTextDocument(file);
    const editor = window.visibleTextEditors.find((one) => one.document === document);
    return document.lineAt(line ?? editor?.selection.active.line ?? 0).text;
  }

  async showText(text: string, name: string): Promise<void> {
    await this.answers.show(text, name);
  }

  async openResults(file: string, requestPath: string | undefined): Promise<void> {
    const requests =
      requestPath !== undefined && (await exists(requestPath)) ? Uri.file(requestPath) : undefined;
    await (await this.results()).openBeside(Uri.file(file), requests);
  }

  async pickFile(title: string): Promise<string> {
    const [file] = (await window.showOpenDialog({ title, filters: jsonLines })) ?? [];
    if (file === undefined) throw new CancelledError();
    return file.fsPath;
  }

  async pickNewFile(title: string, name: string): Promise<string> {
    const [folder] = workspace.workspaceFolders ?? [];
    const file = await window.showSaveDialog({
      title,
      filters: jsonLines,
      ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder.uri, name) }),
    });
    if (file === undefined) throw new CancelledError();
    return freePath(file.fsPath);
  }

  async pickFolder(title: string): Promise<string> {
    const [folder] =
      (await window.showOpenDialog({ title, canSelectFiles: false, canSelectFolders: true })) ?? [];
    if (folder === undefined) throw new CancelledError();
    return folder.fsPath;
  }

  async sampleFile(): Promise<string> {
    const file = path.join(this.samples, sampleName);
    if (await exists(file)) return file;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, sampleText);
    return file;
  }

  async openSettings(query: string): Promise<void> {
    await commands.executeCommand('workbench.action.openSettings', query);
  }

  async showJobs(): Promise<void> {
    await commands.executeCommand(`${viewIds[0]}.focus`);
  }

  async runCommand(command: CommandId, ...args: readonly unknown[]): Promise<void> {
    await commands.executeCommand(command, ...args);
  }
}
