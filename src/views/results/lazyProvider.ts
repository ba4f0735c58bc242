import { Disposable as VscodeDisposable, window, type CustomReadonlyEditorProvider } from 'vscode';
import type { Disposable } from '../../util/disposable';
import { anyNameEditorType, resultsEditorType, type ResultsEditors } from './api';

/** Registers the results editor without loading it; the first results file does that. */
export function registerResultsEditor(load: () => Promise<ResultsEditors>): Disposable {
  const provider: CustomReadonlyEditorProvider = {
    openCustomDocument: async (uri, context, token) => (await load()).openCustomDocument(uri, context, token),
    resolveCustomEditor: async (document, panel, token) =>
      (await load()).resolveCustomEditor(document, panel, token),
  };
  const options = { webviewOptions: { enableFindWidget: false }, supportsMultipleEditorsPerDocument: true };
  return VscodeDisposable.from(
    ...[resultsEditorType, anyNameEditorType].map((type) =>
      window.registerCustomEditorProvider(type, provider, options),
    ),
  );
}
