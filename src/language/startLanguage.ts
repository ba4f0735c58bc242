import {
  l10n,
  TabInputText,
  window,
  workspace,
  type LogOutputChannel,
  type Memento,
  Uri,
  type TextDocument,
} from 'vscode';
import { shareTranslations } from '../config/translations';
import type { DocumentState, KnownFilesParams, ValidationSummary } from '../shared/lsp';
import { DisposableStore, type Disposable } from '../util/disposable';
import type { Event } from '../util/event';
import { describeFault } from '../util/fault';
import { DialectStatus } from './dialectStatus';
import { JsonLinesOffer } from './jsonLinesOffer';
import { RequestEditor } from './requestEditor';
import { RequestLenses, type PriceOf } from './requestLenses';
import { isRequestFile } from './selector';
import { convertLines, formatLines, type OfferedModels } from './lineCommands';
import { ServerSession, type ValidateOptions } from './serverSession';
import { validateAndReport } from './validateCommand';
import { VisibleLines } from './visibleLines';
import { ValidationReports } from './validationReport';

export interface LanguageOptions {
  readonly extensionUri: Uri;
  readonly log: LogOutputChannel;
  /** Remembers what a person said about files. */
  readonly memory: Memento;
  /** For the line above a request file; nothing is said about money where it is missing. */
  readonly priceOf?: PriceOf;
  /** What the service has of the key's files; asked when requests refer to some. Undefined where there is no key. */
  readonly knownFiles?: () => Promise<KnownFilesParams | undefined>;
}

/** The language side of the extension, for commands and the composition root. */
export interface LanguageHandle extends Disposable {
  /** Checks a file of any size where it lies on disk; see {@link ServerSession.validateFile}. */
  validateFile(uri: string, options: ValidateOptions): Promise<ValidationSummary>;
  /** *Validate File*, from progress to the sentence at the end. The file in front where none is given. */
  validateAndReport(uri?: Uri): Promise<void>;
  restart(): Promise<void>;
  stateOf(uri: Uri): DocumentState | undefined;
  readonly onDidChangeState: Event<DocumentState>;
  /** Opens a request beside, laid out over many lines. The line under the cursor where none is given. */
  editAsJson(uri?: Uri, line?: number): Promise<void>;
  /** Takes the white space out of the selected lines, or of all where nothing is selected. */
  formatLines(uri?: Uri): Promise<void>;
  /** Asks what the lines of a file are. */
  chooseDialect(uri?: Uri): Promise<void>;
  /** Turns every line of a file into the other dialect, in one undo step. `models` are offered first where one is asked for. */
  convertLines(to: 'gemini' | 'openai', uri?: Uri, models?: OfferedModels): Promise<void>;
}

/** Binds the language server to VS Code. Costs little until a request file is opened or a method needs the server. */
export function startLanguage({
  extensionUri,
  log,
  memory,
  priceOf,
  knownFiles,
}: LanguageOptions): LanguageHandle {
  shareTranslations();
  const owned = new DisposableStore();
  const report = (error: unknown) => log.error(describeFault(error));
  const session: ServerSession = owned.add(
    new ServerSession(
      extensionUri,
      log,
      ({ uri }) => {
        const kind = status.choiceFor(uri);
        if (kind !== undefined) session.setKind(uri, kind).catch(report);
      },
      knownFiles ?? (() => Promise.resolve(undefined)),
    ),
  );
  const status = owned.add(new DialectStatus(session, memory));
  owned.add(new RequestLenses(session, priceOf ?? (() => Promise.resolve(undefined))));
  owned.add(new JsonLinesOffer(report));
  owned.add(new VisibleLines(session, report));
  const editor = owned.add(new RequestEditor());
  const reports = owned.add(new ValidationReports());

  const startFor = (document: TextDocument) => {
    if (isRequestFile(document)) session.start().catch(report);
  };
  owned.add(workspace.onDidOpenTextDocument(startFor));
  workspace.textDocuments.forEach(startFor);

  return {
    validateFile: (uri, options) =>
      session.validateFile(uri, { kind: status.choiceFor(Uri.parse(uri)), ...options }),
    validateAndReport: async (uri) => {
      const target = targetOf(uri);
      await validateAndReport(session, reports, target, status.choiceFor(target));
    },
    restart: () => session.restart(),
    stateOf: (uri) => session.stateOf(uri),
    onDidChangeState: session.onDidChangeState,
    editAsJson: async (uri, line) => editor.open(targetOf(uri), line ?? cursorLine()),
    formatLines: (uri) => formatLines(session, targetOf(uri)),
    chooseDialect: async (uri) => status.choose(targetOf(uri)),
    convertLines: (to, uri, models) => convertLines(session, targetOf(uri), to, models),
    dispose: () => owned.dispose(),
  };
}

/** The file that is meant: the one given, or the one in front, which has a tab but no text editor when it is very large. */
function targetOf(uri: Uri | undefined): Uri {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  const inTab = input instanceof TabInputText ? input.uri : undefined;
  const target = uri ?? window.activeTextEditor?.document.uri ?? inTab;
  if (target === undefined) throw new Error(l10n.t('Open a JSONL file of requests first.'));
  return target;
}

function cursorLine(): number {
  return window.activeTextEditor?.selection.active.line ?? 0;
}
