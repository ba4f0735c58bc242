import type { DetailPart, ShownText } from '../shared/resultsMessages';
import { append, button, foreign, h } from './dom';
import { icon } from './icons';
import { jsonBlock, jsonTable, parseAnswer } from './jsonView';
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
  /** Called with what must be given back when the row is left. */
  readonly onLeave: (release: () => void) => void;
}

export function partView(part: DetailPart, context: PartContext): HTMLElement {
  switch (part.kind) {
    case 'text':
      return part.thought ? thought(part.content, context) : textView(part.content, context);
    case 'code':
      return labelled(`${t('code')} ${part.language}`, codeBlock(part.content, context));
    case 'codeResult':
      return labelled(`${t('codeResult')} ${part.outcome}`, codeBlock(part.content, context));
    case 'call':
      return labelled(`${t('call')} ${part.name}`, codeBlock(part.content, context));
    case 'callResponse':
      return labelled(`${t('callResponse')} ${part.name}`, codeBlock(part.content, context));
    case 'json':
      return labelled(t('part'), codeBlock(part.content, context));
    case 'file':
      return labelled(`${t('file')} ${part.mimeType}`, linkOrText(part.uri, part.uri, context));
    case 'media':
      return mediaView(part, context);
  }
}

function labelled(label: string, ...content: (Node | undefined)[]): HTMLElement {
  return h('div', { class: 'part' }, h('div', { class: 'part-label' }, foreign(label)), ...content);
}

function codeBlock(content: ShownText, context: PartContext): HTMLElement {
  return h(
    'div',
    {},
    h('pre', { class: 'code', tabIndex: 0, dir: 'ltr' }, foreign(content.text)),
    cutNote(content, context),
  );
}

function thought(content: ShownText, context: PartContext): HTMLElement {
  return h(
    'details',
    { class: 'part thought' },
    h('summary', {}, t('thoughts')),
    h('div', { class: 'prose', dir: 'auto' }, foreign(content.text)),
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
    button(t('rawResult'), context.openRaw, { class: 'link' }),
  );
}

type Look = 'text' | 'markdown' | 'json' | 'table';

/** Rendering more than this would hold the window up; as plain text it is no trouble. */
const maxRendered = 60_000;

function textView(content: ShownText, context: PartContext): HTMLElement {
  const { text } = content;
  const json = content.total === undefined ? parseAnswer(text) : undefined;
  const table = json === undefined ? undefined : jsonTable(json);
  const looks: Look[] = ['text'];
  if (json === undefined && text.length <= maxRendered && looksLikeMarkdown(text)) looks.push('markdown');
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
    const element = h('div', { class: 'prose markdown', dir: 'auto' }, renderMarkdown(text));
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
  return h('div', { class: 'prose', dir: 'auto' }, foreign(text));
}

/** A link where the address is one that may be followed, the address itself beside it; else plain text. */
export function linkOrText(title: string, uri: string, context: Pick<PartContext, 'openLink'>): HTMLElement {
  if (!/^https?:\/\//i.test(uri)) return h('span', { class: 'mono' }, foreign(title));
  return button(title, () => context.openLink(uri), { class: 'link' });
}

function mediaView(part: Extract<DetailPart, { kind: 'media' }>, context: PartContext): HTMLElement {
  const kind = mediaKind(part.mimeType);
  const label = `${kind === 'image' ? t('image') : kind === 'audio' ? t('audio') : t('mediaFile')} ${part.mimeType} · ${formatBytes(part.bytes)}`;
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
    void context.media(part.media).then(
      ({ mimeType, bytes }) => fill(frame, kind, mimeType, bytes, context),
      (error: unknown) =>
        append(frame, h('p', { class: 'note' }, error instanceof Error ? error.message : String(error))),
    );
  }
  return view;
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
    player.src = url;
    frame.append(player);
    return;
  }
  const picture = document.createElement('img');
  picture.alt = `${t('image')} ${mimeType}`;
  picture.src = url;
  const zoom = button(
    t('zoom'),
    () => {
      const zoomed = frame.classList.toggle('zoomed');
      zoom.setAttribute('aria-pressed', String(zoomed));
    },
    { class: 'picture', text: false, icon: icon('zoom') },
  );
  zoom.setAttribute('aria-pressed', 'false');
  zoom.prepend(picture);
  frame.append(zoom);
}
