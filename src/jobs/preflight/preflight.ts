import type { BatchService } from '../../shared/batchService';
import type { Dialect } from '../../shared/dialect';
import type { ValidationSummary } from '../../shared/lsp';
import type { PriceOverrides } from '../../shared/pricing';
import { ServiceError } from '../../shared/serviceError';
import type { Job } from '../api';
import { estimateOutput, estimatePrice, type OutputEstimate, type PriceEstimate } from './cost';
import type { Tier } from './enqueuedTokens';
import {
  duplicateFindings,
  fileFindings,
  modelFindings,
  priceFindings,
  referenceFindings,
  roomFindings,
  type Finding,
} from './findings';
import { checkReferences, findReferences, type DoubtfulReference } from './references';
import { sampleLines } from './sample';
import { estimateTokens, type TokenEstimate } from './tokens';

export interface PreflightRequest {
  readonly connectionId: string;
  readonly path: string;
  readonly dialect: Dialect;
  readonly model: string;
  /** What the checks of the language server said about the file as it is now. */
  readonly validation: ValidationSummary;
  /** USD above which a submission has to be confirmed twice. */
  readonly budgetUsd?: number;
  readonly tier?: Tier;
  readonly prices?: PriceOverrides;
  /** Rows whose tokens the service is asked to count; 0 for none. Default 8. */
  readonly countedRows?: number;
}

/** Everything that is known before anything is paid for. */
export interface Preflight {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly input: TokenEstimate;
  readonly output: OutputEstimate;
  /** Absent when nobody knows the price of the model. */
  readonly price?: PriceEstimate;
  readonly findings: readonly Finding[];
  /** Earlier submissions of the same content to the same model and connection, newest first. */
  readonly duplicates: readonly Job[];
  /** Files that requests refer to and that may not be there when their turn comes. */
  readonly references: readonly DoubtfulReference[];
  /** Unfinished jobs of the connection now, and how many the service takes. */
  readonly activeJobs: number;
  readonly maxJobs?: number;
  /** The estimate is above the budget: ask twice. */
  readonly overBudget: boolean;
}

/** What the engine knows. */
export interface PreflightContext {
  readonly service: BatchService;
  readonly jobs: readonly Job[];
  readonly duplicates: readonly Job[];
  readonly activeJobs: number;
  /** Estimated input tokens of the model's unfinished jobs. */
  readonly enqueuedTokens: number;
  /** By the service's clock, milliseconds. */
  readonly now: number;
}

const defaultCountedRows = 8;

/**
 * Looks at a file before it is submitted: at limits, model, tokens, price, room, references and earlier submissions. Nothing is
 * created or sent but questions. What the service does not answer becomes a finding; rejects with CancelledError, or the file
 * system's error when the file cannot be read.
 */
export async function preflight(
  request: PreflightRequest,
  context: PreflightContext,
  signal?: AbortSignal,
): Promise<Preflight> {
  const { validation, dialect, model, path } = request;
  const { service } = context;
  const sample = await sampleLines(path, validation.bytes, request.countedRows ?? defaultCountedRows, signal);
  const common = { model, dialect, ...(signal && { signal }) };
  const [input, models, references] = await Promise.all([
    estimateTokens(service, { ...common, localTokens: validation.estimatedTokens, sample }),
    service.listModels(signal && { signal }).catch(unlessCancelled),
    doubtfulReferences(request, context, signal),
  ]);
  const output = estimateOutput({ model, dialect, rows: validation.rows, sample }, context.jobs);
  const price = estimatePrice(model, input, output, {
    at: context.now,
    ...(request.prices && { overrides: request.prices }),
  });
  const worst = price && (price.atMostUsd ?? price.expectedUsd ?? price.inputUsd);
  const overBudget = request.budgetUsd !== undefined && worst !== undefined && worst > request.budgetUsd;
  return {
    rows: validation.rows,
    bytes: validation.bytes,
    sha256: validation.sha256,
    input,
    output,
    ...(price && { price }),
    duplicates: context.duplicates,
    references,
    activeJobs: context.activeJobs,
    ...(service.capabilities.maxConcurrentJobs !== undefined && {
      maxJobs: service.capabilities.maxConcurrentJobs,
    }),
    overBudget,
    findings: [
      ...fileFindings(validation, service, dialect),
      ...modelFindings(models, model, dialect, service.family === 'gemini'),
      ...duplicateFindings(context.duplicates),
      ...roomFindings({ ...context, model, tier: request.tier, input }),
      ...referenceFindings(references),
      ...priceFindings(model, price, overBudget, worst, request.budgetUsd),
    ],
  };
}

async function doubtfulReferences(
  { path, dialect }: PreflightRequest,
  { service, now }: PreflightContext,
  signal?: AbortSignal,
): Promise<readonly DoubtfulReference[]> {
  if (dialect === 'openai') return [];
  const found = await findReferences(path, signal);
  if (found.length === 0) return [];
  return (await checkReferences(service, found, now, signal).catch(unlessCancelled)) ?? [];
}

/** A question that the service did not answer is no reason not to submit: the submission itself will tell. */
function unlessCancelled(error: unknown): undefined {
  if (error instanceof ServiceError) return undefined;
  throw error;
}
