import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bundlePath, bundleText, textsOf } from '../../support/l10nStrings';

describe('the texts for translators', function () {
  this.timeout(30_000);

  it('are all in the bundle, and nothing else is', () => {
    assert.equal(
      readFileSync(bundlePath, 'utf8'),
      bundleText(),
      'Texts changed: run node --import tsx test/support/l10nStrings.ts',
    );
  });

  it('are found wherever they stand', () => {
    assert.deepEqual(textsOf("vscode.l10n.t('a {0}', x ? l10n.t('b') : ''); other.t('c');", 'x.ts'), [
      'a {0}',
      'b',
    ]);
  });

  it('must be plain strings', () => {
    assert.throws(() => textsOf('l10n.t(`a ${b}`)', 'x.ts'), /x\.ts: l10n\.t needs a plain string/);
  });
});
