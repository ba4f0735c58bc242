import type { ResultsStrings } from '../../shared/resultsStrings';

export interface PageParts {
  /** Random, new for every page. */
  readonly nonce: string;
  /** Where the webview may load files of the extension from. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  readonly language: string;
  readonly title: string;
  readonly strings: ResultsStrings;
}

/**
 * The page of the results editor. It may run its own script and nothing else, load its own style sheet, show pictures and sound
 * that the script made from bytes it was given, and reach nobody.
 */
export function resultsPage(parts: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${parts.nonce}'`,
    `style-src ${parts.source}`,
    'img-src blob:',
    'media-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escape(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(parts.title)}</title>
<link rel="stylesheet" href="${escape(parts.style)}">
</head>
<body>
<div id="app"></div>
<script type="application/json" id="strings" nonce="${parts.nonce}">${inScript(parts.strings)}</script>
<script nonce="${parts.nonce}" src="${escape(parts.script)}"></script>
</body>
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON that cannot end the element that it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}
