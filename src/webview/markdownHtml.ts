import { Marked, type Tokens } from 'marked';
import { withVisibleControls } from './controls';

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

/** Whether a text is likely to be Markdown: worth offering, not worth forcing. */
export function looksLikeMarkdown(text: string): boolean {
  return /(^|\n)(#{1,6} |[-*] |\d+\. |```|> |\|.*\|)|\*\*[^*\n]+\*\*|\[[^\]\n]+\]\(/.test(
    text.slice(0, 20_000),
  );
}
