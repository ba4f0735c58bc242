import type { Issue } from './issue';
import type { Mend, PathSegment } from './problem';

/** JSON Schema keywords that the closed Schema message lacks -> what to do instead. */
const schemaAdvice: ReadonlyMap<string, { readonly advice: string; readonly mend?: Mend }> = new Map(
  Object.entries({
    additionalProperties: { advice: 'Remove it', mend: { kind: 'remove' } },
    $schema: { advice: 'Remove it', mend: { kind: 'remove' } },
    $id: { advice: 'Remove it', mend: { kind: 'remove' } },
    $comment: { advice: 'Remove it', mend: { kind: 'remove' } },
    strict: { advice: 'Remove it', mend: { kind: 'remove' } },
    oneOf: { advice: 'Use anyOf', mend: { kind: 'rename', name: 'anyOf' } },
    examples: { advice: 'Use example for one of them' },
    const: { advice: 'Use an enum of one string' },
    $ref: { advice: 'Write the schema out where it is used' },
    $defs: { advice: 'Write the schemas out where they are used' },
    definitions: { advice: 'Write the schemas out where they are used' },
    allOf: { advice: 'Merge the schemas' },
    exclusiveMinimum: { advice: 'Use minimum' },
    exclusiveMaximum: { advice: 'Use maximum' },
    prefixItems: { advice: 'Use items' },
    patternProperties: { advice: 'Use properties' },
    not: { advice: 'Leave it out' },
    multipleOf: { advice: 'Leave it out' },
    uniqueItems: { advice: 'Leave it out' },
    if: { advice: 'Leave it out' },
    then: { advice: 'Leave it out' },
    else: { advice: 'Leave it out' },
    dependentRequired: { advice: 'Leave it out' },
    contentEncoding: { advice: 'Leave it out' },
    contentMediaType: { advice: 'Leave it out' },
    readOnly: { advice: 'Leave it out' },
    writeOnly: { advice: 'Leave it out' },
    deprecated: { advice: 'Leave it out' },
  } satisfies Record<string, { readonly advice: string; readonly mend?: Mend }>),
);

/** What to say of a name in a Schema that is a keyword of JSON Schema; undefined when it is none. */
export function schemaKeywordIssue(path: readonly PathSegment[], name: string): Issue | undefined {
  const keyword = schemaAdvice.get(name);
  if (keyword === undefined) return undefined;
  const { advice, mend } = keyword;
  return {
    code: 'schema-keyword',
    path,
    at: 'name',
    message: `"${name}" is JSON Schema, which a Schema does not take: the service refuses the line. ${advice}, or use the field for full JSON Schema (responseJsonSchema, parametersJsonSchema) instead.`,
    ...(mend && { mend }),
  };
}
