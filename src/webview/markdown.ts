import DOMPurify from 'dompurify';
import { longestAddress } from '../shared/resultsMessages';
import { attributeText } from './dom';
import { isWebLink, markdownToHtml } from './markdownHtml';

const allowedTags =
  'a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i li ol p pre s strong sub sup table tbody td th thead tr ul'.split(
    ' ',
  );

/**
 * Markdown as elements for the page. Links do nothing by themselves: they carry their address, and who shows them asks first.
 * Undefined for what cannot be rendered, such as quotes inside one another without end.
 */
export function renderMarkdown(text: string): DocumentFragment | undefined {
  try {
    return sanitized(markdownToHtml(text));
  } catch {
    return undefined;
  }
}

function sanitized(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: allowedTags,
    ALLOWED_ATTR: ['href', 'align', 'start'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a')) {
    const address = link.getAttribute('href');
    link.removeAttribute('href');
    if (address === null || address.length > longestAddress || !isWebLink(address)) continue;
    link.dataset.link = address;
    link.title = attributeText(address);
    link.tabIndex = 0;
    link.setAttribute('role', 'link');
  }
  return fragment;
}
