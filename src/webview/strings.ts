import type { ResultsStrings } from '../shared/resultsStrings';

let strings: Partial<ResultsStrings> = {};

/** Takes the strings that the host put into the page. */
export function loadStrings(json: string): void {
  strings = JSON.parse(json) as ResultsStrings;
}

/** A string in the person's language, `{0}`, `{1}`, … replaced. */
export function t(id: keyof ResultsStrings, ...values: readonly (string | number)[]): string {
  const template = strings[id] ?? id;
  return template.replace(/\{(\d)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

export function formatNumber(value: number): string {
  return whole.format(value);
}

/** 1.2K, 3.4M: for places where the exact number is a tool tip away. */
export function formatShort(value: number): string {
  return short.format(value);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

export function formatDuration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(milliseconds / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return `${hours} h ${minutes % 60} min`;
}
