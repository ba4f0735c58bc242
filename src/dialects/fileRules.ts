import * as l10n from '@vscode/l10n';
import type { FileLayout } from './probe';
import { severityOf } from './locate';
import { locateEndpoint, locateModel, type LocatedString } from './locateFacts';
import type { LineCheck, Problem, RuleSettings, Span } from './problem';
import type { RuleCode } from './rules';
import type { SpreadLines } from './spread';

/** A stretch of some line of a file, zero-based. */
export interface LinePlace extends Span {
  readonly line: number;
}

function problem(
  code: RuleCode,
  span: Span,
  message: string,
  settings: RuleSettings | undefined,
  extras: Partial<Problem> = {},
): Problem | undefined {
  const severity = severityOf(code, settings);
  return severity === 'off'
    ? undefined
    : { code, severity, message, start: span.start, end: span.end, ...extras };
}

/** Two lines with one key. `span`: the key's value on the later line. Undefined when the rule is off. */
export function duplicateKeyProblem(
  key: string,
  span: Span,
  first: LinePlace,
  settings?: RuleSettings,
): Problem | undefined {
  const shown = key.length <= 60 ? key : `${key.slice(0, 57)}…`;
  return problem(
    'duplicate-key',
    span,
    l10n.t(
      'The key {0} stands on line {1} already; their results could not be told apart. Give each line a key of its own.',
      JSON.stringify(shown),
      first.line + 1,
    ),
    settings,
    {
      related: [{ ...first, message: l10n.t('The key stands here first.') }],
      mend: { kind: 'newKey', name: 'key' },
    },
  );
}

/** What all OpenAI lines of a file must have in common. */
export const commonFacts = {
  model: {
    rule: 'mixed-models',
    of: ({ model }) => model,
    locate: locateModel,
    message: (line, first, own) =>
      l10n.t(
        'A job runs one model; line {0} names {1} and this line {2}. Use one, or split the file.',
        line,
        first,
        own,
      ),
    firstPlace: () => l10n.t('The first model.'),
  },
  endpoint: {
    rule: 'mixed-endpoints',
    of: ({ endpoint }) => endpoint,
    locate: locateEndpoint,
    message: (line, first, own) =>
      l10n.t(
        'A job has one endpoint; line {0} names {1} and this line {2}. Put its lines into a file of their own.',
        line,
        first,
        own,
      ),
    firstPlace: () => l10n.t('The first endpoint.'),
  },
} as const satisfies Record<string, CommonFact>;

export interface CommonFact {
  readonly rule: RuleCode;
  of(check: Pick<LineCheck, 'model' | 'endpoint'>): string | undefined;
  /** Where a line names it. */
  locate(text: string): LocatedString | undefined;
  /** @param line number of the first line, as people count. @param first its value, quoted. @param own value of the odd line */
  message(line: number, first: string, own: string): string;
  /** What there is at the first line. */
  firstPlace(): string;
}

/** An OpenAI line that names something else than the file's first. `span`: its value. Undefined when the rule is off. */
export function oddFactProblem(
  fact: CommonFact,
  value: string,
  span: Span,
  first: LinePlace & { readonly value: string },
  settings?: RuleSettings,
): Problem | undefined {
  return problem(
    fact.rule,
    span,
    fact.message(first.line + 1, JSON.stringify(first.value), JSON.stringify(value)),
    settings,
    { related: [{ line: first.line, start: first.start, end: first.end, message: fact.firstPlace() }] },
  );
}

/** An object over several lines. `span`: from where it begins in its first line to where it ends in its last. */
export function spreadProblem(
  { lines, breaksText }: SpreadLines,
  span: Span,
  settings?: RuleSettings,
): Problem | undefined {
  return problem(
    'object-over-lines',
    span,
    breaksText
      ? l10n.t(
          'A text with line breaks in it spreads this request over {0} lines. Write the breaks as {1}, so that the request stands on one line.',
          lines,
          '\\n',
        )
      : l10n.t('This request is spread over {0} lines. Each request stands on one line: join them.', lines),
    settings,
    { lines },
  );
}

/** A file that is no JSON Lines. `firstLine`: its text, all of which is marked. */
export function layoutProblem(
  layout: Exclude<FileLayout, 'lines'>,
  firstLine: string,
  settings?: RuleSettings,
): Problem | undefined {
  const start = firstLine.length - firstLine.trimStart().length;
  const span = { start, end: Math.max(start + 1, firstLine.trimEnd().length) };
  return layout === 'array'
    ? problem(
        'file-array',
        { start: span.start, end: span.start + 1 },
        l10n.t(
          'The file is one list. A batch file has no list around it: one request on each line, no commas between them. Convert it to JSON Lines.',
        ),
        settings,
      )
    : problem(
        'file-pretty-printed',
        span,
        l10n.t(
          'Requests are spread over several lines. A batch file has each request on one line. Convert it to JSON Lines.',
        ),
        settings,
      );
}

/** What the service takes: https://ai.google.dev/gemini-api/docs/rate-limits as of 2026-09. */
export const maxFileBytes = 2 * 1024 ** 3;
export const maxInlineBytes = 20 * 1024 ** 2;

/** What there is to say about a file of that size, at its first character. */
export function sizeProblem(bytes: number, settings?: RuleSettings): Problem | undefined {
  if (bytes > maxFileBytes) {
    return problem(
      'file-too-large',
      { start: 0, end: 1 },
      l10n.t(
        'The file has {0} GB; the service takes 2 GB ({1} bytes) at most. Split it.',
        gigabytes(bytes),
        maxFileBytes,
      ),
      settings,
    );
  }
  return bytes > maxInlineBytes
    ? problem(
        'file-not-inline',
        { start: 0, end: 1 },
        l10n.t('The file is over 20 MB, so it is uploaded as a file and not sent inline.'),
        settings,
      )
    : undefined;
}

function gigabytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(2);
}

/** UTF-16 and other encodings, found by the file's first bytes. */
export function encodingProblem(encoding: string, settings?: RuleSettings): Problem | undefined {
  return problem(
    'file-encoding',
    { start: 0, end: 1 },
    l10n.t(
      'The file is {0}; the service reads UTF-8 only. Save it as UTF-8 (in VS Code: Save with Encoding).',
      encoding,
    ),
    settings,
  );
}

/** A name for another line with a key: `twice-2` for `twice`, the next number for one that ends in a number. */
export function variantOfKey(key: string): string {
  return /\d\D*$/.test(key) ? nextKey([key]) : `${key}-2`;
}

/**
 * A key of the same form after the last ones: `request-17` after `request-16`. Keys without numbers say nothing about those of
 * other lines, so `request-1` follows them.
 */
export function nextKey(keys: Iterable<string>): string {
  let best: { readonly prefix: string; readonly digits: string; readonly suffix: string } | undefined;
  const used = new Set<string>();
  for (const key of keys) {
    used.add(key);
    const match = /^(.*?)(\d+)(\D*)$/s.exec(key);
    if (match === null) continue;
    const [, prefix = '', digits = '', suffix = ''] = match;
    if (best === undefined || BigInt(digits) >= BigInt(best.digits) || prefix !== best.prefix) {
      best = { prefix, digits, suffix };
    }
  }
  const { prefix, digits, suffix } = best ?? { prefix: 'request-', digits: '0', suffix: '' };
  for (let number = BigInt(digits) + 1n; ; number += 1n) {
    const key = `${prefix}${String(number).padStart(digits.length, '0')}${suffix}`;
    if (!used.has(key)) return key;
  }
}
