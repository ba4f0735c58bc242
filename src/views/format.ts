import { env, l10n } from 'vscode';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export { formatApproximate, formatBytes, formatCount } from '../config/numbers';

/** A span in its largest fitting units: `40 s`, `5 min`, `2 h`, `3 d`. */
export function formatSpan(ms: number): string {
  const span = Math.max(0, ms);
  if (span < minute) return l10n.t('{0} s', Math.round(span / second));
  if (span < hour) return l10n.t('{0} min', Math.floor(span / minute));
  if (span < 2 * day) return l10n.t('{0} h', Math.floor(span / hour));
  return l10n.t('{0} d', Math.floor(span / day));
}

/** How long ago `time` was. A clock that runs behind the service's shows `just now`, never a future. */
export function formatAge(time: number, now: number): string {
  const age = now - time;
  return age < minute ? l10n.t('just now') : l10n.t('{0} ago', formatSpan(age));
}

/** Date and time of day in the display language: `Nov 21, 2026, 09:40`. */
export function formatTime(time: number): string {
  return (times ??= new Intl.DateTimeFormat(env.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
  })).format(time);
}

/** Kept, because making one takes longer than using it a hundred times. */
let times: Intl.DateTimeFormat | undefined;

/** A day as a heading: today, yesterday, a weekday with date this year, else the full date. */
export function formatDay(dayStart: number, now: number): string {
  const today = startOfDay(now);
  if (dayStart >= today) return l10n.t('Today');
  if (startOfDay(today - 12 * hour) === dayStart) return l10n.t('Yesterday');
  const date = new Date(dayStart);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(
    env.language,
    sameYear ? { weekday: 'long', month: 'long', day: 'numeric' } : { dateStyle: 'long' },
  );
}

/** Midnight, local time, of the day that holds `time`. */
export function startOfDay(time: number): number {
  const date = new Date(time);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

/** Text from elsewhere as Markdown that shows just this text: no links, no images, no icons, no markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~$:@]/g, '\\$&').replace(/\s+/g, ' ');
}
