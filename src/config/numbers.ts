import { env } from 'vscode';
import * as numbers from '../util/numbers';

/** A whole number with the separators of the display language: `1,000`. */
export function formatCount(value: number): string {
  return numbers.formatCount(value, env.language);
}

/** `750`, `8.4 k`, `1.3 M`: for estimates, where more digits would claim too much. */
export function formatApproximate(value: number): string {
  return numbers.formatApproximate(value, env.language);
}

/** `812 B`, `1.4 MB`; decimal units, as file managers and the service's limits use them. */
export function formatBytes(bytes: number): string {
  return numbers.formatBytes(bytes, env.language);
}
