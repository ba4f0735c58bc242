import {
  compiledMessage,
  type CompiledField,
  type CompiledMessage,
  type CompiledShape,
} from '../../../dialects';
import { fieldFacts, messageFacts, type FieldFacts } from './facts';
import { Limit, MessageAt, MessageFlag, NameAt, Place, ShapeAt, ShapeFlag, ShapeKind } from './layout';
import { nameHash } from './nameHash';
import { TableWriter } from './tableWriter';

export interface TableOptions {
  /** Whether fields that have a successor are worth a word. */
  readonly refuseDeprecated: boolean;
  /** Whether something is known of the files that requests refer to. */
  readonly filesKnown: boolean;
}

export interface Tables {
  /** To be put at {@link Place.tables}. */
  readonly bytes: Uint8Array;
  /** Addresses of the roots' shapes. */
  readonly roots: readonly number[];
}

/** Lays out everything that lines of these messages can contain. */
export function layOutTables(roots: readonly string[], options: TableOptions): Tables {
  const layout = new Layout(options);
  const addresses = roots.map((root) => layout.root(root));
  return { bytes: layout.bytes(), roots: addresses };
}

/** Sets of fields have a bit for each. */
const mostFields = 64;
const mostGroups: number = Limit.groups;
const longestName: number = Limit.nameLength;

class Layout {
  private readonly writer = new TableWriter(Place.tables);
  /** By message and the name that its fields' facts are looked up under. */
  private readonly messages = new Map<string, number>();

  constructor(private readonly options: TableOptions) {}

  bytes(): Uint8Array {
    return this.writer.bytes();
  }

  root(name: string): number {
    return this.shape({ type: 'message', message: compiledMessage(name) }, undefined, [name], {});
  }

  /** @param names under which facts of its inner shapes are looked up, the most special first */
  private shape(
    shape: CompiledShape,
    field: CompiledField | undefined,
    names: readonly string[],
    facts: FieldFacts,
  ): number {
    const { writer } = this;
    const address = writer.take(ShapeAt.size);
    const { min, max, maxCount, exclusiveMin } = field?.descriptor ?? {};
    const kind = facts.kind ?? (facts.names ? ShapeKind.enumValue : kindOf(shape));
    const flags =
      (facts.flags ?? 0) |
      (exclusiveMin === true ? ShapeFlag.aboveMin : 0) |
      (this.options.filesKnown ? ShapeFlag.ownFiles : 0);
    writer.u32(address + ShapeAt.kind, kind);
    writer.f64(address + ShapeAt.min, min ?? -Infinity);
    writer.f64(address + ShapeAt.max, max ?? Infinity);
    writer.u32(address + ShapeAt.flags, flags);
    writer.u32(address + ShapeAt.maxCount, maxCount ?? 0xffffffff);
    writer.u32(address + ShapeAt.slot, facts.slot ?? 0);
    const target = facts.names ? this.values(facts.names) : this.target(shape, field, names, facts);
    writer.u32(address + ShapeAt.target, target);
    return address;
  }

  private target(
    shape: CompiledShape,
    field: CompiledField | undefined,
    names: readonly string[],
    { as }: FieldFacts,
  ): number {
    switch (shape.type) {
      case 'message':
        return this.message(shape.message, as);
      case 'list':
        return this.inner(shape.of, field, names, '[]');
      case 'map':
        return this.inner(shape.of, undefined, names, '{}');
      case 'enum':
        return this.values([...shape.values.keys()]);
      default:
        return 0;
    }
  }

  private inner(
    shape: CompiledShape,
    field: CompiledField | undefined,
    names: readonly string[],
    suffix: string,
  ): number {
    const inner = names.map((name) => name + suffix);
    return this.shape(shape, field, inner, factsOf(inner));
  }

  private message(message: CompiledMessage, as: string | undefined): number {
    const { descriptor } = message;
    const known = this.messages.get(`${descriptor.name} ${as ?? ''}`);
    if (known !== undefined) return known;
    const address = this.writer.take(MessageAt.size);
    this.messages.set(`${descriptor.name} ${as ?? ''}`, address);
    const fields = [...new Set(message.fields.values())];
    if (fields.length > mostFields) throw new Error(`${descriptor.name} has more fields than fit.`);
    const entries = fields.flatMap((field, bit) => {
      const target = this.field(field, [...(as === undefined ? [] : [as]), descriptor.name]);
      const spellings = new Set([field.descriptor.name, field.descriptor.snake]);
      return [...spellings].map((name) => ({ name, target, bit }));
    });
    const { slots, mask } = this.nameTable(entries);
    this.writer.u32(address + MessageAt.names, slots);
    this.writer.u32(address + MessageAt.nameMask, mask);
    this.rules(address, message, fields, as);
    return address;
  }

  /** The shape of a field, with those behind it that may stand in its place. */
  private field(field: CompiledField, owners: readonly string[]): number {
    const names = owners.map((owner) => `${owner}.${field.descriptor.name}`);
    const facts = factsOf(names);
    const [first = 0, ...others] = [field.shape, ...field.also].map((shape, index) =>
      this.shape(shape, field, names, index === 0 ? facts : { ...(facts.flags && { flags: facts.flags }) }),
    );
    let last = first;
    for (const other of others) {
      this.writer.u32(last + ShapeAt.otherwise, other);
      last = other;
    }
    return first;
  }

  private rules(
    address: number,
    message: CompiledMessage,
    fields: readonly CompiledField[],
    as: string | undefined,
  ): void {
    const { writer } = this;
    const { name } = message.descriptor;
    const bits: FieldBits = (wanted = []) =>
      wanted.reduce((set, field) => {
        const bit = fields.findIndex(({ descriptor }) => descriptor.name === field);
        if (bit === -1) throw new Error(`${name} has no field ${field}.`);
        return set | (1n << BigInt(bit));
      }, 0n);
    const namesOf = (some: readonly CompiledField[]) => some.map(({ descriptor }) => descriptor.name);
    const facts = messageFacts[name] ?? {};
    const deprecated = fields.filter(({ descriptor }) => descriptor.deprecated !== undefined);
    const groups = [...message.oneofs.map(namesOf), ...(facts.groups ?? [])];
    if (groups.length > mostGroups) throw new Error(`${name} has more groups than fit.`);
    writer.u64(address + MessageAt.required, bits(namesOf(message.required)));
    writer.u64(address + MessageAt.refused, this.options.refuseDeprecated ? bits(namesOf(deprecated)) : 0n);
    writer.u64(address + MessageAt.hinted, bits(facts.hinted));
    writer.u64(address + MessageAt.needFlag, bits(facts.needFlag));
    writer.u32(address + MessageAt.groupCount, groups.length);
    groups.forEach((group, index) => writer.u64(address + MessageAt.groups + 8 * index, bits(group)));
    writer.u32(address + MessageAt.flags, flagsOf(name) | flagsOf(as ?? name));
    if (name === 'Schema') this.schemaRules(address, bits);
    if (name === 'GenerationConfig') this.generationRules(address, bits);
  }

  private schemaRules(address: number, bits: FieldBits): void {
    const { writer } = this;
    writer.u64(address + MessageAt.anyOf, bits(['anyOf']));
    writer.u64(address + MessageAt.items, bits(['items']));
    writer.u64(address + MessageAt.enumValues, bits(['enum']));
    writer.u32(address + MessageAt.stringValue, valueNumber('Schema', 'type', 'STRING'));
    writer.u32(address + MessageAt.arrayValue, valueNumber('Schema', 'type', 'ARRAY'));
    writer.u32(address + MessageAt.objectValue, valueNumber('Schema', 'type', 'OBJECT'));
  }

  private generationRules(address: number, bits: FieldBits): void {
    const { writer } = this;
    writer.u64(address + MessageAt.outputLimit, bits(['maxOutputTokens']));
    writer.u64(address + MessageAt.thinkingConfig, bits(['thinkingConfig']));
    writer.u64(address + MessageAt.schemas, bits(['responseSchema', 'responseJsonSchema']));
    writer.u64(address + MessageAt.jsonSchema, bits(['responseJsonSchema']));
    writer.u64(address + MessageAt.imageConfig, bits(['imageConfig']));
    writer.u64(address + MessageAt.modalities, bits(['responseModalities']));
    writer.u32(
      address + MessageAt.imageValue,
      valueNumber('GenerationConfig', 'responseModalities', 'IMAGE'),
    );
    writer.u32(address + MessageAt.minimalValue, valueNumber('ThinkingConfig', 'thinkingLevel', 'MINIMAL'));
  }

  /** Values of an enum, numbered from 1. Returns the address of where their table is and how large. */
  private values(values: readonly string[]): number {
    const { slots, mask } = this.nameTable(
      values.map((name, index) => ({ name, target: index + 1, bit: 0 })),
    );
    const address = this.writer.take(8);
    this.writer.u32(address, slots);
    this.writer.u32(address + 4, mask);
    return address;
  }

  /** Names that are too long are left out: lines with them are the checker's. */
  private nameTable(entries: readonly NameEntry[]): { readonly slots: number; readonly mask: number } {
    const { writer } = this;
    const count = 2 ** Math.ceil(Math.log2(entries.length * 2 + 1));
    const slots = writer.take(count * NameAt.size);
    for (const { name, target, bit } of entries) {
      const text = Buffer.from(name);
      if (text.length > longestName) continue;
      let slot = nameHash(text) & (count - 1);
      while (writer.at(slots + slot * NameAt.size + NameAt.target) !== 0) slot = (slot + 1) & (count - 1);
      const address = slots + slot * NameAt.size;
      writer.text(address + NameAt.text, text);
      writer.u32(address + NameAt.length, text.length);
      writer.u32(address + NameAt.target, target);
      writer.u32(address + NameAt.bit, bit);
    }
    return { slots, mask: count - 1 };
  }
}

/** The set of the fields of those names. */
type FieldBits = (wanted?: readonly string[]) => bigint;

interface NameEntry {
  readonly name: string;
  readonly target: number;
  readonly bit: number;
}

function factsOf(names: readonly string[]): FieldFacts {
  return fieldFacts[names.find((name) => name in fieldFacts) ?? ''] ?? {};
}

const kindsByType: Readonly<Record<CompiledShape['type'], ShapeKind>> = {
  message: ShapeKind.message,
  list: ShapeKind.list,
  map: ShapeKind.map,
  enum: ShapeKind.enumValue,
  string: ShapeKind.text,
  bool: ShapeKind.bool,
  int32: ShapeKind.int32,
  int64: ShapeKind.int64,
  float: ShapeKind.number,
  double: ShapeKind.number,
  bytes: ShapeKind.bytes,
  duration: ShapeKind.duration,
  timestamp: ShapeKind.timestamp,
  struct: ShapeKind.struct,
  value: ShapeKind.any,
};

function kindOf(shape: CompiledShape): ShapeKind {
  return kindsByType[shape.type];
}

const flagsByMessage: Readonly<Record<string, MessageFlag>> = {
  Part: MessageFlag.oneOfFirst,
  GenerationConfig: MessageFlag.generation,
  Blob: MessageFlag.blob,
  Schema: MessageFlag.schema,
  AnswerSchema: MessageFlag.answer,
};

function flagsOf(message: string): number {
  return flagsByMessage[message] ?? 0;
}

/** The number of an enum value of a field, or of its elements. */
function valueNumber(message: string, field: string, value: string): number {
  let shape = compiledMessage(message).fields.get(field)?.shape;
  if (shape?.type === 'list') shape = shape.of;
  const index = shape?.type === 'enum' ? [...shape.values.keys()].indexOf(value) : -1;
  if (index === -1) throw new Error(`${message}.${field} has no value ${value}.`);
  return index + 1;
}
