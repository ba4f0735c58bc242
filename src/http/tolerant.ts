import * as z from 'zod';

/** A list of which the entries that cannot be read are left out, and which is empty where it is missing or something else. */
export function readableEntries<T>(entry: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .array(entry.optional().catch(undefined))
    .transform((entries) => entries.filter((item) => item !== undefined))
    .catch([])
    .default([]);
}
