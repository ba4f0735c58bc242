import type { BatchService, Model } from '../../shared/batchService';
import type { Dialect } from '../../shared/dialect';
import type { ValidationSummary } from '../../shared/lsp';
import type { Job } from '../api';
import type { PriceEstimate } from './cost';
import { enqueuedTokenLimit, enqueuedTokensAsOf, type Tier } from './enqueuedTokens';
import { maxReferences, type DoubtfulReference } from './references';
import type { TokenEstimate } from './tokens';

export type FindingCode =
  | 'invalidFile'
  | 'empty'
  | 'tooLarge'
  | 'tooManyRows'
  | 'unknownModel'
  | 'modelCannotBatch'
  | 'modelsUnknown'
  | 'dialectNotTaken'
  | 'duplicate'
  | 'noRoom'
  | 'enqueuedTokens'
  | 'references'
  | 'priceUnknown'
  | 'priceUncertain'
  | 'overBudget';

/** Something to know before submitting. Errors make a submission pointless; warnings want to be read. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: FindingCode;
  /** What, where, and how to mend it, for a person. */
  readonly message: string;
}

export function fileFindings(
  validation: ValidationSummary,
  { capabilities }: BatchService,
  dialect: Dialect,
): Finding[] {
  const findings: Finding[] = [];
  const { errors, problems, rows, bytes } = validation;
  const add = (code: FindingCode, message: string) => findings.push({ severity: 'error', code, message });
  if (errors > 0) {
    const first = problems.find((problem) => problem.severity === 'error');
    const where = first === undefined ? '' : ` The first is in line ${first.line + 1}: ${first.message}`;
    add('invalidFile', `The file has ${count(errors, 'error')}.${where}`);
  }
  if (rows === 0) add('empty', 'The file has no requests.');
  if (!capabilities.dialects.includes(dialect)) {
    add(
      'dialectNotTaken',
      `This connection does not take ${dialect} files. Convert the file or choose another connection.`,
    );
  }
  if (bytes > capabilities.maxFileBytes) {
    add(
      'tooLarge',
      `The file has ${gigabytes(bytes)}; the service takes ${gigabytes(capabilities.maxFileBytes)}. Submit it in parts.`,
    );
  }
  if (capabilities.maxRows !== undefined && rows > capabilities.maxRows) {
    add(
      'tooManyRows',
      `The file has ${rows} requests; the service takes ${capabilities.maxRows}. Submit it in parts.`,
    );
  }
  return findings;
}

/** @param complete whether the list names every model there is; OpenAI-compatible services leave some out */
export function modelFindings(
  models: readonly Model[] | undefined,
  id: string,
  dialect: Dialect,
  complete: boolean,
): Finding[] {
  if (models === undefined) {
    return [
      {
        severity: 'info',
        code: 'modelsUnknown',
        message: 'The list of models could not be had, so the model was not checked.',
      },
    ];
  }
  const model = models.find((candidate) => candidate.id === id);
  // Tuned models are not in the list.
  if (model === undefined && id.includes('/')) return [];
  if (model === undefined) {
    return [
      complete
        ? {
            severity: 'error',
            code: 'unknownModel',
            message: `The service has no model ${id}. Choose another.`,
          }
        : {
            severity: 'warning',
            code: 'unknownModel',
            message: `The service does not list the model ${id}; it may refuse the batch.`,
          },
    ];
  }
  if (model.batchDialects.includes(dialect)) return [];
  const able = models
    .filter((candidate) => candidate.batchDialects.includes(dialect))
    .map((candidate) => candidate.id);
  const advice = able.length === 0 ? '' : ` Models that can: ${able.slice(0, 3).join(', ')}.`;
  return [
    {
      severity: 'error',
      code: 'modelCannotBatch',
      message: `${id} cannot run such requests as a batch.${advice}`,
    },
  ];
}

export function duplicateFindings(duplicates: readonly Job[]): Finding[] {
  const [latest] = duplicates;
  if (latest === undefined) return [];
  const when = new Date(latest.createdAt).toISOString().slice(0, 16).replace('T', ' ');
  const message = `The same requests were submitted to ${latest.model} before: "${latest.displayName}", ${when} UTC (${latest.state.toLowerCase()}). They would be paid for again.`;
  return [{ severity: 'warning', code: 'duplicate', message }];
}

export interface Room {
  readonly service: BatchService;
  readonly model: string;
  readonly tier: Tier | undefined;
  readonly input: TokenEstimate;
  readonly activeJobs: number;
  readonly enqueuedTokens: number;
}

export function roomFindings({ service, model, tier, input, activeJobs, enqueuedTokens }: Room): Finding[] {
  const findings: Finding[] = [];
  const { maxConcurrentJobs } = service.capabilities;
  if (maxConcurrentJobs !== undefined && activeJobs >= maxConcurrentJobs) {
    const message = `${activeJobs} jobs are unfinished, as many as the service takes. This one will wait for its turn.`;
    findings.push({ severity: 'warning', code: 'noRoom', message });
  }
  const limit = tier && enqueuedTokenLimit(model, tier);
  if (limit === undefined) return findings;
  const together = enqueuedTokens + input.tokens;
  if (input.tokens > limit) {
    const message = `About ${tokens(input.tokens)} are more than the ${tokens(limit)} that ${model} may have enqueued (${enqueuedTokensAsOf}). Submit the file in parts.`;
    findings.push({ severity: 'error', code: 'enqueuedTokens', message });
  } else if (together > limit) {
    const message = `With what is enqueued already it makes about ${tokens(together)}, over the ${tokens(limit)} that ${model} may have (${enqueuedTokensAsOf}). It will wait for its turn.`;
    findings.push({ severity: 'warning', code: 'enqueuedTokens', message });
  }
  return findings;
}

const fates: Readonly<Record<DoubtfulReference['fate'], string>> = {
  missing: 'is not there any more',
  failed: 'could not be processed by the service',
  processing: 'is still being processed',
  shortLived: 'expires within a day, maybe before its requests are worked on',
};

export function referenceFindings(references: readonly DoubtfulReference[]): Finding[] {
  const [first] = references;
  if (first === undefined) return [];
  const isLost = references.some(({ fate }) => fate === 'missing' || fate === 'failed');
  const others =
    references.length === 1
      ? ''
      : ` ${count(references.length - 1, 'other file')} of at most ${maxReferences} checked are in doubt, too.`;
  const message = `Line ${first.line + 1} refers to ${first.name}, which ${fates[first.fate]}. Upload it again before you submit.${others}`;
  return [{ severity: isLost ? 'error' : 'warning', code: 'references', message }];
}

export function priceFindings(
  model: string,
  price: PriceEstimate | undefined,
  overBudget: boolean,
  worst: number | undefined,
  budget: number | undefined,
): Finding[] {
  if (price === undefined) {
    const message = `The price of ${model} is not known. Set it in the settings to get an estimate.`;
    return [{ severity: 'info', code: 'priceUnknown', message }];
  }
  const findings: Finding[] = [];
  if (price.uncertain) {
    const message = `The service's pages contradict each other about the batch price of ${model}: the bill may differ.`;
    findings.push({ severity: 'warning', code: 'priceUncertain', message });
  }
  if (overBudget && worst !== undefined && budget !== undefined) {
    const message = `It may cost $${worst.toFixed(2)}, more than your budget of $${budget.toFixed(2)} for one submission.`;
    findings.push({ severity: 'warning', code: 'overBudget', message });
  }
  return findings;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(2)} GB`;
}

function tokens(number: number): string {
  return number >= 1_000_000 ? `${(number / 1_000_000).toFixed(1)} M tokens` : `${number} tokens`;
}
