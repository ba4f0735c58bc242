import { always, row, type Chance, type Json, type JsonObject } from './arbitraries';
import { readListing } from './listing';

/** One mistake in a line that was good, and what is to be said about it. Made from the listing, not from the product's tables. */
export interface Mistake {
  readonly line: string;
  /** The codes under which it may be reported. */
  readonly codes: readonly string[];
  /** Where: the property's name, its value, or the object that lacks something. */
  readonly path: readonly (string | number)[];
  readonly at: 'name' | 'value' | 'owner';
  /** The line as it was, where the fix has to bring it back. */
  readonly original?: JsonObject;
}

/** A field of a message in a value. */
interface Place {
  readonly message: string;
  readonly owner: JsonObject;
  /** As written, in either spelling. */
  readonly name: string;
  readonly field: string;
  readonly type: string;
  readonly value: Json;
  readonly path: readonly (string | number)[];
}

const listing = readListing();
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Every field in a value of that message, in document order. */
function placesIn(value: Json, message: string, path: readonly (string | number)[]): Place[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const fields = new Map(
    [...(listing.get(message) ?? [])].flatMap(([name, type]) => [
      [name, [name, type]] as const,
      [snake(name), [name, type]] as const,
    ]),
  );
  return Object.entries(value).flatMap(([name, inner]) => {
    const [field, type] = fields.get(name) ?? [];
    if (field === undefined || type === undefined) return [];
    const here = [...path, name];
    return [
      { message, owner: value, name, field, type, value: inner, path: here },
      ...inside(inner, type, here),
    ];
  });
}

function inside(value: Json, type: string, path: readonly (string | number)[]): Place[] {
  if (type.endsWith('[]') && Array.isArray(value)) {
    return value.flatMap((element, index) => inside(element, type.slice(0, -2), [...path, index]));
  }
  if (type.startsWith('map<') && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, inner]) =>
      inside(inner, type.slice(4, -1), [...path, name]),
    );
  }
  return listing.has(type) ? placesIn(value, type, path) : [];
}

type Make = (places: readonly Place[], chance: Chance) => Omit<Mistake, 'line' | 'original'> | undefined;

const isEnum = ({ type }: Place) => type.includes('|') && !type.endsWith('[]');
const isMessage = ({ type }: Place) => listing.has(type);
const isNumber = ({ type }: Place) => ['int32', 'float', 'double'].includes(type);
const lowerCase = (value: Json) => (typeof value === 'string' ? value.toLowerCase() : value);
const isKnown = ({ message }: Place, name: string) =>
  [...(listing.get(message)?.keys() ?? [])].some((field) => field === name || snake(field) === name);

/** Puts a name in place of another, where it stands. */
function rename({ owner, name }: Place, other: string): void {
  const entries = Object.entries(owner);
  for (const key of Object.keys(owner)) Reflect.deleteProperty(owner, key);
  for (const [key, value] of entries) owner[key === name ? other : key] = value;
}

function misspell(how: (name: string, chance: Chance) => string): Make {
  return (places, chance) => {
    const long = places.filter(({ field }) => field.length > 5);
    if (long.length === 0) return undefined;
    const place = chance.pick(long);
    const slip = how(place.name, chance);
    if (isKnown(place, slip)) return undefined;
    rename(place, slip);
    return { codes: ['unknown-field'], path: [...place.path.slice(0, -1), slip], at: 'name' };
  };
}

/** Writes something in place of a value of some kind. */
function rewrite(
  codes: readonly string[],
  wanted: (place: Place) => boolean,
  how: (place: Place, chance: Chance) => Json | undefined,
): Make {
  return (places, chance) => {
    const found = places.filter(wanted);
    if (found.length === 0) return undefined;
    const place = chance.pick(found);
    const value = how(place, chance);
    if (value === undefined) return undefined;
    place.owner[place.name] = value;
    return { codes, path: place.path, at: 'value' };
  };
}

/** Kind of mistake -> how to make it; those that a fix must undo come first. */
const restored: Readonly<Record<string, Make>> = {
  'a letter too few': misspell((name, chance) => {
    const at = 1 + chance.below(name.length - 1);
    // Without its underscore a name says no longer which spelling it had.
    return name.charAt(at) === '_' ? name : name.slice(0, at) + name.slice(at + 1);
  }),
  'a letter twice': misspell((name, chance) => {
    const at = chance.below(name.length);
    return name.slice(0, at + 1) + name.slice(at);
  }),
  'a blank behind a name': misspell((name) => `${name} `),
  'a name with a capital': misspell((name) => name.charAt(0).toUpperCase() + name.slice(1)),
  'an enum in lower case': rewrite(
    ['enum-case', 'schema-type-case'],
    (place) => isEnum(place) && lowerCase(place.value) !== place.value,
    ({ value }) => lowerCase(value),
  ),
  'a number in quotes': rewrite(['number-string'], isNumber, ({ value }) => JSON.stringify(value)),
  'a list around an object': rewrite(['wrong-type'], isMessage, ({ value }) => [value]),
  'a list around a flag': rewrite(
    ['wrong-type'],
    ({ type }) => type === 'bool',
    ({ value }) => [value],
  ),
  'an object as text': rewrite(
    ['wrong-type'],
    (place) => isMessage(place) && Object.keys(place.value ?? {}).length > 0,
    ({ value }) => JSON.stringify(value),
  ),
  'an object in itself': (places, chance) => {
    const found = places.filter((place) => isMessage(place) && Object.keys(place.value ?? {}).length > 0);
    const nesting = found.filter(({ name, type }) => listing.get(type)?.has(name) !== true);
    if (nesting.length === 0) return undefined;
    const place = chance.pick(nesting);
    if (isKnown({ ...place, message: place.type }, place.name)) return undefined;
    place.owner[place.name] = { [place.name]: place.value };
    return { codes: ['misplaced-field'], path: [...place.path, place.name], at: 'name' };
  },
};

const others: Readonly<Record<string, Make>> = {
  'a name that nobody knows': (places, chance) => {
    const { owner, path } = chance.pick(places);
    owner.frobnicate_xyzzy = chance.pick<Json>([1, 'x', {}, [], true]);
    return { codes: ['unknown-field'], path: [...path.slice(0, -1), 'frobnicate_xyzzy'], at: 'name' };
  },
  'an object for a text': rewrite(
    ['wrong-type'],
    ({ type }) => type === 'string',
    () => ({ x: 1 }),
  ),
  'a word for a number': rewrite(['wrong-type'], isNumber, () => 'many'),
  'a value that no enum has': rewrite(['enum-value'], isEnum, () => 'QQQQQQQQ'),
  'bytes that are none': rewrite(
    ['base64'],
    ({ type }) => type === 'bytes',
    (_, chance) => chance.pick(['not base64!', 'AAAAA', '<bytes>']),
  ),
  'a data URI for bytes': rewrite(
    ['data-uri'],
    ({ type }) => type === 'bytes',
    (_, chance) => chance.pick(['data:image/png;base64,AAAA', 'DATA:;base64,AAAA']),
  ),
  'null in a list': (places, chance) => {
    const lists = places.filter(({ type, field }) => type.endsWith('[]') && field !== 'stopSequences');
    if (lists.length === 0) return undefined;
    const { value, path } = chance.pick(lists);
    if (!Array.isArray(value)) return undefined;
    const index = chance.below(value.length + 1);
    value.splice(index, 0, null);
    return { codes: ['wrong-type'], path: [...path, index], at: 'value' };
  },
  'a field in both spellings': (places, chance) => {
    const found = places.filter(({ field }) => snake(field) !== field);
    if (found.length === 0) return undefined;
    const { owner, name, field, value, path } = chance.pick(found);
    const other = name === field ? snake(field) : field;
    owner[other] = value;
    return { codes: ['duplicate-property'], path: [...path.slice(0, -1), other], at: 'name' };
  },
  'nothing where something must be': (places, chance) => {
    const found = places.filter(({ message, field }) => always[message]?.includes(field) === true);
    if (found.length === 0) return undefined;
    const { owner, name, path } = chance.pick(found);
    Reflect.deleteProperty(owner, name);
    return {
      codes: ['missing-field', 'missing-contents', 'empty-parts'],
      path: path.slice(0, -1),
      at: 'owner',
    };
  },
};

/** Kinds of mistakes, and whether a fix brings back what was. */
export const kindsOfMistakes: readonly (readonly [kind: string, isRestored: boolean])[] = [
  ...Object.keys(restored).map((kind) => [kind, true] as const),
  ...Object.keys(others).map((kind) => [kind, false] as const),
];

/** A good line with one mistake of that kind; undefined where the line of this seed has no place for it. */
export function mistake(kind: string, seed: number): Mistake | undefined {
  const { value, chance } = row(seed);
  const original = structuredClone(value);
  const made = (restored[kind] ?? others[kind])?.(
    placesIn(value.request ?? null, 'GenerateContentRequest', ['request']),
    chance,
  );
  return made && { ...made, line: JSON.stringify(value), ...(kind in restored && { original }) };
}
