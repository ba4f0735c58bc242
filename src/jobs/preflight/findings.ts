import * as l10n from '@vscode/l10n';
import type { BatchService, Model } from '../../shared/batchService';
import type { Dialect } from '../../shared/dialect';
import type { ValidationSummary } from '../../shared/lsp';
import { formatUsd } from '../../shared/usd';
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
    add('invalidFile', errorsMessage(errors, first));
  }
  if (rows === 0) add('empty', l10n.t('The file has no requests.'));
  if (!capabilities.dialects.includes(dialect)) {
    add(
      'dialectNotTaken',
      l10n.t(
        'This connection does not take {0} files. Convert the file or choose another connection.',
        dialect,
      ),
    );
  }
  if (bytes > capabilities.maxFileBytes) {
    add(
      'tooLarge',
      l10n.t(
        'The file has {0}; the service takes {1}. Submit it in parts.',
        gigabytes(bytes),
        gigabytes(capabilities.maxFileBytes),
      ),
    );
  }
  if (capabilities.maxRows !== undefined && rows > capabilities.maxRows) {
    add(
      'tooManyRows',
      l10n.t(
        'The file has {0} requests; the service takes {1}. Submit it in parts.',
        rows,
        capabilities.maxRows,
      ),
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
        message: l10n.t('The list of models could not be had, so the model was not checked.'),
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
            message: l10n.t('The service has no model {0}. Choose another.', id),
          }
        : {
            severity: 'warning',
            code: 'unknownModel',
            message: l10n.t('The service does not list the model {0}; it may refuse the batch.', id),
          },
    ];
  }
  if (model.batchDialects.includes(dialect)) return [];
  const able = models
    .filter((candidate) => candidate.batchDialects.includes(dialect))
    .map((candidate) => candidate.id);
  const message =
    able.length === 0
      ? l10n.t('{0} cannot run such requests as a batch.', id)
      : l10n.t(
          '{0} cannot run such requests as a batch. Models that can: {1}.',
          id,
          able.slice(0, 3).join(', '),
        );
  return [{ severity: 'error', code: 'modelCannotBatch', message }];
}

export function duplicateFindings(duplicates: readonly Job[]): Finding[] {
  const [latest] = duplicates;
  if (latest === undefined) return [];
  const when = new Date(latest.createdAt).toISOString().slice(0, 16).replace('T', ' ');
  const message = l10n.t(
    'The same requests were submitted to {0} before: "{1}", {2} UTC ({3}). They would be paid for again.',
    latest.model,
    latest.displayName,
    when,
    latest.state.toLowerCase(),
  );
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
    const message = l10n.t(
      '{0} jobs are unfinished, as many as the service takes. This one will wait for its turn.',
      activeJobs,
    );
    findings.push({ severity: 'warning', code: 'noRoom', message });
  }
  const limit = tier && enqueuedTokenLimit(model, tier);
  if (limit === undefined) return findings;
  const together = enqueuedTokens + input.tokens;
  if (input.tokens > limit) {
    const message = l10n.t(
      'About {0} are more than the {1} that {2} may have enqueued ({3}). Submit the file in parts.',
      tokens(input.tokens),
      tokens(limit),
      model,
      enqueuedTokensAsOf,
    );
    findings.push({ severity: 'error', code: 'enqueuedTokens', message });
  } else if (together > limit) {
    const message = l10n.t(
      'With what is enqueued already it makes about {0}, over the {1} that {2} may have ({3}). It will wait for its turn.',
      tokens(together),
      tokens(limit),
      model,
      enqueuedTokensAsOf,
    );
    findings.push({ severity: 'warning', code: 'enqueuedTokens', message });
  }
  return findings;
}

function referenceMessage({ fate, line, name }: DoubtfulReference): string {
  const at = line + 1;
  switch (fate) {
    case 'missing':
      return l10n.t(
        'Line {0} refers to {1}, which is not there any more. Upload it again before you submit.',
        at,
        name,
      );
    case 'failed':
      return l10n.t(
        'Line {0} refers to {1}, which could not be processed by the service. Upload it again before you submit.',
        at,
        name,
      );
    case 'processing':
      return l10n.t(
        'Line {0} refers to {1}, which is still being processed. Wait for it before you submit.',
        at,
        name,
      );
    case 'shortLived':
      return l10n.t(
        'Line {0} refers to {1}, which expires within a day, maybe before its requests are worked on. Upload it again before you submit.',
        at,
        name,
      );
  }
}

export function referenceFindings(references: readonly DoubtfulReference[]): Finding[] {
  const [first] = references;
  if (first === undefined) return [];
  const isLost = references.some(({ fate }) => fate === 'missing' || fate === 'failed');
  const others = references.length - 1;
  const more =
    others === 1
      ? l10n.t('1 other file of at most {0} checked is in doubt, too.', maxReferences)
      : l10n.t('{0} other files of at most {1} checked are in doubt, too.', others, maxReferences);
  const message = others === 0 ? referenceMessage(first) : `${referenceMessage(first)} ${more}`;
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
    const message = l10n.t(
      'The price of {0} is not known. Set it in the settings to get an estimate.',
      model,
    );
    return [{ severity: 'info', code: 'priceUnknown', message }];
  }
  const findings: Finding[] = [];
  if (price.uncertain) {
    const message = l10n.t(
      "The service's pages contradict each other about the batch price of {0}: the bill may differ.",
      model,
    );
    findings.push({ severity: 'warning', code: 'priceUncertain', message });
  }
  if (overBudget && worst !== undefined && budget !== undefined) {
    const message = l10n.t(
      'It may cost {0}, more than your budget of {1} for one submission.',
      formatUsd(worst),
      formatUsd(budget),
    );
    findings.push({ severity: 'warning', code: 'overBudget', message });
  }
  return findings;
}

function errorsMessage(errors: number, first: ValidationSummary['problems'][number] | undefined): string {
  if (first === undefined)
    return errors === 1 ? l10n.t('The file has 1 error.') : l10n.t('The file has {0} errors.', errors);
  const { line, message } = first;
  return errors === 1
    ? l10n.t('The file has 1 error, in line {0}: {1}', line + 1, message)
    : l10n.t('The file has {0} errors. The first is in line {1}: {2}', errors, line + 1, message);
}

function gigabytes(bytes: number): string {
  return l10n.t('{0} GB', (bytes / 1024 ** 3).toFixed(2));
}

function tokens(number: number): string {
  return number >= 1_000_000
    ? l10n.t('{0} M tokens', (number / 1_000_000).toFixed(1))
    : l10n.t('{0} tokens', number);
}
