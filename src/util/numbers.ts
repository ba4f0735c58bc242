const formats = new Map<string, Intl.NumberFormat>();

/** A whole number with the separators of a language (BCP 47): `1,000`. */
export function formatCount(value: number, language: string): string {
  let format = formats.get(language);
  if (format === undefined) {
    format = new Intl.NumberFormat(language);
    formats.set(language, format);
  }
  return format.format(value);
}

/** `750`, `8.4 k`, `1.3 M`: for estimates, where more digits would claim too much. */
export function formatApproximate(value: number, language: string): string {
  if (value < 1000) return formatCount(Math.round(value), language);
  const [scaled, unit] = value < 999_500 ? [value / 1000, 'k'] : [value / 1_000_000, 'M'];
  const rounded = scaled < 99.5 ? Math.round(scaled * 10) / 10 : Math.round(scaled);
  return `${formatCount(rounded, language)} ${unit}`;
}

/** `812 B`, `1.4 MB`; decimal units, as file managers and the service's limits use them. */
export function formatBytes(bytes: number, language: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const rounded = unit === 0 || value >= 99.5 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${formatCount(rounded, language)} ${units[unit] ?? ''}`;
}
