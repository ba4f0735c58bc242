import type { FieldDescriptor, Place } from '../dialects';
import { pricedModels } from '../shared/pricing';
import { elementsOf, propertiesOf, stringValue, valueOf, type Node } from './jsonTree';
import { translated } from './texts';

/** A value that may be meant, and what it means where there is something to say. */
export interface SuggestedValue {
  /** As it is written in JSON. */
  readonly json: string;
  readonly doc?: string;
}

/** What the tables and the line itself offer as values for a place, most likely first. */
export function suggestedValues(
  { shape, field, owner }: Place,
  container: Node | undefined,
): SuggestedValue[] {
  if (shape === undefined || field === undefined) return [];
  if (shape.type === 'enum') {
    // The value that means "none" is never what somebody wants to write.
    return Object.entries(shape.values)
      .filter(([value]) => !/(^|_)unspecified$/i.test(value))
      .map(([value, doc]) => ({ json: JSON.stringify(value), doc: translated(doc) }));
  }
  if (shape.type === 'bool') return [{ json: 'true' }, { json: 'false' }];
  if (shape.type !== 'string') return [];
  const names =
    fromLine(field, container) ?? field.suggest ?? (field.name === 'model' ? models(owner?.name) : []);
  return names.map((name) => ({ json: JSON.stringify(name) }));
}

/** Names that refer to something else in the same line. */
function fromLine({ name }: FieldDescriptor, container: Node | undefined): string[] | undefined {
  if (name === 'required' || name === 'propertyOrdering') return namesOf(valueOf(container, 'properties'));
  if (name !== 'allowedFunctionNames') return undefined;
  const request = ancestorWith(container, 'tools');
  return elementsOf(valueOf(request, 'tools')).flatMap((tool) =>
    elementsOf(valueOf(tool, 'functionDeclarations', 'function_declarations')).flatMap(
      (declaration) => stringValue(valueOf(declaration, 'name')) ?? [],
    ),
  );
}

function namesOf(node: Node | undefined): string[] {
  return propertiesOf(node).flatMap(({ key }) => stringValue(key) ?? []);
}

function ancestorWith(node: Node | undefined, name: string): Node | undefined {
  for (let at = node; at !== undefined; at = at.parent) if (valueOf(at, name) !== undefined) return at;
  return undefined;
}

/** Names of models; those of a Gemini request have a prefix. */
function models(owner: string | undefined): string[] {
  const isEmbedding = owner === 'EmbedContentRequest' || owner === 'EmbeddingsBody';
  const prefix = owner === 'GenerateContentRequest' || owner === 'EmbedContentRequest' ? 'models/' : '';
  return pricedModels
    .filter((model) => model.includes('embedding') === isEmbedding)
    .map((model) => `${prefix}${model}`);
}
