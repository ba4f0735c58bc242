import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a body in the shapes that the service sends (test/fixtures/wire). */
export function wireFixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', 'wire', `${name}.json`), 'utf8');
}
