import { randomBytes } from 'node:crypto';
import path from 'node:path';
import {
  commands,
  env,
  l10n,
  Uri,
  ViewColumn,
  window,
  type ExtensionContext,
  type Memento,
  type WebviewPanel,
} from 'vscode';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { IndexCache } from '../../results/indexCache';
import { LocalScanner, ScannerLanes } from '../../results/scanner';
import { WorkerScanner } from '../../results/workerScanner';
import { exportKinds } from '../../shared/resultsMessages';
import { CancelledError } from '../../util/async';
import { DisposableStore } from '../../util/disposable';
import { anyNameEditorType, resultsEditorType, type ResultsEditors, type ResultsServices } from './api';
import { requestPathsFor } from './jobLink';
import { resultsPage } from './page';
import { ResultsDocument, type DocumentParts, type RememberedFiles } from './resultsDocument';
import { ResultsPanel } from './resultsPanel';
import { resultsStrings } from './strings';
import { documentLimit, TextDocuments } from './textDocuments';

/** Where choices of files are kept. */
const chosenKey = 'results.requestFiles';
const earlierKey = 'results.earlierRuns';

/** Makes the results editor. Who calls it registers the result as the provider of {@link resultsEditorType}. */
export function createResultsEditors(
  context: Pick<ExtensionContext, 'extensionUri' | 'globalStorageUri' | 'workspaceState'>,
  services: ResultsServices,
): ResultsEditors {
  return new Editors(context, services);
}

class Editors implements ResultsEditors {
  private readonly owned = new DisposableStore();
  private readonly panels = new Set<ResultsPanel>();
  private readonly texts = this.owned.add(new TextDocuments());
  private readonly parts: DocumentParts;

  constructor(
    private readonly context: Pick<ExtensionContext, 'extensionUri' | 'globalStorageUri' | 'workspaceState'>,
    services: ResultsServices,
  ) {
    const { workspaceState, globalStorageUri, extensionUri } = context;
    this.parts = {
      services,
      // The first range is read here, without waiting for a thread; large files take both.
      scanner: this.owned.add(
        new ScannerLanes([
          new LocalScanner(),
          new WorkerScanner(Uri.joinPath(extensionUri, 'dist', 'results-worker.js').fsPath),
        ]),
      ),
      cache: new IndexCache(path.join(globalStorageUri.fsPath, 'indexes')),
      chosen: rememberedFiles(workspaceState, chosenKey),
      earlierRuns: rememberedFiles(workspaceState, earlierKey),
    };
  }

  openCustomDocument(uri: Uri): Promise<ResultsDocument> {
    return ResultsDocument.open(uri, this.parts);
  }

  resolveCustomEditor(document: ResultsDocument, panel: WebviewPanel): void {
    const asked = this.parts.services.definitions.take(document.requestsPath);
    const beside = [...this.panels].find((other) => other.document === document && other.panel.visible);
    if (asked !== undefined && beside !== undefined) {
      void beside.showRow(asked);
      this.replaceBy(beside, panel);
      return;
    }
    const root = Uri.joinPath(this.context.extensionUri, 'dist', 'webview');
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [root], enableForms: false };
    const results = new ResultsPanel(document, panel, this.texts, this.parts);
    this.panels.add(results);
    if (asked !== undefined) void results.showRow(asked);
    panel.onDidDispose(() => {
      this.panels.delete(results);
      results.dispose();
    });
    webview.html = resultsPage({
      nonce: randomBytes(16).toString('hex'),
      source: webview.cspSource,
      script: webview.asWebviewUri(Uri.joinPath(root, 'results.js')).toString(),
      style: webview.asWebviewUri(Uri.joinPath(root, 'results.css')).toString(),
      language: env.language,
      title: l10n.t('Batch Results'),
      strings: resultsStrings(),
    });
  }

  /** VS Code goes to definitions in the group in front. Results that stand beside their requests need not cover them as well. */
  private replaceBy(beside: ResultsPanel, panel: WebviewPanel): void {
    // Until its tab is closed, VS Code gives the focus back to the group of the editor that goes.
    const closing = window.tabGroups.onDidChangeTabs(({ closed }) => {
      if (closed.length === 0) return;
      closing.dispose();
      beside.focus();
    });
    panel.dispose();
  }

  async open(
    results: Uri,
    options: { viewColumn?: ViewColumn; preserveFocus?: boolean } = {},
  ): Promise<void> {
    await commands.executeCommand('vscode.openWith', results, editorTypeOf(results), {
      preview: false,
      ...options,
    });
  }

  async openBeside(results: Uri, requests: Uri | undefined): Promise<void> {
    if (requests === undefined) {
      await this.open(results);
      return;
    }
    await this.joinTo(results, requests);
    const { size } = await stat(requests.fsPath);
    if (size <= documentLimit) {
      await commands.executeCommand('vscode.open', requests, { viewColumn: ViewColumn.One, preview: false });
    }
    await this.open(results, { viewColumn: ViewColumn.Beside });
    if (size > documentLimit) await this.showFirstRequest(results);
  }

  /** Makes a request file the one of these results, where neither a person's choice nor the names say which it is. */
  private async joinTo(results: Uri, requests: Uri): Promise<void> {
    const { chosen } = this.parts;
    const known = chosen.get(results.fsPath) ?? requestPathsFor(results.fsPath).find(existsSync);
    if (known !== undefined) return;
    const open = this.panelOf(results);
    if (open === undefined) await chosen.set(results.fsPath, requests.fsPath);
    else if (open.document.requestsPath === undefined) await open.document.chooseRequests(requests.fsPath);
  }

  private panelOf(results: Uri): ResultsPanel | undefined {
    return [...this.panels].find(({ document }) => document.uri.toString() === results.toString());
  }

  /** A window of the request file opens beside results whose requests are too many for an editor. */
  private async showFirstRequest(results: Uri): Promise<void> {
    await this.panelOf(results)?.showRequests();
  }

  private get active(): ResultsPanel {
    const panels = [...this.panels];
    const found = panels.find(({ panel }) => panel.active) ?? panels.find(({ panel }) => panel.visible);
    if (found === undefined) throw new Error(l10n.t('Open a results file first.'));
    return found;
  }

  search(): void {
    this.active.focusSearch();
  }

  async export(): Promise<void> {
    const { active } = this;
    const labels = {
      merged: l10n.t('Requests and results as JSONL'),
      csv: l10n.t('CSV'),
      failed: l10n.t('Rows that are not ok as JSONL'),
      images: l10n.t('Images to a folder'),
      embeddings: l10n.t('Embeddings as NumPy array'),
    };
    const picks = exportKinds.map((kind) => ({ label: labels[kind], what: kind }));
    const chosen = await window.showQuickPick(picks, { title: l10n.t('Export Results') });
    if (chosen === undefined) throw new CancelledError();
    await active.export(chosen.what);
  }

  compare(): void {
    this.active.askToCompare();
  }

  async retry(): Promise<void> {
    await this.active.runRetry(['failed', 'truncated', 'blocked', 'missing']);
  }

  async reopenAsText(): Promise<void> {
    const { document, panel } = this.active;
    await commands.executeCommand('vscode.openWith', document.uri, 'default', {
      preview: false,
      ...(panel.viewColumn === undefined ? {} : { viewColumn: panel.viewColumn }),
    });
  }

  dispose(): void {
    for (const panel of this.panels) panel.dispose();
    this.owned.dispose();
  }
}

function rememberedFiles(state: Memento, key: string): RememberedFiles {
  const all = () => state.get<Readonly<Record<string, string>>>(key) ?? {};
  return {
    get: (results) => all()[results],
    set: async (results, file) => state.update(key, { ...all(), [results]: file }),
  };
}

/** A results file by its name, any other JSON Lines file as somebody chose. */
function editorTypeOf(results: Uri): string {
  return /\.results\.(?:jsonl|ndjson)$/i.test(results.path) ? resultsEditorType : anyNameEditorType;
}
