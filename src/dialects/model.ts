/**
 * The shape of a descriptor: what one message of a dialect may hold. Everything the product knows about a field is written
 * down once, in `descriptors/`, in these terms (design.md, decision 11).
 */

/** How JSON carries a value that is neither an enum nor a message. */
export type ScalarType =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64' // JSON number or decimal string
  | 'float'
  | 'double'
  | 'bytes' // base64, standard or URL-safe
  | 'duration' // "1.5s"
  | 'timestamp' // RFC 3339
  | 'struct' // any JSON object
  | 'value'; // any JSON value

/** The type of one element of a field. */
export type Shape =
  | { readonly type: ScalarType }
  | { readonly type: 'enum'; readonly values: EnumValues }
  | { readonly type: 'message'; readonly message: string }
  | { readonly type: 'list'; readonly of: Shape }
  | { readonly type: 'map'; readonly of: Shape };

/** Name of a value -> what it means, in one line. */
export type EnumValues = Readonly<Record<string, string>>;

export interface FieldDescriptor {
  /** The name that documentation uses: camelCase for Gemini messages, snake_case for OpenAI bodies. */
  readonly name: string;
  /** The other accepted spelling; the same as `name` where there is only one. */
  readonly snake: string;
  readonly shape: Shape;
  /** Further shapes that are accepted in place of `shape`, told apart by their JSON type. */
  readonly also?: readonly Shape[];
  /** One line: what it is for. */
  readonly doc: string;
  /** The service refuses the message without it, or cannot do anything useful. */
  readonly required?: boolean;
  /** What to use instead, as the end of a sentence. */
  readonly deprecated?: string;
  /** What the service assumes, for a person. */
  readonly default?: string;
  readonly min?: number;
  readonly max?: number;
  /** `max` itself is not allowed / `min` itself is not allowed. */
  readonly exclusiveMin?: boolean;
  /** Most elements of a list. */
  readonly maxCount?: number;
  /** Direct calls take its enum values in any case; batch files may not. */
  readonly anyCase?: boolean;
  /** Fields with the same group exclude each other. */
  readonly oneof?: string;
  /** Usual values of an open string, for completion. */
  readonly suggest?: readonly string[];
}

export interface MessageDescriptor {
  readonly name: string;
  readonly doc: string;
  readonly fields: readonly FieldDescriptor[];
  /** What the service does with a name that is not listed. `free`: anything goes and nothing is said about it. */
  readonly unknown: 'refused' | 'ignored' | 'free';
}
