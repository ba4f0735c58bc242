import { requestScheme } from '../shared/lsp';

/** Where request files may be. Not in diffs and other read-only copies: their problems would be reported twice. */
const requestFileSchemes = ['file', 'untitled', 'vscode-vfs', 'vscode-remote'];

export const requestFileSelector = requestFileSchemes.map((scheme) => ({ scheme, language: 'jsonl' }));

/** Everything that the language server is asked about. */
export const documentSelector = [...requestFileSelector, { scheme: requestScheme, language: 'json' }];

/** Whether a document is a JSON Lines file that the server knows. */
export function isRequestFile(document: {
  readonly languageId: string;
  readonly uri: { readonly scheme: string };
}): boolean {
  return document.languageId === 'jsonl' && requestFileSchemes.includes(document.uri.scheme);
}
