import { compiledMessage, type CompiledShape } from './compiled';
import { isObject, jsonType, type JsonType } from './json';
import type { PathSegment } from './problem';
import { resolveFrom } from './resolve';
import { Walker, type ViolationDetails, type ViolationKind } from './walk';

/** Something that reading protocol-buffer JSON fails on. */
export interface ProtoViolation {
  readonly kind: ProtoViolationKind;
  /** To the offending field or element, names as written. */
  readonly path: readonly PathSegment[];
  /** To the same place, names in snake_case. */
  readonly protoPath: readonly PathSegment[];
  /** The nearest name on the path, as written. */
  readonly field: string;
  /** `object`, `array`, `string`, `number`, `boolean`, or `enum A|B|…`. */
  readonly expected: string;
  readonly found: JsonType;
}

const refused = [
  'unknownField',
  'duplicateField',
  'wrongType',
  'badEnum',
  'badNumber',
  'badBytes',
  'badDuration',
  'badTimestamp',
] as const satisfies readonly ViolationKind[];
export type ProtoViolationKind = (typeof refused)[number];

/**
 * Everything in a parsed value that a strict reader of the message would refuse, in document order. Casing of enum values is
 * strict; null stands for an absent field.
 */
export function findProtoViolations(messageName: string, value: unknown): readonly ProtoViolation[] {
  if (!isObject(value)) {
    return [
      { kind: 'wrongType', path: [], protoPath: [], field: '', expected: 'object', found: jsonType(value) },
    ];
  }
  const found: ProtoViolation[] = [];
  const walker = new Walker({
    violation(kind, { path }, details) {
      if (isRefused(kind)) found.push(violationAt(messageName, kind, [...path], details));
    },
  });
  walker.message(compiledMessage(messageName), value);
  return found;
}

function isRefused(kind: ViolationKind): kind is ProtoViolationKind {
  return (refused as readonly ViolationKind[]).includes(kind);
}

function violationAt(
  messageName: string,
  kind: ProtoViolationKind,
  path: readonly PathSegment[],
  { value, shape }: ViolationDetails,
): ProtoViolation {
  return {
    kind,
    path,
    protoPath: path.map((segment, index) => {
      if (typeof segment === 'number') return segment;
      const place = resolveFrom(messageName, path.slice(0, index + 1));
      return place?.owner === undefined ? segment : (place.field?.snake ?? segment);
    }),
    field: path.findLast((segment) => typeof segment === 'string') ?? '',
    expected: expectedWord(shape),
    found: jsonType(value),
  };
}

function expectedWord(shape: CompiledShape | undefined): string {
  switch (shape?.type) {
    case 'list':
      return 'array';
    case 'bool':
      return 'boolean';
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
      return 'number';
    case 'enum':
      return `enum ${[...shape.values.keys()].join('|')}`;
    case 'string':
    case 'bytes':
    case 'duration':
    case 'timestamp':
      return 'string';
    default:
      return 'object';
  }
}
