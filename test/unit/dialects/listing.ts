import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Message -> field -> type, as written down in the fixture, which knows nothing of the product's own tables. */
export type Listing = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function readListing(): Listing {
  const text = readFileSync(join(import.meta.dirname, '../../fixtures/dialects/requestFields.txt'), 'utf8');
  const listing = new Map<string, Map<string, string>>();
  let fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('  ')) {
      const [name = '', type = ''] = line.trim().split(' ');
      fields.set(name, type);
    } else {
      fields = new Map();
      listing.set(line, fields);
    }
  }
  return listing;
}
