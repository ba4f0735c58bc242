import type { ResultsStrings } from '../shared/resultsStrings';
import * as numbers from '../util/numbers';

const compact: Intl.NumberFormatOptions = { notation: 'compact', maximumFractionDigits: 1 };

let strings: Partial<ResultsStrings> = {};
let language = new Intl.NumberFormat().resolvedOptions().locale;
let whole = new Intl.NumberFormat(language);
let short = new Intl.NumberFormat(language, compact);

/**
 * Takes the strings that the host put into the page.
 * @param pageLanguage the display language (BCP 47); empty for the browser's own
 */
export function loadStrings(json: string, pageLanguage = ''): void {
  strings = JSON.parse(json) as ResultsStrings;
  if (pageLanguage === '') return;
  language = pageLanguage;
  whole = new Intl.NumberFormat(language);
  short = new Intl.NumberFormat(language, compact);
}

/** A string in the person's language, `{0}`, `{1}`, … replaced. */
export function t(id: keyof ResultsStrings, ...values: readonly (string | number)[]): string {
  const template = strings[id] ?? id;
  return template.replace(/\{(\d)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}

export function formatNumber(value: number): string {
  return whole.format(value);
}

/** 1.2K, 3.4M: for places where the exact number is a tool tip away. */
export function formatShort(value: number): string {
  return short.format(value);
}

/** As the rest of the extension writes sizes. */
export function formatBytes(bytes: number): string {
  return numbers.formatBytes(bytes, language);
}

export function formatDuration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(milliseconds / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return `${hours} h ${minutes % 60} min`;
}
