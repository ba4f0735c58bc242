import assert from 'node:assert/strict';
import { descriptors, messageNamed, toSnakeCase, type Shape } from '../../../src/dialects';
import { readListing } from './listing';

/** Alternatives in an order of their own: the table lists them as a person wants to read them. */
function sorted(alternatives: string): string {
  return alternatives.split('|').sort().join('|');
}

function typeName(shape: Shape): string {
  switch (shape.type) {
    case 'enum':
      return sorted(Object.keys(shape.values).join('|'));
    case 'message':
      return shape.message;
    case 'list':
      return `${typeName(shape.of)}[]`;
    case 'map':
      return `map<${typeName(shape.of)}>`;
    default:
      return shape.type;
  }
}

/** A type of the listing as {@link typeName} writes it. */
function inOrder(type: string): string {
  return type.endsWith('[]') ? `${sorted(type.slice(0, -2))}[]` : sorted(type);
}

/** Messages reachable from a request. */
function reachable(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const { shape } of messageNamed(name).fields) {
    let inner: Shape = shape;
    while (inner.type === 'list' || inner.type === 'map') inner = inner.of;
    if (inner.type === 'message') reachable(inner.message, found);
  }
  return found;
}

describe('descriptors', () => {
  const listing = readListing();

  it('hold every message of the listing and no other', () => {
    const ours = new Set([...reachable('GenerateContentRequest'), ...reachable('EmbedContentRequest')]);
    assert.deepEqual([...ours].sort(), [...listing.keys()].sort());
  });

  for (const [name, fields] of listing) {
    it(`describe ${name} as listed, field by field`, () => {
      const ours = Object.fromEntries(
        messageNamed(name).fields.map((field) => [field.name, typeName(field.shape)]),
      );
      assert.deepEqual(ours, Object.fromEntries([...fields].map(([field, type]) => [field, inOrder(type)])));
    });
  }

  for (const { name, fields, doc } of descriptors.values()) {
    it(`are complete for ${name}`, () => {
      assert.match(doc, /\.$/);
      assert.equal(new Set(fields.map((field) => field.name)).size, fields.length);
      for (const field of fields) {
        assert.match(field.doc, /\.$/, `${field.name} needs a sentence`);
        assert.ok(field.snake === field.name || field.snake === toSnakeCase(field.name));
        if (field.shape.type !== 'enum') continue;
        for (const [value, meaning] of Object.entries(field.shape.values))
          assert.match(meaning, /\.$/, value);
      }
    });
  }

  it('throw on a name that nobody described', () => {
    assert.throws(() => messageNamed('Nonsense'), /Nonsense/);
  });
});
