import { Disposable as VscodeDisposable, window, type CustomReadonlyEditorProvider } from 'vscode';
import type { Disposable } from '../../util/disposable';
import type { ResultsEditors } from './api';

/** Types of the editor in the manifest: for results files by their name, and for any JSON Lines file by choice. */
const editorTypes = ['batchwright.results', 'batchwright.resultsOfAnyName'];

/** Registers the results editor without loading it; the first results file does that. */
export function registerResultsEditor(load: () => Promise<ResultsEditors>): Disposable {
  const provider: CustomReadonlyEditorProvider = {
    openCustomDocument: async (uri, context, token) => (await load()).openCustomDocument(uri, context, token),
    resolveCustomEditor: async (document, panel, token) =>
      (await load()).resolveCustomEditor(document, panel, token),
  };
  const options = { webviewOptions: { enableFindWidget: false }, supportsMultipleEditorsPerDocument: true };
  return VscodeDisposable.from(
    ...editorTypes.map((type) => window.registerCustomEditorProvider(type, provider, options)),
  );
}
