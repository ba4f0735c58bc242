/** `$0.00042`, `$0.13`, `$1,234.50`: cents, and two digits that count where it is less than one. */
export function formatUsd(usd: number): string {
  if (usd === 0) return '$0';
  const digits =
    Math.abs(usd) < 0.01
      ? { maximumSignificantDigits: 2 }
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${usd.toLocaleString('en', digits)}`;
}
