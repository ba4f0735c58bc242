import * as l10n from '@vscode/l10n';
import * as numbers from '../util/numbers';

/** Texts in the language of the client: English text -> translation. Absent where the client is in English. */
export type Translations = Readonly<Record<string, string>>;

let language = 'en';

/**
 * Makes everything that is said from now on be in the client's language. Numbers follow the texts: without translations both
 * are English, whatever the client's locale is.
 */
export function useTranslations(translations: Translations | undefined, locale: string | undefined): void {
  l10n.config({ contents: translations ?? {} });
  language = translations === undefined ? 'en' : supported(locale);
}

/** The client's locale, where it is one that numbers can be written in. */
function supported(locale = 'en'): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** A whole number with the separators of the client's language: `1,000`. */
export function formatCount(value: number): string {
  return numbers.formatCount(value, language);
}

/** `812 B`, `1.4 MB`. */
export function formatBytes(bytes: number): string {
  return numbers.formatBytes(bytes, language);
}

/** The translation of a text out of the tables of the dialects, which hold English. */
export function translated(text: string): string {
  const { t } = l10n;
  return text === '' ? '' : t(text);
}
