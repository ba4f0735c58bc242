import type { CompiledField, CompiledMessage, CompiledShape } from './compiled';
import { isBase64, isDuration, isTimestamp } from './formats';
import { isObject, isUnset, type JsonObject } from './json';
import type { PathSegment } from './problem';

/** How a value can differ from its descriptor. */
export type ViolationKind =
  // What protocol-buffer JSON refuses.
  | 'unknownField'
  | 'duplicateField' // both spellings of one field
  | 'wrongType'
  | 'badEnum'
  | 'badNumber' // not a number of that type, e.g. 1.5 for an int32
  | 'badBytes'
  | 'badDuration'
  | 'badTimestamp'
  // What the service refuses or dislikes beyond that.
  | 'numberString'
  | 'enumNumber'
  | 'range'
  | 'tooMany'
  | 'missingField'
  | 'deprecated';

/** Hears what {@link Walker} finds. `walker.path` says where; it changes afterwards, so copy it. */
export interface WalkListener {
  violation(kind: ViolationKind, walker: Walker, details: ViolationDetails): void;
  /** After a message's own fields were checked. */
  message?(message: CompiledMessage, value: JsonObject, walker: Walker): void;
}

export interface ViolationDetails {
  readonly value: unknown;
  /** The message that the field is or is not in. */
  readonly message: CompiledMessage;
  /** The object that has or lacks the field; absent for what is about the value alone. */
  readonly owner?: JsonObject;
  /** Absent for unknown fields. */
  readonly field?: CompiledField;
  /** The shape that was expected at this place, an element's for elements. */
  readonly shape?: CompiledShape;
}

/**
 * Goes through a parsed value along the descriptors and tells what does not fit. Allocates nothing while all is well: this is
 * the hot path of checking gigabytes.
 */
export class Walker {
  /** Where the walker is: names as written, and indices. */
  readonly path: PathSegment[] = [];

  constructor(private readonly listener: WalkListener) {}

  /** Checks `value` as the message. The caller has made sure that it is an object. */
  message(message: CompiledMessage, value: JsonObject): void {
    const path = this.path;
    for (const name in value) {
      const field = message.fields.get(name);
      // Read here, right inside the loop over the names, where engines know where it lies.
      const member = value[name];
      path.push(name);
      if (field === undefined) {
        if (message.descriptor.unknown !== 'free') {
          this.listener.violation('unknownField', this, { value: member, message, owner: value });
        }
      } else {
        this.field(message, field, name, member, value);
      }
      path.pop();
    }
    for (const field of message.required) {
      if (isUnset(fieldValue(value, field))) {
        this.listener.violation('missingField', this, { value, message, field, owner: value });
      }
    }
    this.listener.message?.(message, value, this);
  }

  private field(
    message: CompiledMessage,
    field: CompiledField,
    name: string,
    value: unknown,
    owner: JsonObject,
  ): void {
    const { descriptor } = field;
    if (descriptor.snake !== descriptor.name && name !== descriptor.name && descriptor.name in owner) {
      this.bothSpellings(message, field, owner);
    }
    // In protocol-buffer JSON null is the same as leaving the field out.
    if (value === null) return;
    if (descriptor.deprecated !== undefined) {
      this.listener.violation('deprecated', this, { value, message, field });
    }
    this.shape(message, field, this.fittingShape(field, value), value);
  }

  /** Reports a field that is there in both spellings, at the later one. Called at the one in snake_case. */
  private bothSpellings(message: CompiledMessage, field: CompiledField, owner: JsonObject): void {
    const { name, snake } = field.descriptor;
    const names = Object.keys(owner);
    const later = names.indexOf(name) > names.indexOf(snake) ? name : snake;
    this.path[this.path.length - 1] = later;
    this.listener.violation('duplicateField', this, { value: owner[later], message, field, owner });
    this.path[this.path.length - 1] = snake;
  }

  private fittingShape(field: CompiledField, value: unknown): CompiledShape {
    if (field.also.length === 0 || fitsType(field.shape, value)) return field.shape;
    return field.also.find((shape) => fitsType(shape, value)) ?? field.shape;
  }

  private shape(message: CompiledMessage, field: CompiledField, shape: CompiledShape, value: unknown): void {
    switch (shape.type) {
      case 'message':
        if (isObject(value)) this.message(shape.message, value);
        else this.report('wrongType', message, field, shape, value);
        return;
      case 'list':
        if (Array.isArray(value)) this.list(message, field, shape, value);
        else this.report('wrongType', message, field, shape, value);
        return;
      case 'map':
        if (isObject(value)) this.map(message, field, shape, value);
        else this.report('wrongType', message, field, shape, value);
        return;
      case 'enum':
        this.enumValue(message, field, shape, value);
        return;
      case 'struct':
        if (!isObject(value)) this.report('wrongType', message, field, shape, value);
        return;
      case 'value':
        return;
      default:
        this.scalar(message, field, shape, value);
    }
  }

  private list(
    message: CompiledMessage,
    field: CompiledField,
    shape: { readonly of: CompiledShape } & CompiledShape,
    value: readonly unknown[],
  ): void {
    const { maxCount } = field.descriptor;
    if (maxCount !== undefined && value.length > maxCount) {
      this.report('tooMany', message, field, shape, value);
    }
    for (let index = 0; index < value.length; index += 1) {
      this.path.push(index);
      this.shape(message, field, shape.of, value[index]);
      this.path.pop();
    }
  }

  private map(
    message: CompiledMessage,
    field: CompiledField,
    shape: { readonly of: CompiledShape } & CompiledShape,
    value: JsonObject,
  ): void {
    for (const name in value) {
      this.path.push(name);
      this.shape(message, field, shape.of, value[name]);
      this.path.pop();
    }
  }

  private enumValue(
    message: CompiledMessage,
    field: CompiledField,
    shape: { readonly values: ReadonlyMap<string, string> } & CompiledShape,
    value: unknown,
  ): void {
    if (typeof value === 'string') {
      if (!shape.values.has(value)) this.report('badEnum', message, field, shape, value);
    } else if (typeof value === 'number' && Number.isInteger(value)) {
      this.report('enumNumber', message, field, shape, value);
    } else {
      this.report('wrongType', message, field, shape, value);
    }
  }

  private scalar(message: CompiledMessage, field: CompiledField, shape: CompiledShape, value: unknown): void {
    switch (shape.type) {
      case 'string':
        if (typeof value !== 'string') this.report('wrongType', message, field, shape, value);
        return;
      case 'bool':
        if (typeof value !== 'boolean') this.report('wrongType', message, field, shape, value);
        return;
      case 'bytes':
        if (typeof value !== 'string') this.report('wrongType', message, field, shape, value);
        else if (!isBase64(value)) this.report('badBytes', message, field, shape, value);
        return;
      case 'duration':
        if (typeof value !== 'string') this.report('wrongType', message, field, shape, value);
        else if (!isDuration(value)) this.report('badDuration', message, field, shape, value);
        return;
      case 'timestamp':
        if (typeof value !== 'string') this.report('wrongType', message, field, shape, value);
        else if (!isTimestamp(value)) this.report('badTimestamp', message, field, shape, value);
        return;
      default:
        this.number(message, field, shape, value);
    }
  }

  private number(message: CompiledMessage, field: CompiledField, shape: CompiledShape, value: unknown): void {
    const number = typeof value === 'string' ? numberIn(value) : value;
    if (typeof number !== 'number') {
      this.report('wrongType', message, field, shape, value);
      return;
    }
    if (!fitsNumber(shape, number) || (number === value && !Number.isFinite(number))) {
      this.report('badNumber', message, field, shape, value);
      return;
    }
    if (typeof value === 'string' && shape.type !== 'int64') {
      this.report('numberString', message, field, shape, value);
    }
    const { min, max, exclusiveMin } = field.descriptor;
    const tooSmall = min !== undefined && (number < min || (exclusiveMin === true && number === min));
    if (tooSmall || (max !== undefined && number > max)) {
      this.report('range', message, field, shape, value);
    }
  }

  private report(
    kind: ViolationKind,
    message: CompiledMessage,
    field: CompiledField,
    shape: CompiledShape,
    value: unknown,
  ): void {
    this.listener.violation(kind, this, { value, message, field, shape });
  }
}

/** The value of a field under whichever spelling it has; undefined when it has none. */
export function fieldValue(owner: JsonObject, field: CompiledField): unknown {
  const { name, snake } = field.descriptor;
  return owner[name] ?? (snake === name ? undefined : owner[snake]);
}

/** Whether a value has the JSON type that a shape wants; says nothing about what is in it. */
export function fitsType(shape: CompiledShape, value: unknown): boolean {
  switch (shape.type) {
    case 'list':
      return Array.isArray(value) && (value.length === 0 || fitsType(shape.of, value[0]));
    case 'message':
    case 'map':
    case 'struct':
      return isObject(value);
    case 'value':
      return true;
    case 'bool':
      return typeof value === 'boolean';
    case 'int32':
    case 'int64':
    case 'float':
    case 'double':
      return typeof value === 'number';
    default:
      return typeof value === 'string';
  }
}

const decimal = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const notFinite: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

/** The number that a string holds as protocol-buffer JSON allows it. */
function numberIn(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  return Object.hasOwn(notFinite, text) ? notFinite[text] : undefined;
}

const int64Limit = 2 ** 63;
const floatLimit = 3.4028235e38;

function fitsNumber(shape: CompiledShape, number: number): boolean {
  switch (shape.type) {
    case 'int32':
      return Number.isInteger(number) && number >= -(2 ** 31) && number < 2 ** 31;
    case 'int64':
      return Number.isInteger(number) && number >= -int64Limit && number <= int64Limit;
    case 'float':
      return !(Math.abs(number) > floatLimit) || Math.abs(number) === Infinity;
    default:
      return true;
  }
}
