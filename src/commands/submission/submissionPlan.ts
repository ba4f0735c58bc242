import path from 'node:path';
import { l10n } from 'vscode';
import type { Finding, FindingCode } from '../../jobs/preflight/findings';
import type { Preflight } from '../../jobs/preflight/preflight';
import type { PartLimits } from '../../jobs/rows/planParts';
import type { ServiceCapabilities } from '../../shared/batchService';
import { formatUsd } from '../../shared/usd';
import { formatAge, formatApproximate, formatBytes, formatCount } from '../../views/format';
import { countTexts, rowsText, stateText } from '../../views/jobTexts';
import type { Question } from '../context';
import { Refusal } from '../refusal';

/** What a person agrees to. */
export interface SubmissionPlan {
  readonly file: string;
  readonly model: string;
  readonly displayName: string;
  /** How the connection is called. */
  readonly connection: string;
  /** Nothing is paid: the sandbox. */
  readonly free: boolean;
  readonly warnings: number;
  readonly preflight: Preflight;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Set where the file goes in parts. */
  readonly parts?: PartLimits;
}

/** Findings that submitting in parts takes care of. */
const mendedByParts: ReadonlySet<FindingCode> = new Set(['tooLarge', 'tooManyRows', 'enqueuedTokens']);

/** Refuses what cannot succeed, in the words of the finding. */
export function refusePointless(findings: readonly Finding[], inParts: boolean): void {
  const first = findings.find(
    ({ severity, code }) => severity === 'error' && !(inParts && mendedByParts.has(code)),
  );
  if (first === undefined) return;
  const action = /^(unknownModel|modelCannotBatch|references)$/.test(first.code)
    ? ({ kind: 'retry', label: l10n.t('Try Again') } as const)
    : undefined;
  throw new Refusal(first.message, action);
}

/** How big a part may be by the person's settings; 0 stands for no limit. */
export interface PartSettings {
  readonly maxRows: number;
  readonly maxTokens: number;
}

/**
 * The limits of the parts that a file must be cut into; undefined when it can go as it is. The service's limits count as well as
 * the person's.
 */
export function partsNeeded(
  preflight: Pick<Preflight, 'rows' | 'bytes' | 'input'>,
  capabilities: Pick<ServiceCapabilities, 'maxFileBytes' | 'maxRows'>,
  settings: PartSettings,
): PartLimits | undefined {
  const maxRows = smallest(capabilities.maxRows, settings.maxRows);
  const maxTokens = smallest(undefined, settings.maxTokens);
  const { maxFileBytes: maxBytes } = capabilities;
  const fits =
    preflight.bytes <= maxBytes &&
    (maxRows === undefined || preflight.rows <= maxRows) &&
    (maxTokens === undefined || preflight.input.tokens <= maxTokens);
  if (fits) return undefined;
  return {
    maxBytes,
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
}

function smallest(service: number | undefined, person: number): number | undefined {
  if (person <= 0) return service;
  return service === undefined ? person : Math.min(service, person);
}

/** The one question before money is spent: what, how much of it, what it may cost, and what speaks against it. */
export function submissionQuestion(plan: SubmissionPlan): Question {
  const { preflight, displayName, connection, parts } = plan;
  const rows =
    preflight.rows === 1 ? l10n.t('1 request') : l10n.t('{0} requests', formatCount(preflight.rows));
  const message =
    parts === undefined
      ? l10n.t('Submit {0} to {1} as “{2}”?', rows, connection, displayName)
      : l10n.t('Submit {0} to {1} in parts as “{2}”?', rows, connection, displayName);
  const earlier = preflight.duplicates.length > 0 ? [l10n.t('Show Earlier Job')] : [];
  const doubts = findingLines(plan);
  return {
    message,
    detail: [factLines(plan).join('\n'), ...doubts].join('\n\n'),
    answers: [parts === undefined ? l10n.t('Submit') : l10n.t('Submit in Parts'), ...earlier],
    severity: doubts.length > 0 ? 'warning' : 'information',
  };
}

function factLines(plan: SubmissionPlan): string[] {
  const { file, model, preflight, warnings, parts } = plan;
  return [
    l10n.t('File: {0} ({1})', path.basename(file), formatBytes(preflight.bytes)),
    l10n.t('Model: {0}', model),
    tokenLine(preflight),
    plan.free ? l10n.t('The sandbox simulates the answers and costs nothing.') : priceLine(preflight),
    ...(parts === undefined ? [] : [partsLine(parts, preflight)]),
    ...(warnings > 0 ? [l10n.t('Warnings in the file: {0}', formatCount(warnings))] : []),
  ];
}

function tokenLine({ input }: Preflight): string {
  const tokens = formatApproximate(input.tokens);
  const percent = Math.round(input.error * 100);
  return input.basis === 'counted'
    ? l10n.t(
        'Input: about {0} tokens (± {1} %, from {2} rows that the service counted)',
        tokens,
        percent,
        input.sampled,
      )
    : l10n.t('Input: about {0} tokens (± {1} %, estimated here)', tokens, percent);
}

function priceLine({ price }: Preflight): string {
  if (price === undefined) return l10n.t('Price: not known for this model');
  const input = formatUsd(price.inputUsd);
  const source = l10n.t('batch rates of {0}', price.source);
  if (price.expectedUsd !== undefined) {
    return l10n.t('Price: about {0}, of which input {1} ({2})', formatUsd(price.expectedUsd), input, source);
  }
  if (price.atMostUsd !== undefined) {
    return l10n.t(
      'Price: {0} for the input, at most {1} with the output ({2})',
      input,
      formatUsd(price.atMostUsd),
      source,
    );
  }
  return l10n.t(
    'Price: {0} for the input, and {1} per million tokens of output ({2})',
    input,
    formatUsd(price.rates.output),
    source,
  );
}

function partsLine({ maxBytes, maxRows, maxTokens }: PartLimits, { rows, bytes, input }: Preflight): string {
  const limits = [
    ...(maxRows === undefined ? [] : [rowsText(formatCount(maxRows))]),
    ...(maxTokens === undefined ? [] : [l10n.t('{0} tokens', formatApproximate(maxTokens))]),
    ...(maxBytes === undefined ? [] : [formatBytes(maxBytes)]),
  ];
  const shares = [
    rows / (maxRows ?? rows),
    bytes / (maxBytes ?? bytes),
    input.tokens / (maxTokens ?? input.tokens),
  ];
  // Lines are not cut, so it may become one more.
  const count = Math.ceil(Math.max(1, ...shares.filter(Number.isFinite)));
  return l10n.t('About {0} parts, each of at most {1}', formatCount(count), limits.join(', '));
}

function findingLines(plan: SubmissionPlan): string[] {
  const { preflight, parts, free } = plan;
  const aboutMoney = /^(price|overBudget)/;
  return preflight.findings
    .filter(
      ({ severity, code }) =>
        severity === 'warning' || (severity === 'error' && parts !== undefined && !mendedByParts.has(code)),
    )
    .filter(({ code }) => !(free && aboutMoney.test(code)))
    .map(({ code, message }) => `⚠ ${code === 'duplicate' ? duplicateText(plan) : message}`);
}

/** Which earlier job had the same requests, in the words of the list. */
function duplicateText({ preflight, free, now }: SubmissionPlan): string {
  const [earlier] = preflight.duplicates;
  if (earlier === undefined) return l10n.t('The same requests were submitted before.');
  const age = formatAge(earlier.createdAt, now);
  const text = l10n.t('The same requests were submitted before: “{0}”', earlier.displayName);
  const facts = [stateText(earlier), ...countTexts(earlier), age].join(' · ');
  const paid = free ? '' : ` ${l10n.t('They would be paid for again.')}`;
  return `${text} (${facts}).${paid}`;
}
