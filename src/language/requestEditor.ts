import path from 'node:path';
import {
  EventEmitter,
  FileChangeType,
  FileSystemError,
  FileType,
  l10n,
  Range,
  Uri,
  ViewColumn,
  window,
  workspace,
  WorkspaceEdit,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
  type TextDocument,
} from 'vscode';
import * as z from 'zod';
import { locateKey } from '../dialects';
import { requestScheme } from '../shared/lsp';
import { DisposableStore, toDisposable, type Disposable } from '../util/disposable';
import { isJson, minifyJson, prettyJson } from '../util/jsonText';
import { findRequest, type Lines } from './requestPlace';

/** What the URI of an opened request says: enough to find the line again after VS Code was closed. */
const reference = z.object({ source: z.string(), line: z.number().int().nonnegative() });

/** A request that is open laid out over many lines. */
interface OpenRequest {
  readonly uri: Uri;
  readonly source: Uri;
  line: number;
  /** The line as the editor last read or wrote it. What the file holds now is compared with this before it is replaced. */
  base: string;
  mtime: number;
}

/**
 * *Edit as JSON*: a request of a file as a small file of its own. Reading lays the line out over many lines, saving puts it
 * back on its one line. When that line has changed since, nothing is overwritten without asking.
 */
export class RequestEditor implements FileSystemProvider, Disposable {
  private readonly owned = new DisposableStore();
  private readonly changes = this.owned.add(new EventEmitter<FileChangeEvent[]>());
  readonly onDidChangeFile = this.changes.event;
  private readonly requests = new Map<string, OpenRequest>();

  constructor() {
    this.owned.add(workspace.registerFileSystemProvider(requestScheme, this, { isCaseSensitive: true }));
    this.owned.add(workspace.onDidChangeTextDocument(({ document }) => this.sourceChanged(document)));
    this.owned.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === requestScheme) this.requests.delete(uri.toString());
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
    await window.showTextDocument(opened, { viewColumn: ViewColumn.Beside, preview: true });
  }

  watch(): Disposable {
    return toDisposable(() => undefined);
  }

  async stat(uri: Uri): Promise<FileStat> {
    const request = await this.find(uri);
    return { type: FileType.File, ctime: 0, mtime: request.mtime, size: Buffer.byteLength(request.base) };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    const request = await this.find(uri);
    const document = await workspace.openTextDocument(request.source);
    request.base = document.lineAt(this.locate(request, document)).text;
    return Buffer.from(isJson(request.base) ? `${prettyJson(request.base)}\n` : request.base);
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    const text = Buffer.from(content).toString('utf8');
    if (!isJson(text)) {
      throw FileSystemError.Unavailable(
        l10n.t('This is not valid JSON yet, so the line in the request file was left as it is.'),
      );
    }
    const request = await this.find(uri);
    const document = await workspace.openTextDocument(request.source);
    const line = this.locate(request, document);
    if (document.lineAt(line).text !== request.base && !(await mayOverwrite(document, line))) {
      throw FileSystemError.Unavailable(l10n.t('The line in the request file was left as it is.'));
    }
    await this.replaceLine(request, document, line, minifyJson(text));
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

  private async replaceLine(
    request: OpenRequest,
    document: TextDocument,
    line: number,
    text: string,
  ): Promise<void> {
    const wasSaved = !document.isDirty;
    const edit = new WorkspaceEdit();
    edit.replace(document.uri, document.lineAt(line).range, text);
    // Set before the edit, so that the change it makes is not taken for somebody else's.
    request.base = text;
    request.line = line;
    request.mtime += 1;
    if (!(await workspace.applyEdit(edit))) {
      throw FileSystemError.Unavailable(l10n.t('The request file could not be changed.'));
    }
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
    const request = { uri, source, line, base: document.lineAt(line).text, mtime: Date.now() };
    this.requests.set(uri.toString(), request);
    return request;
  }

  /** The line on which a request stands now; throws when it is gone. */
  private locate(request: OpenRequest, document: TextDocument): number {
    const line = findRequest(linesOf(document), request.base, request.line);
    if (line === undefined) {
      throw FileSystemError.FileNotFound(
        l10n.t('The request is no longer in {0}.', path.basename(document.uri.path)),
      );
    }
    request.line = line;
    return line;
  }

  /** Lets editors of requests whose line was changed elsewhere read it again, or warn before they overwrite it. */
  private sourceChanged(document: TextDocument): void {
    const source = document.uri.toString();
    const events: FileChangeEvent[] = [];
    for (const request of this.requests.values()) {
      if (request.source.toString() !== source) continue;
      const line = findRequest(linesOf(document), request.base, request.line);
      if (line === undefined) {
        events.push({ type: FileChangeType.Deleted, uri: request.uri });
        continue;
      }
      request.line = line;
      const { text } = document.lineAt(line);
      if (text === request.base || !isJson(text)) continue;
      request.base = text;
      request.mtime += 1;
      events.push({ type: FileChangeType.Changed, uri: request.uri });
    }
    if (events.length > 0) this.changes.fire(events);
  }
}

async function mayOverwrite(document: TextDocument, line: number): Promise<boolean> {
  const overwrite = l10n.t('Overwrite');
  const show = l10n.t('Show Line');
  const answer = await window.showWarningMessage(
    l10n.t(
      'Line {0} of {1} has changed since it was opened here.',
      line + 1,
      path.basename(document.uri.path),
    ),
    { modal: true, detail: l10n.t('Overwriting replaces that change with what is in this editor.') },
    overwrite,
    show,
  );
  if (answer === show) {
    const selection = new Range(line, 0, line, 0);
    await window.showTextDocument(document, { viewColumn: ViewColumn.One, selection });
  }
  return answer === overwrite;
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
