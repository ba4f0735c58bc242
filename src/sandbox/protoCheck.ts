import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import { findProtoViolations, type ProtoViolation } from '../dialects';
import { firstSyntaxFault, quoteCharacter } from './jsonSyntax';

/** A violation as google.rpc.BadRequest lists it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/**
 * What the service says of a message inside a JSON body.
 * @param at snake-case path of the message within the body, e.g. `batch.input_config.requests.requests[0].request`; empty for the
 *   body itself.
 */
export function bodyViolations(message: string, value: unknown, at = ''): FieldViolation[] {
  return findProtoViolations(message, value).map((violation) => describeInBody(violation, value, at));
}

/** Proto's names of what JSON calls by one. */
const protoTypes: Readonly<Record<string, string>> = {
  string: 'TYPE_STRING',
  number: 'TYPE_DOUBLE',
  boolean: 'TYPE_BOOL',
  object: 'TYPE_MESSAGE',
  array: 'TYPE_MESSAGE',
};

function describeInBody(violation: ProtoViolation, root: unknown, at: string): FieldViolation {
  const parent = joinPath(at, violation.protoPath.slice(0, -1));
  const own = joinPath(at, violation.protoPath);
  const place = parent === '' ? '' : ` at '${parent}'`;
  const name = `Invalid JSON payload received. Unknown name "${violation.field}"${place}`;
  const describe = (): string => {
    if (violation.kind === 'unknownField') return `${name}: Cannot find field.`;
    if (violation.kind === 'duplicateField')
      return `Invalid value at '${parent}' (oneof), oneof field '${violation.field}' is already set. Cannot set '${violation.field}'`;
    if (violation.found === 'array') return `${name}: Proto field is not repeating, cannot start list.`;
    if (violation.found === 'object')
      return `Invalid value at '${parent}' (${lastName(violation)}), Starting an object on a scalar field`;
    const type = protoTypes[violation.expected] ?? 'TYPE_ENUM';
    return `Invalid value at '${own}' (${type}), ${JSON.stringify(valueAt(root, violation.path))}`;
  };
  return { field: parent, description: describe() };
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    root,
  );
}

function lastName({ protoPath }: ProtoViolation): string {
  const names = protoPath.filter((step) => typeof step === 'string');
  return names.at(-1) ?? '';
}

function joinPath(at: string, path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (joined, step) =>
      typeof step === 'number' ? `${joined}[${step}]` : joined === '' ? step : `${joined}.${step}`,
    at,
  );
}

/** What opens a value of each JSON type. */
const openings: Readonly<Record<string, string>> = {
  object: "'{'",
  array: "'['",
  string: "'\"'",
  number: 'a number',
  integer: 'a number',
  boolean: "'true' or 'false'",
};

/**
 * What the service says of one line of an input file: `invalid JSON, near column 23: unexpected character: '['; expected '{'`;
 * undefined when it takes the line. Columns count from the request, as the service's seem to. Only the first fault of a line
 * is told.
 */
export function lineFault(message: string, line: string): string | undefined {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    const { offset, reason } = firstSyntaxFault(line);
    return fault(offset, reason);
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return notAnObject(line, 0);
  const wrapped = 'request' in row;
  const request: unknown = wrapped ? (row as { request: unknown }).request : row;
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    const node = nodeAt(line, ['request']);
    return notAnObject(line, node?.offset ?? 0);
  }
  const violation = findProtoViolations(message, request)[0];
  if (violation === undefined) return undefined;
  const { column, character } = locate(line, wrapped ? ['request'] : [], violation);
  switch (violation.kind) {
    case 'unknownField':
      return fault(column, `no such field: '${violation.field}'`);
    case 'duplicateField':
      return fault(column, `field '${violation.field}' is set twice`);
    case 'wrongType':
      return fault(
        column,
        `unexpected character: ${quoteCharacter(character)}; expected ${openings[violation.expected] ?? violation.expected}`,
      );
    default:
      return fault(column, `invalid value for field '${violation.field}'; expected ${violation.expected}`);
  }
}

function fault(column: number, reason: string): string {
  return `invalid JSON, near column ${column}: ${reason}`;
}

function notAnObject(line: string, offset: number): string {
  const character = line.codePointAt(offset) ?? 0;
  return fault(offset, `unexpected character: ${quoteCharacter(character)}; expected '{'`);
}

function nodeAt(line: string, path: readonly (string | number)[]): Node | undefined {
  const tree = parseTree(line);
  return tree === undefined ? undefined : findNodeAtLocation(tree, [...path]);
}

/** Column of the violation from the beginning of the request, and the character there. */
function locate(
  line: string,
  base: readonly string[],
  violation: ProtoViolation,
): { column: number; character: number } {
  const start = nodeAt(line, base)?.offset ?? 0;
  const value = nodeAt(line, [...base, ...violation.path]);
  // What is wrong with a name is at the name, what is wrong with a value at the value.
  const aboutName = violation.kind === 'unknownField' || violation.kind === 'duplicateField';
  const offset = (aboutName ? value?.parent?.children?.[0]?.offset : value?.offset) ?? start;
  return { column: offset - start, character: line.codePointAt(offset) ?? 0 };
}
