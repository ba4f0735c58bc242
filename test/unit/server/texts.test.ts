import assert from 'node:assert/strict';
import * as l10n from '@vscode/l10n';
import { formatBytes, formatCount, translated, useTranslations } from '../../../src/server/texts';

describe('texts in the language of the client', () => {
  afterEach(() => useTranslations(undefined, undefined));

  const cases: [
    name: string,
    translations: Record<string, string> | undefined,
    locale: string | undefined,
    count: string,
  ][] = [
    ['English where the client has no translations, whatever its locale', undefined, 'de', '1,234'],
    ['the way of the locale with translations', {}, 'de', '1.234'],
    ['English where the locale is none', {}, 'not a locale', '1,234'],
    ['English where there is no locale', {}, undefined, '1,234'],
  ];
  for (const [name, translations, locale, count] of cases) {
    it(`writes numbers in ${name}`, () => {
      useTranslations(translations, locale);
      assert.equal(formatCount(1234), count);
    });
  }

  it('translates what is said and what stands in tables, and leaves the rest', () => {
    useTranslations({ 'At most {0}': 'Höchstens {0}', 'Plain text.': 'Reiner Text.' }, 'de');
    assert.equal(l10n.t('At most {0}', 7), 'Höchstens 7');
    assert.deepEqual(['Plain text.', 'Something else.', ''].map(translated), [
      'Reiner Text.',
      'Something else.',
      '',
    ]);
    assert.equal(formatBytes(1_440_000), '1,4 MB');
  });
});
