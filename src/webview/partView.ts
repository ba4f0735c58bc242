import { longestAddress, type DetailPart, type ShownText } from '../shared/resultsMessages';
import { append, attributeText, button, clip, foreign, h } from './dom';
import { icon } from './icons';
import { parseAnswer } from './jsonAnswer';
import { jsonBlock, jsonTable } from './jsonView';
import { renderMarkdown } from './markdown';
import { looksLikeMarkdown } from './markdownHtml';
import { mediaKind, playable } from './media';
import { formatBytes, formatNumber, t } from './strings';

/** What parts need of the row they belong to. */
export interface PartContext {
  /** Fetches inline data; rejects when it is no longer there. */
  readonly media: (media: number) => Promise<{ mimeType: string; bytes: Uint8Array }>;
  readonly save: (media: number) => void;
  /** Opens the whole line in an editor, for what was cut. */
  readonly openRaw: () => void;
  readonly openLink: (uri: string) => void;
  /** Runs when the parts come to be seen: what a folded section holds is not fetched for nothing. */
  readonly whenShown: (fetch: () => void) => void;
  /** Called with what must be given back when the row is left. */
  readonly onLeave: (release: () => void) => void;
}

export function partView(part: DetailPart, context: PartContext): HTMLElement {
  switch (part.kind) {
    case 'text':
      return part.thought ? thought(part.content, context) : textView(part.content, context);
    case 'code':
      return labelled([t('code'), part.language], codeBlock(part.content, context));
    case 'codeResult':
      return labelled([t('codeResult'), part.outcome], codeBlock(part.content, context));
    case 'call':
      return labelled([t('call'), part.name], codeBlock(part.content, context));
    case 'callResponse':
      return labelled([t('callResponse'), part.name], codeBlock(part.content, context));
    case 'json':
      return labelled([t('part')], codeBlock(part.content, context));
    case 'file':
      return labelled([t('file'), part.mimeType], linkOrText(part.uri, part.uri, context));
    case 'media':
      return mediaView(part, context);
  }
}

/** Parts of one answer that are drawn; a model may write tens of thousands. */
const maxParts = 300;

/** Parts in their order; of very many the first ones, and a way to all of them. */
export function partViews(parts: readonly DetailPart[], context: PartContext): HTMLElement[] {
  const views = parts.slice(0, maxParts).map((part) => partView(part, context));
  if (parts.length <= maxParts) return views;
  const note = t('cutParts', formatNumber(maxParts), formatNumber(parts.length));
  return [...views, h('p', { class: 'note' }, note, ' ', rawButton(context))];
}

/** A part below its name; pieces of the name that are empty are left out. */
function labelled(label: readonly string[], ...content: (Node | undefined)[]): HTMLElement {
  const name = label.filter((piece) => piece !== '').join(' · ');
  return h('div', { class: 'part' }, h('div', { class: 'part-label' }, foreign(name, 300)), ...content);
}

function rawButton(context: PartContext): HTMLElement {
  return button(t('rawResult'), context.openRaw, { class: 'link' });
}

function codeBlock(content: ShownText, context: PartContext): HTMLElement {
  return h(
    'div',
    {},
    h('pre', { class: 'code', tabIndex: 0, dir: 'ltr' }, foreign(content.text, Infinity)),
    cutNote(content, context),
  );
}

function thought(content: ShownText, context: PartContext): HTMLElement {
  return h(
    'details',
    { class: 'part thought' },
    h('summary', {}, t('thoughts')),
    h('div', { class: 'prose', dir: 'auto' }, foreign(content.text, Infinity)),
    cutNote(content, context),
  );
}

function cutNote(content: ShownText, context: PartContext): HTMLElement | undefined {
  if (content.total === undefined) return undefined;
  return h(
    'p',
    { class: 'note' },
    t('cutText', formatNumber(content.text.length), formatNumber(content.total)),
    ' ',
    rawButton(context),
  );
}

type Look = 'text' | 'markdown' | 'json' | 'table';

function textView(content: ShownText, context: PartContext): HTMLElement {
  const { text } = content;
  const json = content.total === undefined ? parseAnswer(text) : undefined;
  const table = json === undefined ? undefined : jsonTable(json);
  const looks: Look[] = ['text'];
  if (json === undefined && looksLikeMarkdown(text)) looks.push('markdown');
  if (json !== undefined) looks.push('json');
  if (table !== undefined) looks.push('table');
  const body = h('div', { class: 'look' });
  const show = (look: Look) => {
    body.replaceChildren(lookOf(look, text, json, context));
    for (const each of switches) each.setAttribute('aria-pressed', String(each.dataset.look === look));
  };
  const switches = looks.map((look) => {
    const label = { text: t('asText'), markdown: t('asMarkdown'), json: t('asJson'), table: t('asTable') }[
      look
    ];
    const element = button(label, () => show(look), { class: 'segment' });
    element.dataset.look = look;
    return element;
  });
  show(looks.at(json === undefined ? -1 : 1) ?? 'text');
  return h(
    'div',
    { class: 'part' },
    looks.length > 1 &&
      h('div', { class: 'segments', role: 'group', aria: { label: t('shownAs') } }, ...switches),
    body,
    cutNote(content, context),
  );
}

function lookOf(look: Look, text: string, json: object | undefined, context: PartContext): HTMLElement {
  if (look === 'json' && json !== undefined) return jsonBlock(json);
  if (look === 'table' && json !== undefined) {
    return h('div', { class: 'scroll-x', tabIndex: 0 }, jsonTable(json));
  }
  if (look === 'markdown') {
    const rendered = renderMarkdown(text);
    if (rendered === undefined) return plainText(text);
    const element = h('div', { class: 'prose markdown', dir: 'auto' }, rendered);
    const follow = (event: Event) => {
      const address = (event.target as HTMLElement).closest<HTMLElement>('[data-link]')?.dataset.link;
      if (address !== undefined) context.openLink(address);
    };
    element.addEventListener('click', follow);
    element.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') follow(event);
    });
    return element;
  }
  return plainText(text);
}

function plainText(text: string): HTMLElement {
  return h('div', { class: 'prose', dir: 'auto' }, foreign(text, Infinity));
}

/**
 * A link where the address is one that may be followed, and beside it whose it really is, because titles say what they like;
 * else plain text.
 */
export function linkOrText(title: string, uri: string, context: Pick<PartContext, 'openLink'>): HTMLElement {
  const site = siteOf(uri);
  if (site === undefined) return h('span', { class: 'mono' }, foreign(title, 300));
  const link = button(clip(title, 300), () => context.openLink(uri), { class: 'link' });
  link.title = attributeText(uri);
  return title === site ? link : h('span', {}, link, ' ', h('span', { class: 'quiet' }, site));
}

/** The host of a web address as it is looked up: letters of other scripts in it are spelled out. */
function siteOf(uri: string): string | undefined {
  if (uri.length > longestAddress) return undefined;
  try {
    const { protocol, host } = new URL(uri);
    return protocol === 'https:' || protocol === 'http:' ? host : undefined;
  } catch {
    return undefined;
  }
}

function mediaView(part: Extract<DetailPart, { kind: 'media' }>, context: PartContext): HTMLElement {
  const kind = mediaKind(part.mimeType);
  const name = kind === 'image' ? t('image') : kind === 'audio' ? t('audio') : t('mediaFile');
  const label = [name, part.mimeType, formatBytes(part.bytes)];
  const frame = h('div', { class: 'media' });
  const view = labelled(
    label,
    frame,
    h(
      'div',
      { class: 'actions' },
      button(t('save'), () => context.save(part.media), { icon: icon('save'), text: true }),
    ),
  );
  if (kind !== 'file') {
    context.whenShown(
      () =>
        void context.media(part.media).then(
          ({ mimeType, bytes }) => fill(frame, kind, mimeType, bytes, context),
          (error: unknown) => note(frame, error instanceof Error ? error.message : String(error)),
        ),
    );
  }
  return view;
}

function note(frame: HTMLElement, message: string): void {
  append(frame, h('p', { class: 'note' }, foreign(message)));
}

function fill(
  frame: HTMLElement,
  kind: 'image' | 'audio',
  mimeType: string,
  bytes: Uint8Array,
  context: PartContext,
): void {
  const url = URL.createObjectURL(playable(mimeType, new Uint8Array(bytes)));
  context.onLeave(() => URL.revokeObjectURL(url));
  if (kind === 'audio') {
    const player = document.createElement('audio');
    player.controls = true;
    player.setAttribute('aria-label', attributeText(`${t('audio')} ${mimeType}`));
    player.addEventListener('error', () => undrawable(frame, player));
    player.src = url;
    frame.append(player);
    return;
  }
  const picture = document.createElement('img');
  picture.alt = attributeText(`${t('image')} ${mimeType}`);
  picture.addEventListener('error', () => undrawable(frame, zoom));
  picture.src = url;
  const zoom = button(
    t('zoom'),
    () => {
      const zoomed = !frame.classList.contains('zoomed');
      // Twice as large as it fits, or as large as it is: whichever shows more.
      const width = Math.max(picture.naturalWidth, 2 * picture.clientWidth);
      if (zoomed) frame.style.setProperty('--zoomed', `${width}px`);
      frame.classList.toggle('zoomed', zoomed);
      zoom.setAttribute('aria-pressed', String(zoomed));
    },
    { class: 'picture', text: false, icon: icon('zoom') },
  );
  zoom.setAttribute('aria-pressed', 'false');
  zoom.prepend(picture);
  frame.append(zoom);
}

/** Data that is not what its type says can still be saved. */
function undrawable(frame: HTMLElement, element: HTMLElement): void {
  element.remove();
  note(frame, t('undrawable'));
}
