type MayBeUndefined<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** `T` with members that may be undefined turned into members that may be absent. */
export type Defined<T> = Omit<T, MayBeUndefined<T>> & {
  [K in MayBeUndefined<T>]?: Exclude<T[K], undefined>;
};

/** The members of `value` that are not undefined: absent and undefined are two things to those who read it. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}
