import { Marked, type Tokens } from 'marked';
import { withVisibleControls } from '../shared/controls';

/**
 * Markdown of a model as HTML text. Raw HTML in it is shown as text, images become their description, and links keep only
 * addresses that {@link isWebLink} allows. The result still goes through DOMPurify: two walls, each enough by itself.
 */
export function markdownToHtml(text: string): string {
  return marked.parse(withVisibleControls(text), { async: false });
}

const marked = new Marked({
  gfm: true,
  breaks: false,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    image: ({ text, href }: Tokens.Image) => `<em>${escapeHtml(`[${text === '' ? href : text}]`)}</em>`,
    link({ href, tokens }: Tokens.Link) {
      const inner = this.parser.parseInline(tokens);
      return isWebLink(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : inner;
    },
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
  },
});

/** Addresses that may be offered as links: the web and mail, nothing that runs, reads files or reaches into VS Code. */
export function isWebLink(address: string): boolean {
  try {
    return ['https:', 'http:', 'mailto:'].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Longer texts are shown as they are: rendering them would hold the window up. */
const maxMarkdown = 60_000;
/** Telling which `*`, `_` and `~` belong together takes time by the square of their number. */
const maxMarks = 3000;
/** Quotes and lists inside one another; each level is a call deeper, here and in the page's layout. */
const maxNesting = 40;

/** Whether a text is likely to be Markdown and can be rendered: worth offering, not worth forcing. */
export function looksLikeMarkdown(text: string): boolean {
  if (text.length > maxMarkdown || !isMarked(text.slice(0, 20_000))) return false;
  return (
    countOf(text, /[*_~]/g) <= maxMarks && deepestMarker(text) <= maxNesting && tableCells(text) <= maxCells
  );
}

/** A row of a table has as many cells as its head, written or not: a wide head and many short rows are millions. */
const maxCells = 20_000;

/** The most cells that the tables of a text can have. */
function tableCells(text: string): number {
  const widths = (text.match(/^[ \t|:-]*\|[ \t|:-]*$/gm) ?? []).map((line) => countOf(line, /\|/g) + 1);
  return Math.max(0, ...widths) * countOf(text, /\n/g);
}

function isMarked(text: string): boolean {
  return /(^|\n)(#{1,6} |[-*] |\d{1,9}\. |```|> |\|.*\|)|\*\*[^*\n]+\*\*|\[[^[\]\n]+\]\(/.test(text);
}

function countOf(text: string, expression: RegExp): number {
  return text.match(expression)?.length ?? 0;
}

/** The most levels that the beginning of a line opens: markers of quotes and lists, or two columns of indentation each. */
function deepestMarker(text: string): number {
  let deepest = 0;
  for (const [start] of text.matchAll(/^(?:[ \t>*+-]|\d{1,9}[.)])+/gm)) {
    const markers = countOf(start, />|[*+-](?=\s)|\d[.)](?=\s)/g);
    const columns = start.replaceAll('\t', '    ').length;
    deepest = Math.max(deepest, markers, markers > 0 ? columns / 2 : 0);
  }
  return deepest;
}
