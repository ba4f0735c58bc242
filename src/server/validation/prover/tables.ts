import {
  compiledMessage,
  type CompiledField,
  type CompiledMessage,
  type CompiledShape,
} from '../../../dialects';

/**
 * The descriptors laid out in the prover's memory. Layouts (little endian; offsets in bytes):
 *
 * - shape: 0 kind, 4 address of its message, element or names, 8 least f64, 16 most f64, 24 flags, 28 most elements
 * - message: 0 names, 4 mask of names, 8 required u64, 16 only for the checker u64, 24 number of groups, 28 flags,
 *   32 groups of which one may be set (u64 each, five at most), 72 maxOutputTokens, 80 thinkingConfig, 88 responseSchema (u64)
 * - names: slots of 0 hash, 4 length, 8 address of the name, 12 address of the field, or number of the enum value
 * - field: 0 number of its bit, 4 shape
 */

const kinds = {
  never: 0,
  message: 1,
  list: 2,
  map: 3,
  enum: 4,
  string: 5,
  bool: 6,
  int32: 7,
  number: 8,
  bytes: 9,
  struct: 10,
  value: 11,
  key: 12,
  functionName: 13,
  mimeType: 14,
} as const;

const flags = { notEmpty: 1, counted: 2, captured: 4, aboveMin: 8 } as const;
const messageFlags = { oneOfFirst: 1, generation: 2, blob: 4 } as const;

const shapeBytes = 32;
const messageBytes = 96;
const slotBytes = 16;
const fieldBytes = 8;
const mostGroups = 5;

/** Fields that the checker has something to say about beyond their form; a line that has one is never proved. */
const onlyForChecker: Readonly<Record<string, readonly string[]>> = {
  GenerateContentRequest: ['cachedContent', 'model'],
  EmbedContentRequest: ['model'],
  GenerationConfig: ['responseJsonSchema', 'logprobs', 'imageConfig', 'responseModalities'],
  FileData: ['fileUri'],
};

/** What the table does not say about a field but the checker wants. */
const special: Readonly<Record<string, Partial<ShapeFacts>>> = {
  'GeminiLine.key': { kind: kinds.key },
  'GeminiEmbedLine.key': { kind: kinds.key },
  'GenerateContentRequest.contents': { flags: flags.notEmpty },
  'Content.parts': { flags: flags.notEmpty },
  'Content.role': { kind: kinds.enum, names: ['user', 'model'] },
  'Part.text': { flags: flags.notEmpty | flags.counted },
  'Blob.mimeType': { kind: kinds.mimeType },
  'FunctionDeclaration.name': { kind: kinds.functionName },
  'FunctionDeclaration.description': { flags: flags.counted },
  'FunctionDeclaration.parametersJsonSchema': { flags: flags.counted },
  'FunctionDeclaration.responseJsonSchema': { flags: flags.counted },
  'FunctionCall.args': { flags: flags.counted },
  'FunctionResponse.response': { flags: flags.counted },
  'GenerationConfig.responseMimeType': {
    kind: kinds.enum,
    flags: flags.captured,
    names: ['application/json', 'text/x.enum', 'text/plain'],
  },
  'GenerationConfig.maxOutputTokens': { flags: flags.captured },
  'Schema.type': { flags: flags.counted },
  'Schema.description': { flags: flags.counted },
  'Schema.title': { flags: flags.counted },
  'Schema.pattern': { flags: flags.counted },
  'Schema.properties': { flags: flags.counted },
};

interface ShapeFacts {
  readonly kind: number;
  readonly flags: number;
  readonly names: readonly string[];
}

/** Lays out everything that `root` can contain; returns the bytes for `base` on, and the address of the root's shape. */
export function layOutTables(
  root: string,
  base: number,
): { readonly bytes: Uint8Array; readonly root: number } {
  const layout = new Layout(base);
  const address = layout.shape({ type: 'message', message: compiledMessage(root) }, undefined, '');
  return { bytes: layout.bytes(), root: address };
}

class Layout {
  private view = new DataView(new ArrayBuffer(1 << 18));
  private length = 0;
  private readonly messages = new Map<CompiledMessage, number>();

  constructor(private readonly base: number) {}

  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.length);
  }

  /** @param name `Message.field`, for what is special about it */
  shape(shape: CompiledShape, field: CompiledField | undefined, name: string): number {
    const address = this.take(shapeBytes);
    const facts = special[name] ?? {};
    this.u32(address, facts.kind ?? kindOf(shape));
    if (facts.names !== undefined)
      this.u32(address + 4, this.names(facts.names.map((text, index) => [text, index + 1])));
    else this.u32(address + 4, this.target(shape, field, name));
    const { min, max, maxCount, exclusiveMin } = field?.descriptor ?? {};
    this.view.setFloat64(address + 8 - this.base, min ?? -Infinity, true);
    this.view.setFloat64(address + 16 - this.base, max ?? Infinity, true);
    this.u32(address + 24, (facts.flags ?? 0) | (exclusiveMin === true ? flags.aboveMin : 0));
    this.u32(address + 28, maxCount ?? 0xffffffff);
    return address;
  }

  private target(shape: CompiledShape, field: CompiledField | undefined, name: string): number {
    switch (shape.type) {
      case 'message':
        return this.message(shape.message);
      case 'list':
        return this.shape(shape.of, field, `${name}[]`);
      case 'map':
        return this.shape(shape.of, undefined, `${name}{}`);
      case 'enum':
        return this.names([...shape.values.keys()].map((value, index) => [value, index + 1]));
      default:
        return 0;
    }
  }

  private message(message: CompiledMessage): number {
    const known = this.messages.get(message);
    if (known !== undefined) return known;
    const address = this.take(messageBytes);
    this.messages.set(message, address);
    const { name } = message.descriptor;
    const fields = [...new Set(message.fields.values())];
    const bit = (wanted: string) =>
      1n << BigInt(fields.findIndex(({ descriptor }) => descriptor.name === wanted));
    const bits = (wanted: readonly CompiledField[]) =>
      wanted.reduce((mask, field) => mask | bit(field.descriptor.name), 0n);
    const entries = fields.flatMap((field, index): [string, number][] => {
      const place = this.take(fieldBytes);
      this.u32(place, index);
      this.u32(place + 4, this.shape(field.shape, field, `${name}.${field.descriptor.name}`));
      return [...new Set([field.descriptor.name, field.descriptor.snake])].map((text) => [text, place]);
    });
    this.u32(
      address,
      this.names(entries, (mask) => this.u32(address + 4, mask)),
    );
    this.u64(address + 8, bits(message.required));
    this.u64(
      address + 16,
      (onlyForChecker[name] ?? []).reduce((mask, field) => mask | bit(field), 0n),
    );
    if (message.oneofs.length > mostGroups) throw new Error(`${name} has more groups than fit.`);
    this.u32(address + 24, message.oneofs.length);
    message.oneofs.forEach((group, index) => this.u64(address + 32 + 8 * index, bits(group)));
    this.u32(address + 28, flagsOf(name));
    if (name === 'GenerationConfig') {
      ['maxOutputTokens', 'thinkingConfig', 'responseSchema'].forEach((field, index) =>
        this.u64(address + 72 + 8 * index, bit(field)),
      );
    }
    return address;
  }

  /** A table of names; for enums the mask stands in front of it, for messages `onMask` stores it. */
  private names(entries: readonly (readonly [string, number])[], onMask?: (mask: number) => void): number {
    const slots = 2 ** Math.ceil(Math.log2(entries.length * 2 + 1));
    const head = onMask === undefined ? this.take(8) : 0;
    const table = this.take(slots * slotBytes);
    for (const [name, target] of entries) {
      const text = Buffer.from(name);
      const address = this.take(text.length);
      new Uint8Array(this.view.buffer, address - this.base).set(text);
      const hash = nameHash(text);
      let slot = hash & (slots - 1);
      while (this.view.getUint32(table + slot * slotBytes + 12 - this.base, true) !== 0)
        slot = (slot + 1) & (slots - 1);
      const place = table + slot * slotBytes;
      [hash, text.length, address, target].forEach((word, index) => this.u32(place + 4 * index, word));
    }
    if (onMask !== undefined) {
      onMask(slots - 1);
      return table;
    }
    // An enum is read by the same code as a message: names and mask first.
    this.u32(head, table);
    this.u32(head + 4, slots - 1);
    return head;
  }

  /** Room for so many bytes, aligned to eight; returns its address. */
  private take(bytes: number): number {
    const start = (this.length + 7) & ~7;
    this.length = start + bytes;
    if (this.length > this.view.byteLength) {
      const grown = new ArrayBuffer(this.view.byteLength * 2);
      new Uint8Array(grown).set(new Uint8Array(this.view.buffer));
      this.view = new DataView(grown);
    }
    return this.base + start;
  }

  private u32(address: number, value: number): void {
    this.view.setUint32(address - this.base, value, true);
  }

  private u64(address: number, value: bigint): void {
    this.view.setBigUint64(address - this.base, value, true);
  }
}

function kindOf(shape: CompiledShape): number {
  switch (shape.type) {
    case 'message':
    case 'list':
    case 'map':
    case 'enum':
    case 'string':
    case 'bool':
    case 'int32':
    case 'bytes':
    case 'struct':
    case 'value':
      return kinds[shape.type];
    case 'float':
    case 'double':
      return kinds.number;
    case 'int64':
      // As long as it fits; strings and larger numbers are left to the checker.
      return kinds.int32;
    default:
      return kinds.never;
  }
}

function flagsOf(message: string): number {
  switch (message) {
    case 'Part':
      return messageFlags.oneOfFirst;
    case 'GenerationConfig':
      return messageFlags.generation;
    case 'Blob':
      return messageFlags.blob;
    default:
      return 0;
  }
}

/** FNV-1a, as the prover computes it. */
function nameHash(text: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of text) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
