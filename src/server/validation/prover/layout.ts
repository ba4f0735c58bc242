/**
 * How the tables lie in the prover's memory (little endian; `…At`: offsets in bytes). Read by both sides: tables.ts, which writes
 * them, and assembly/, which is compiled to WebAssembly. Hence nothing but enums here.
 */

/** What a value may be. */
export enum ShapeKind {
  never,
  message,
  list,
  map,
  enumValue,
  text,
  bool,
  int32,
  int64,
  number,
  bytes,
  struct,
  any,
  key,
  model,
  functionName,
  mimeType,
  fileUri,
  cacheName,
  duration,
  timestamp,
}

export enum ShapeAt {
  kind = 0,
  /** Address of its message, element or names. */
  target = 4,
  min = 8,
  max = 16,
  flags = 24,
  maxCount = 28,
  /** Address of the shape to try next; 0 for none. */
  otherwise = 32,
  /** Where its value is remembered for rules that look at several fields; 0 for nowhere. */
  slot = 36,
  size = 40,
}

export enum ShapeFlag {
  notEmpty = 1,
  /** Its characters count as input. */
  counted = 2,
  /** The minimum itself is not allowed. */
  aboveMin = 4,
  /** Counts as a picture. */
  picture = 8,
  /** Each number counts as a token. */
  tokens = 16,
  /** References to the service's own files need a look at what is known of them. */
  ownFiles = 32,
  /** The names of a map stay known until the message that it is in ends. */
  keptNames = 64,
}

/** Values that are remembered while a line is read. */
export enum Slot {
  none,
  responseType,
  outputLimit,
  thinkingBudget,
  thinkingLevel,
  modalities,
  logprobsFlag,
  /** Only the message that they are in looks at these; of the lists of names, at where they are. */
  schemaType,
  required,
  ordered,
  count,
}

export enum MessageAt {
  names = 0,
  /** Number of the names' slots, less one. */
  nameMask = 4,
  /** Sets of fields, one bit each. */
  required = 8,
  /** Only the checker can judge a line that has one of these. */
  refused = 16,
  groupCount = 24,
  flags = 28,
  /** Sets of fields of which one may be there. */
  groups = 32,
  /** Fields that deserve a hint. */
  hinted = 96,
  /** Fields that need the remembered logprobs flag. */
  needFlag = 104,
  /** What only a generationConfig has: fields, and numbers of enum values. */
  outputLimit = 112,
  thinkingConfig = 120,
  schemas = 128,
  jsonSchema = 136,
  imageConfig = 144,
  modalities = 152,
  imageValue = 160,
  minimalValue = 164,
  /** What only a schema has: fields, and numbers of enum values. */
  anyOf = 168,
  items = 176,
  enumValues = 184,
  stringValue = 192,
  arrayValue = 196,
  objectValue = 200,
  size = 208,
}

export enum MessageFlag {
  /** One field of the first group must be there. */
  oneOfFirst = 1,
  generation = 2,
  blob = 4,
  schema = 8,
  /** A schema whose objects must have properties. */
  answer = 16,
}

/** A name and what it stands for. */
export enum NameAt {
  /** Filled up with zeros. */
  text = 0,
  length = 32,
  /** Address of the field's shape, or number of the enum value, from 1; 0: the slot is free. */
  target = 36,
  /** Number of the field's bit. */
  bit = 40,
  size = 48,
}

export enum Limit {
  nameLength = 32,
  groups = 8,
  depth = 100,
  /** Names of one free object. */
  freeNames = 48,
  keyLength = 4096,
  modelLength = 512,
  holes = 256,
}

/** Rules that only give hints, so that they do not matter where nothing but errors and warnings is counted. */
export enum Hint {
  thinkingDefault = 1,
  jsonSchemaInBatch = 2,
  imageModality = 4,
  rowModel = 8,
}

/** Where things lie in memory below the tables. */
export enum Place {
  /** Sixteen bytes of ones, then zeros: the mask for the first n bytes of a block ends n bytes into it. */
  masks = 64,
  slots = 128,
  /** The model that proved lines must have, and its length. */
  modelLength = 248,
  model = 256,
  /** A decoded key whose hash is wanted. */
  key = 1024,
  /** Beginning and end of each hole of a sketch. */
  holes = 8192,
  tables = 12288,
}
