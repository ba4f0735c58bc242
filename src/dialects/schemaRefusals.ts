import { compiledMessage } from './compiled';
import type { JsonObject } from './json';
import { toSnakeCase } from './names';
import type { PathSegment } from './problem';
import { resolveFrom } from './resolve';
import { schemaFaults, type SchemaFaultKind } from './schemaFaults';
import { Walker } from './walk';

/** The service's words for each; it says nothing of a name that is only put in order. */
const words: Readonly<Record<SchemaFaultKind, string>> = {
  undefinedProperty: 'property is not defined',
  missingItems: 'missing field.',
  noProperties: 'should be non-empty for OBJECT type',
  enumType: 'only allowed for STRING type',
  emptyValue: 'cannot be empty',
};

/**
 * What the service says of the schemas of a request that fits the table, each with its place, such as
 * `generation_config.response_schema.required[0]: property is not defined`.
 */
export function schemaRefusals(request: JsonObject): readonly string[] {
  const refusals: string[] = [];
  const walker = new Walker({
    // What does not fit the table is for the strict reader.
    violation: () => undefined,
    message({ descriptor }, value, { path }) {
      if (descriptor.name !== 'Schema') return;
      schemaFaults(value, path, (kind, field, index) => {
        if (kind === 'undefinedProperty' && field !== 'required') return;
        refusals.push(
          `${placeOf([...path, field, ...(index === undefined ? [] : [index])])}: ${words[kind]}`,
        );
      });
    },
  });
  walker.message(compiledMessage(root), request);
  return refusals;
}

const root = 'GenerateContentRequest';

function placeOf(path: readonly PathSegment[]): string {
  return path
    .map((segment, index) => {
      const isField = resolveFrom(root, path.slice(0, index + 1))?.owner !== undefined;
      return isField ? `.${toSnakeCase(String(segment))}` : `[${segment}]`;
    })
    .join('')
    .slice(1);
}
