import { open } from 'node:fs/promises';
import path from 'node:path';
import { l10n } from 'vscode';
import type { Job, JobEngine, SubmitProgress, SubmitRequest } from '../../jobs/api';
import type { Preflight } from '../../jobs/preflight/preflight';
import type { PartLimits } from '../../jobs/rows/planParts';
import type { BatchService } from '../../shared/batchService';
import type { Dialect } from '../../shared/dialect';
import type { ValidationSummary } from '../../shared/lsp';
import { ServiceError } from '../../shared/serviceError';
import { CancelledError } from '../../util/async';
import { formatCount } from '../../views/format';
import type { CommandContext, ProgressReport } from '../context';
import { Refusal } from '../refusal';
import { validate } from '../files/requestFile';
import { checkRequestFile, checkValidation } from './requestFileChecks';
import { partsNeeded, refusePointless, submissionQuestion } from './submissionPlan';
import { askDisplayName, askModel } from './submitQuestions';
import { requestOfLine } from './tryRequest';
import { groupName } from '../../views/presentGroup';
import { usableService } from '../connections/usableService';

/** What is settled before the person is asked; the rest is asked for. */
export interface SubmissionWish {
  /** Path on this machine. */
  readonly file: string;
  readonly connectionId: string;
  readonly model?: string;
  readonly displayName?: string;
  /** Offered where the name is asked for; the file's name where there is none. */
  readonly proposedName?: string;
  /** The job whose requests these are, again. */
  readonly parentId?: string;
  /** Cut the file into parts of this size even if it would fit. */
  readonly parts?: PartLimits;
}

/**
 * From a file to jobs at the service: checks it, asks what is missing, says what it will be and cost, and submits it after a yes.
 * Rejects with CancelledError when the person backs out anywhere.
 */
export async function submitFile(context: CommandContext, asked: SubmissionWish): Promise<readonly Job[]> {
  const { file, connectionId } = asked;
  const service = await usableService(context, connectionId);
  await checkRequestFile(file);
  context.serviceDiagnostics.clear(file);
  const summary = await validate(context, file);
  const engine = await context.engine();
  const wish = await asRetry(engine, asked);
  const kind = checkValidation(file, summary);
  const dialect: Dialect = kind === 'gemini-bare' ? 'gemini' : kind;
  const model = wish.model ?? (await modelOf(context, service, dialect, file));
  const displayName = wish.displayName ?? (await nameOf(context, wish));
  const preflight = await look(context, engine, { wish, dialect, model, summary });
  const parts = wish.parts ?? partsNeeded(preflight, service.capabilities, partSettings(context));
  refusePointless(preflight.findings, parts !== undefined);
  await confirm(context, { wish, model, displayName, summary, preflight, parts });
  const request: SubmitRequest = {
    connectionId,
    path: file,
    dialect,
    model,
    displayName,
    rows: summary.rows,
    estimatedTokens: preflight.input.tokens,
    input: context.settings.get('submit.input'),
    ...(wish.parentId === undefined ? {} : { parentId: wish.parentId }),
    ...priorityFor(context, service),
    ...(await webhookFor(context, connectionId, service)),
  };
  const jobs = await send(context, engine, request, parts);
  context.ui.flash(submittedText(displayName, jobs));
  const [first] = jobs;
  if (first !== undefined) await context.view.reveal(first);
  return jobs;
}

/** A retry file stays linked to what it asks again for, however it comes to be submitted. */
async function asRetry(engine: JobEngine, wish: SubmissionWish): Promise<SubmissionWish> {
  const parent = wish.parentId === undefined ? await engine.retriedBy(wish.file) : undefined;
  if (parent === undefined) return wish;
  const { id, job } = parent;
  const name = id === job.id ? job.displayName : groupName(job);
  return { proposedName: retryName(name), ...wish, parentId: id };
}

/** `Reviews (retry 1)`, then `Reviews (retry 2)`. */
export function retryName(name: string): string {
  const [, stem = name, generation = '0'] = /^(.*) \(retry (\d{1,4})\)$/s.exec(name) ?? [];
  return l10n.t('{0} (retry {1})', stem, Number(generation) + 1);
}

/** What became of a submission; what the service has no room for now waits here and goes by itself. */
export function submittedText(displayName: string, jobs: readonly Job[]): string {
  const waiting = jobs.filter(({ phase }) => phase === 'queued').length;
  const offline = jobs.some((job) => job.offline === true);
  if (offline && waiting === jobs.length)
    return l10n.t('“{0}” waits until there is a network; it is submitted then.', displayName);
  if (jobs.length === 1) {
    return waiting === 1
      ? l10n.t('“{0}” waits until the service has room; it is submitted then.', displayName)
      : l10n.t('Submitted “{0}”.', displayName);
  }
  const counts = [formatCount(waiting), formatCount(jobs.length)] as const;
  if (waiting === 0) return l10n.t('Submitted “{0}” in {1} parts.', displayName, counts[1]);
  return offline
    ? l10n.t('Submitted “{0}”: {1} of {2} parts wait until there is a network.', displayName, ...counts)
    : l10n.t('Submitted “{0}”: {1} of {2} parts wait until the service has room.', displayName, ...counts);
}

/** Lines of the OpenAI-compatible layer name their model; for all others it is asked. */
async function modelOf(
  context: CommandContext,
  service: BatchService,
  dialect: Dialect,
  file: string,
): Promise<string> {
  const named = dialect === 'openai' ? requestOfLine(await firstLine(file))?.model : undefined;
  return named ?? askModel(context, service, dialect, { title: l10n.t('Submit Batch (1/2): Model') });
}

/** Asks for the name; it is the second question where the model was the first. */
function nameOf(context: CommandContext, { file, model, proposedName }: SubmissionWish): Promise<string> {
  return askDisplayName(context, {
    title: model === undefined ? l10n.t('Submit Batch (2/2): Name') : l10n.t('Submit Batch: Name'),
    proposal: proposedName ?? path.basename(file).replace(/\.(jsonl|ndjson)$/i, ''),
  });
}

/** The first line that is not blank, as far as 1 MB reaches. */
async function firstLine(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1 << 20), 0, 1 << 20, 0);
    const text = buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '');
    return text.split('\n').find((line) => line.trim() !== '') ?? '';
  } finally {
    await handle.close();
  }
}

interface Looked {
  readonly wish: SubmissionWish;
  readonly dialect: Dialect;
  readonly model: string;
  readonly summary: ValidationSummary;
}

/** Asks the engine what is known before anything is paid for. */
function look(
  context: CommandContext,
  engine: JobEngine,
  { wish, dialect, model, summary }: Looked,
): Promise<Preflight> {
  const { settings, ui } = context;
  const free = wish.connectionId === 'sandbox';
  const budgetUsd = settings.get('budget.usd');
  const tier = settings.get('tier');
  return ui.progress(l10n.t('Looking at what “{0}” will take', path.basename(wish.file)), ({ signal }) =>
    engine.preflight(
      {
        connectionId: wish.connectionId,
        path: wish.file,
        dialect,
        model,
        validation: summary,
        prices: context.prices(),
        ...(free || budgetUsd <= 0 ? {} : { budgetUsd }),
        ...(free || tier === '' ? {} : { tier }),
      },
      { signal },
    ),
  );
}

function partSettings({ settings }: CommandContext) {
  return { maxRows: settings.get('split.maxRows'), maxTokens: settings.get('split.maxTokens') };
}

interface Agreement {
  readonly wish: SubmissionWish;
  readonly model: string;
  readonly displayName: string;
  readonly summary: ValidationSummary;
  readonly preflight: Preflight;
  readonly parts: PartLimits | undefined;
}

/** Money is asked for once, plainly; above the budget a second time. */
async function confirm(context: CommandContext, agreement: Agreement): Promise<void> {
  const { wish, model, displayName, summary, preflight, parts } = agreement;
  const answer = await context.ui.confirm(
    submissionQuestion({
      file: wish.file,
      model,
      displayName,
      connection: context.connections.label(wish.connectionId),
      free: wish.connectionId === 'sandbox',
      warnings: summary.warnings,
      preflight,
      now: context.now(),
      ...(parts === undefined ? {} : { parts }),
    }),
  );
  const [earlier] = preflight.duplicates;
  if (answer > 0 && earlier !== undefined) {
    await context.workbench.showJobs();
    await context.view.find(earlier);
    throw new CancelledError();
  }
  if (!preflight.overBudget) return;
  const finding = preflight.findings.find(({ code }) => code === 'overBudget');
  await context.ui.confirm({
    message: l10n.t('This is over your budget. Submit all the same?'),
    detail: finding?.message ?? '',
    answers: [l10n.t('Submit over Budget')],
  });
}

/** 0 is what the service takes for a batch without a priority. */
function priorityFor(
  { settings }: CommandContext,
  { capabilities }: BatchService,
): Pick<SubmitRequest, 'priority'> {
  const priority = settings.get('submit.priority');
  return capabilities.priority && priority !== 0 ? { priority } : {};
}

/** Asks for a delivery to the receiver of this machine, where the service can reach it. */
async function webhookFor(
  { settings, webhooks, connections }: CommandContext,
  connectionId: string,
  service: BatchService,
): Promise<Pick<SubmitRequest, 'webhook'>> {
  if (!service.capabilities.webhooks || !settings.get('webhooks.onSubmit')) return {};
  const address = await webhooks.receiver.addressFor(await connections.describe(connectionId));
  return address === undefined ? {} : { webhook: { uris: [address] } };
}

async function send(
  context: CommandContext,
  engine: JobEngine,
  request: SubmitRequest,
  parts: PartLimits | undefined,
): Promise<readonly Job[]> {
  try {
    return await context.ui.progress(l10n.t('Submitting “{0}”', request.displayName), async (progress) => {
      const options = {
        signal: progress.signal,
        onProgress: (step: SubmitProgress) => reportStep(progress, step),
      };
      return parts === undefined
        ? [await engine.submit(request, options)]
        : engine.submitInParts(request, parts, options);
    });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw await refusedLines(context, request.path, error);
  }
}

/** The service refused single lines: they become squiggles, and the first is named. */
export async function refusedLines(
  context: CommandContext,
  file: string,
  error: ServiceError,
): Promise<Error> {
  const [first] = error.lineErrors;
  if (first === undefined) return error;
  await context.serviceDiagnostics.show(file, error.lineErrors);
  const line = formatCount(first.line);
  return new Refusal(
    l10n.t('The service refused “{0}”. Line {1}: {2}', path.basename(file), line, first.reason),
    {
      kind: 'open',
      label: l10n.t('Go to Line {0}', line),
      path: file,
      selection: { line: first.line - 1, start: 0, end: 0 },
    },
  );
}

/** Tells how far a submission is. */
export function reportStep({ report }: ProgressReport, { step, fraction }: SubmitProgress): void {
  report(stepText(step), fraction);
}

function stepText(step: SubmitProgress['step']): string {
  switch (step) {
    case 'hashing':
      return l10n.t('reading the file');
    case 'uploading':
      return l10n.t('uploading');
    case 'creating':
      return l10n.t('creating the job');
    case 'confirming':
      return l10n.t('no clear answer; looking for the job');
  }
}
