import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeDisplayName, encodeDisplayName, newToken } from '../../../src/jobs/displayName';

const sha256 = 'ab'.repeat(32);

describe('display names', () => {
  it('carry a token and the beginning of the hash, and are shown without them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        const token = newToken();
        const decoded = decodeDisplayName(encodeDisplayName(name, token, sha256));
        assert.equal(decoded.token, token);
        assert.equal(decoded.hashPrefix, 'abababab');
        assert.equal(decoded.name, name.trimEnd());
      }),
    );
  });

  it('are cut so that the token is never lost, and never inside a character', () => {
    const encoded = encodeDisplayName('😀'.repeat(400), newToken(), sha256);
    assert.ok(Array.from(encoded).length <= 128);
    assert.notEqual(decodeDisplayName(encoded).token, undefined);
    assert.match(decodeDisplayName(encoded).name, /^(😀)+$/u);
  });

  const others = [
    'My batch',
    '',
    '[bw-]',
    'x [bw-123-456]',
    'a [bw-gggggggggggg-fdf95aa4] b',
    'a [bw-ILOU00000000-fdf95aa4]',
  ];
  for (const name of others) {
    it(`of others are left as they are: ${JSON.stringify(name)}`, () => {
      assert.deepEqual(decodeDisplayName(name), { name });
    });
  }

  it('tokens do not repeat', () => {
    const tokens = new Set(Array.from({ length: 5_000 }, () => newToken()));
    assert.equal(tokens.size, 5_000);
  });
});
