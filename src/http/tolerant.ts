import * as z from 'zod';

/**
 * A list of which the entries that cannot be read are left out. It may be missing or null, which is how an empty one is often
 * said; anything else that is no list, and one without a single readable entry, is somebody else's.
 */
export function readableEntries<T>(entry: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .array(entry.optional().catch(undefined))
    .transform((entries) => ({ size: entries.length, read: entries.filter((item) => item !== undefined) }))
    .refine(({ size, read }) => size === 0 || read.length > 0, 'no entry can be read')
    .transform(({ read }) => read)
    .nullish()
    .transform((entries) => entries ?? []);
}

/**
 * An object of which everything may be missing, but that knows at least one of its names, or `others`, unless it is empty. An
 * object of strangers only is no answer of the service, but of something in between, such as a login page: read tolerantly it
 * would be an empty list, or a success.
 */
export function familiar<T extends z.ZodRawShape>(
  shape: T,
  others: readonly string[] = [],
): z.ZodType<z.output<z.ZodObject<T>>> {
  const names = new Set([...Object.keys(shape), ...others]);
  return z
    .looseObject({})
    .refine((value) => {
      const own = Object.keys(value);
      return own.length === 0 || own.some((name) => names.has(name));
    }, 'not a single known name')
    .pipe(z.object(shape));
}

/** The answer to what is only done: nothing, or the thing it was done to, in whichever form. */
export const acknowledgement = z
  .union([z.null(), familiar({}, ['name', 'id', 'deleted', 'done', 'metadata', 'response', 'state'])])
  .transform(() => undefined);
