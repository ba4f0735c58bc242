import path from 'node:path';
import {
  EventEmitter,
  FileChangeType,
  FileSystemError,
  FileType,
  l10n,
  Range,
  TabInputText,
  TextDocumentSaveReason,
  Uri,
  ViewColumn,
  window,
  workspace,
  WorkspaceEdit,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
  type TextDocument,
  type TextDocumentChangeEvent,
} from 'vscode';
import * as z from 'zod';
import { locateKey } from '../dialects';
import { requestScheme } from '../shared/lsp';
import { messageText } from '../shared/messageText';
import { DisposableStore, toDisposable, type Disposable } from '../util/disposable';
import { isJson, minifyJson, prettyJson } from '../util/jsonText';
import { findRequest, lineAfter, samePlace, type Lines } from './requestPlace';

/** What the URI of an opened request says: enough to find the line again after VS Code was closed. */
const reference = z.object({ source: z.string(), line: z.number().int().nonnegative() });

/** A request that is open laid out over many lines. */
interface OpenRequest {
  readonly uri: Uri;
  readonly source: Uri;
  line: number;
  /** Whether every edit of the file was followed since the line was found. */
  isFollowed: boolean;
  /** The line as VS Code knows it: whenever it is found to be another, `mtime` says so. */
  base: string;
  mtime: number;
  /** What auto save brought that is no JSON yet; the line has still what it had. */
  draft?: string | undefined;
}

/**
 * *Edit as JSON*: a request of a file as a small file of its own. Reading lays the line out over many lines, saving puts it
 * back on its one line. A line that has changed since is to VS Code a file that has: it asks before it overwrites one, and
 * shows both beside each other.
 */
export class RequestEditor implements FileSystemProvider, Disposable {
  private readonly owned = new DisposableStore();
  private readonly changes = this.owned.add(new EventEmitter<FileChangeEvent[]>());
  readonly onDidChangeFile = this.changes.event;
  private readonly requests = new Map<string, OpenRequest>();
  /** Editors that auto save is about to write. */
  private readonly savedByItself = new Set<string>();
  /** The request whose line is being replaced. */
  private writing: OpenRequest | undefined;

  constructor() {
    this.owned.add(workspace.registerFileSystemProvider(requestScheme, this, { isCaseSensitive: true }));
    this.owned.add(workspace.onDidChangeTextDocument((event) => this.sourceChanged(event)));
    this.owned.add(
      workspace.onWillSaveTextDocument(({ document: { uri }, reason }) => {
        if (reason === TextDocumentSaveReason.Manual) this.savedByItself.delete(uri.toString());
        else if (uri.scheme === requestScheme) this.savedByItself.add(uri.toString());
      }),
    );
    this.owned.add(
      // Documents outlive their tabs by minutes.
      window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof TabInputText) this.tabClosed(input.uri);
      }),
    );
    this.owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        this.requests.delete(uri.toString());
        for (const request of this.requestsOf(uri)) request.isFollowed = false;
      }),
    );
  }

  /** Opens the request on a line in an editor beside. Rejects with an Error fit for a person when it is no JSON yet. */
  async open(source: Uri, line: number): Promise<void> {
    const document = await workspace.openTextDocument(source);
    const text = document.lineAt(Math.min(line, document.lineCount - 1)).text;
    if (!isJson(text)) {
      throw new Error(l10n.t('Line {0} is not valid JSON yet. Mend its marked mistakes first.', line + 1));
    }
    const name = locateKey(text)?.value ?? l10n.t('line {0}', line + 1);
    const uri = Uri.from({
      scheme: requestScheme,
      path: `/${path.basename(source.path)} · ${name.replace(/[\\/:?#]/g, '_').slice(0, 60)}.json`,
      query: JSON.stringify({ source: source.toString(), line }),
    });
    const opened = await workspace.openTextDocument(uri);
    const cursor = cursorOn(source, line);
    const at =
      cursor === undefined ? undefined : opened.positionAt(samePlace(text, cursor, opened.getText()));
    await window.showTextDocument(opened, {
      viewColumn: ViewColumn.Beside,
      preview: true,
      ...(at && { selection: new Range(at, at) }),
    });
  }

  watch(): Disposable {
    return toDisposable(() => undefined);
  }

  async stat(uri: Uri): Promise<FileStat> {
    if (uri.path === '/') return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    const request = await this.find(uri);
    // VS Code asks before it writes: what happened while nobody looked must be known by then.
    refresh(request, await workspace.openTextDocument(request.source));
    return { type: FileType.File, ctime: 0, mtime: request.mtime, size: Buffer.byteLength(request.base) };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    const request = await this.find(uri);
    refresh(request, await workspace.openTextDocument(request.source));
    return Buffer.from(isJson(request.base) ? `${prettyJson(request.base)}\n` : request.base);
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    const text = Buffer.from(content).toString('utf8');
    const request = await this.find(uri);
    const isByItself = this.savedByItself.delete(uri.toString());
    request.draft = isJson(text) ? undefined : text;
    if (request.draft !== undefined) {
      // Auto save must not complain of what is just being typed.
      if (isByItself) return;
      throw FileSystemError.Unavailable(
        l10n.t('This is not valid JSON yet, so the line in the request file was left as it is.'),
      );
    }
    const document = await workspace.openTextDocument(request.source);
    const line = minifyJson(text);
    if (locate(request, document))
      await this.put(request, document, document.lineAt(request.line).range, line);
    else if (await mayAppend(document)) await this.append(request, document, line);
    else throw FileSystemError.FileNotFound(goneMessage(document));
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  createDirectory(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.owned.dispose();
  }

  /** Adds a request behind the last line. */
  private async append(request: OpenRequest, document: TextDocument, text: string): Promise<void> {
    const { range } = document.lineAt(document.lineCount - 1);
    const end = new Range(range.end, range.end);
    request.line = range.isEmpty ? range.end.line : range.end.line + 1;
    await this.put(request, document, end, range.isEmpty ? `${text}\n` : `\n${text}`);
  }

  /** Puts a request where it belongs; `text` is its line, with what may be needed around it. */
  private async put(request: OpenRequest, document: TextDocument, range: Range, text: string): Promise<void> {
    const wasSaved = !document.isDirty;
    const edit = new WorkspaceEdit();
    edit.replace(document.uri, range, text);
    this.writing = request;
    try {
      if (!(await workspace.applyEdit(edit))) {
        throw FileSystemError.Unavailable(l10n.t('The request file could not be changed.'));
      }
    } finally {
      this.writing = undefined;
    }
    request.base = text.trim();
    request.isFollowed = true;
    request.mtime += 1;
    // Saving here means saving there, unless there were other changes waiting: those are the person's to save.
    if (wasSaved && document.uri.scheme === 'file') await document.save();
  }

  private async find(uri: Uri): Promise<OpenRequest> {
    const known = this.requests.get(uri.toString());
    if (known !== undefined) return known;
    const parsed = reference.safeParse(parseQuery(uri.query));
    if (!parsed.success) throw FileSystemError.FileNotFound(uri);
    const source = Uri.parse(parsed.data.source);
    const document = await workspace.openTextDocument(source);
    const line = Math.min(parsed.data.line, document.lineCount - 1);
    const base = document.lineAt(line).text;
    const request = { uri, source, line, isFollowed: true, base, mtime: Date.now() };
    this.requests.set(uri.toString(), request);
    return request;
  }

  private requestsOf(source: Uri): OpenRequest[] {
    const name = source.toString();
    return [...this.requests.values()].filter((request) => request.source.toString() === name);
  }

  /** Text that auto save took away from the editor without a place to put it is offered again. */
  private tabClosed(uri: Uri): void {
    const request = this.requests.get(uri.toString());
    const { draft } = request ?? {};
    if (request === undefined || draft === undefined || isShown(uri)) return;
    request.draft = undefined;
    void offerAgain(uri, draft);
  }

  /** Lets editors of requests whose line was changed elsewhere read it again, or warn before they overwrite it. */
  private sourceChanged({ document, contentChanges }: TextDocumentChangeEvent): void {
    const events: FileChangeEvent[] = [];
    for (const request of this.requestsOf(document.uri)) {
      if (request === this.writing) continue;
      const followed = lineAfter(request.line, request.base.length, contentChanges);
      if (followed === undefined) request.isFollowed = false;
      else request.line = followed;
      if (!locate(request, document)) {
        events.push({ type: FileChangeType.Deleted, uri: request.uri });
        continue;
      }
      // What somebody is just typing there is not worth showing before it is a request again.
      const { text } = document.lineAt(request.line);
      if (text === request.base || !isJson(text)) continue;
      refresh(request, document);
      events.push({ type: FileChangeType.Changed, uri: request.uri });
    }
    if (events.length > 0) this.changes.fire(events);
  }
}

/** Finds the line on which a request stands now; false when it is gone. */
function locate(request: OpenRequest, document: TextDocument): boolean {
  const line = findRequest(linesOf(document), request.base, request.line, request.isFollowed);
  if (line === undefined) return false;
  request.line = line;
  request.isFollowed = true;
  return true;
}

/** Takes over what the line of a request holds now. Throws FileNotFound when it is gone. */
function refresh(request: OpenRequest, document: TextDocument): void {
  if (!locate(request, document)) throw FileSystemError.FileNotFound(goneMessage(document));
  const { text } = document.lineAt(request.line);
  if (text === request.base) return;
  request.base = text;
  request.mtime += 1;
}

function goneMessage({ uri }: TextDocument): string {
  return l10n.t('The request is no longer in {0}.', messageText(path.basename(uri.path)));
}

function isShown(uri: Uri): boolean {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString());
}

/** Says that an editor was closed before its text was JSON, and opens it again with that text. */
async function offerAgain(uri: Uri, draft: string): Promise<void> {
  const again = l10n.t('Open Again');
  const name = messageText(path.basename(uri.path, '.json'));
  const message = l10n.t('“{0}” was not valid JSON when it was closed, so its line was left as it is.', name);
  if ((await window.showWarningMessage(message, again)) !== again) return;
  const document = await workspace.openTextDocument(uri);
  const editor = await window.showTextDocument(document, { viewColumn: ViewColumn.Beside });
  const whole = new Range(0, 0, document.lineCount, 0);
  if (document.getText() !== draft) await editor.edit((edit) => edit.replace(whole, draft));
}

/** Asks whether a request whose line is gone is to be added again. */
async function mayAppend(document: TextDocument): Promise<boolean> {
  const add = l10n.t('Add as Last Line');
  const detail = l10n.t('Its line was removed since it was opened here.');
  return (await window.showWarningMessage(goneMessage(document), { modal: true, detail }, add)) === add;
}

function linesOf(document: TextDocument): Lines {
  return {
    lineCount: document.lineCount,
    line: (index) => (index < document.lineCount ? document.lineAt(index).text : ''),
  };
}

function parseQuery(query: string): unknown {
  try {
    return JSON.parse(query);
  } catch {
    return undefined;
  }
}

/** The character that the cursor stands at, where it is on that line of that document. */
function cursorOn(source: Uri, line: number): number | undefined {
  const editor = window.activeTextEditor;
  if (editor?.document.uri.toString() !== source.toString()) return undefined;
  const { active } = editor.selection;
  return active.line === line ? active.character : undefined;
}
