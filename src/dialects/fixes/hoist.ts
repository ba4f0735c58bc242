import { compiledMessage } from '../compiled';
import { nodeAt } from '../locate';
import { toCamelCase } from '../names';
import type { TextEdit } from '../problem';
import { isSdkOnly } from '../wording/foreign';
import type { MendSite } from './mends';
import { nameOf, place, propertyAt, valueOf, type Placement } from './objects';
import { removedAndPlaced, textOf } from './textEdits';

/** Moves every member of an SDK's config object to where the request wants it; what only the SDK reads is left out. */
export function hoist({ text, root, path, context }: MendSite): TextEdit[] | undefined {
  const property = propertyAt(root, path);
  const config = valueOf(property);
  if (property?.parent === undefined || config?.type !== 'object') return undefined;
  const request = context.kind === 'gemini-bare' && path.length === 1 ? [] : ['request'];
  if (nodeAt(root, request) === undefined) return undefined;
  const embeds = context.kind === 'gemini-embed';
  const inRequest = compiledMessage(embeds ? 'EmbedContentRequest' : 'GenerateContentRequest').fields;
  const inConfig = embeds ? 'embedContentConfig' : 'generationConfig';
  const placements = (config.children ?? []).flatMap((child): Placement[] => {
    const value = valueOf(child);
    const name = nameOf(child);
    if (value === undefined || isSdkOnly(name)) return [];
    const belongsToRequest = inRequest.has(name) && toCamelCase(name) !== 'contents';
    return [{ to: belongsToRequest ? request : [...request, inConfig], name, json: textOf(text, value) }];
  });
  const placed = place(
    root,
    placements,
    placements.some(({ name }) => name.includes('_')),
  );
  return placed && removedAndPlaced(property.parent, property, placed);
}
