import * as l10n from '@vscode/l10n';
import type { Issue } from '../issue';
import { isObject, type JsonObject } from '../json';
import type { Mend, PathSegment } from '../problem';
import { schemaFaults, type SchemaFaultKind } from '../schemaFaults';
import { nearest } from '../spelling';
import type { MeaningContext } from './context';

/** What the service refuses in a Schema whose fields are all right by themselves. */
export function schema(value: JsonObject, context: MeaningContext): void {
  schemaFaults(value, context.path, (kind, field, index) => {
    context.report(issues[kind](value, [...context.path], field, index ?? 0));
  });
}

type SchemaIssue = (schema: JsonObject, path: readonly PathSegment[], field: string, index: number) => Issue;

const issues: Readonly<Record<SchemaFaultKind, SchemaIssue>> = {
  undefinedProperty,
  missingItems,
  noProperties,
  enumType,
  emptyValue,
};

function undefinedProperty(
  schema: JsonObject,
  path: readonly PathSegment[],
  field: string,
  index: number,
): Issue {
  const listed = listIn(schema[field]);
  const name = String(listed[index]);
  const properties = isObject(schema.properties) ? schema.properties : undefined;
  const meant = nearest(
    name,
    Object.keys(properties ?? {}).filter((property) => !listed.includes(property)),
  );
  const isRequired = field === 'required';
  return {
    code: isRequired ? 'schema-required' : 'schema-ordering',
    path: [...path, field, index],
    at: 'value',
    message: () =>
      isRequired
        ? l10n.t(
            '"properties" has no "{0}", so it cannot be required: the service refuses the request.',
            name,
          )
        : l10n.t('"properties" has no "{0}" to be put in order.', name),
    mend:
      meant === undefined
        ? withoutElement(path, field, listed)
        : { kind: 'replace', json: JSON.stringify(meant), title: l10n.t('Change to "{0}"', meant) },
    // Where there are none, their name may be what is wrong.
    ...(properties === undefined && { needs: [[...path, 'properties']] }),
  };
}

function missingItems(_: JsonObject, path: readonly PathSegment[]): Issue {
  return {
    code: 'schema-items',
    path,
    at: 'owner',
    message: () =>
      l10n.t(
        'An ARRAY needs "items", the schema of its elements: without it the service refuses the request.',
      ),
    mend: { kind: 'insert', into: path, name: 'items', json: '{"type":"STRING"}', careful: true },
    needs: [[...path, 'items']],
  };
}

function noProperties(schema: JsonObject, path: readonly PathSegment[]): Issue {
  const isWritten = isObject(schema.properties);
  return {
    code: 'schema-properties',
    path: isWritten ? [...path, 'properties'] : path,
    at: isWritten ? 'value' : 'owner',
    message: () =>
      l10n.t(
        'An OBJECT in a response schema needs "properties" that are not empty: without them the service refuses the request.',
      ),
    ...(!isWritten && { needs: [[...path, 'properties']] }),
  };
}

function enumType({ type }: JsonObject, path: readonly PathSegment[]): Issue {
  const isTyped = typeof type === 'string' && type !== '';
  return {
    code: 'schema-enum',
    path: [...path, 'enum'],
    at: 'name',
    message: () =>
      l10n.t('"enum" is for the type STRING only: with another, the service refuses the request.'),
    mend: isTyped
      ? {
          kind: 'replace',
          at: [...path, 'type'],
          json: '"STRING"',
          title: l10n.t('Change the type to {0}', 'STRING'),
          careful: true,
        }
      : { kind: 'insert', into: path, name: 'type', json: '"STRING"' },
    needs: [[...path, 'type']],
  };
}

function emptyValue(schema: JsonObject, path: readonly PathSegment[], field: string, index: number): Issue {
  return {
    code: 'schema-enum',
    path: [...path, field, index],
    at: 'value',
    message: () => l10n.t('A value of "enum" cannot be empty: the service refuses the request.'),
    mend: withoutElement(path, field, listIn(schema[field])),
  };
}

/** Takes the element away, or with the last one the list. */
function withoutElement(path: readonly PathSegment[], field: string, listed: readonly unknown[]): Mend {
  return listed.length > 1
    ? { kind: 'remove', careful: true }
    : { kind: 'remove', at: [...path, field], careful: true };
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
