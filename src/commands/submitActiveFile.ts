import path from 'node:path';
import { l10n, type Uri } from 'vscode';
import type { Job, SubmitProgress, SubmitRequest } from '../jobs/api';
import type { BatchService } from '../shared/batchService';
import type { Dialect } from '../shared/dialect';
import type { ValidationSummary } from '../shared/lsp';
import { ServiceError } from '../shared/serviceError';
import { formatApproximate, formatBytes, formatCount } from '../views/format';
import type { CommandContext, CommandHandler, ProgressReport } from './context';
import { Refusal } from './refusal';
import { fileInFront, saved, validate } from './requestFile';
import { checkRequestFile, checkValidation } from './requestFileChecks';
import { askDisplayName, askModel } from './submitQuestions';
import { givenFiles } from './targets';
import { usableService } from './usableService';

/** Checks a request file, asks what is missing, and submits it once the person has said yes to what it is. */
export const submitActiveFile: CommandHandler = async (context, args) => {
  for (const file of givenFiles(args) ?? [await fileInFront(context)]) await submitFile(context, file);
};

async function submitFile(context: CommandContext, given: Uri): Promise<void> {
  const file = (await saved(context, given)).fsPath;
  const connectionId = context.connections.current;
  const service = await usableService(context, connectionId);
  await checkRequestFile(file, service.capabilities.maxFileBytes);
  context.serviceDiagnostics.clear(file);
  const summary = await validate(context, file);
  const kind = checkValidation(file, summary);
  const dialect: Dialect = kind === 'gemini-bare' ? 'gemini' : kind;
  const model = await askModel(context, service, dialect);
  const displayName = await askDisplayName(context, file);
  await confirm(context, { file, summary, model, displayName });
  const job = await submit(context, {
    connectionId,
    path: file,
    dialect,
    model,
    displayName,
    rows: summary.rows,
    ...(await webhookFor(context, connectionId, service)),
  });
  context.ui.flash(l10n.t('Submitted “{0}”.', job.displayName));
  await context.view.reveal(job);
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

interface Confirmed {
  readonly file: string;
  readonly summary: ValidationSummary;
  readonly model: string;
  readonly displayName: string;
}

/** Money is asked for once, plainly. */
async function confirm(
  context: CommandContext,
  { file, summary, model, displayName }: Confirmed,
): Promise<void> {
  const rows = summary.rows === 1 ? l10n.t('1 request') : l10n.t('{0} requests', formatCount(summary.rows));
  const connection = context.connections.label(context.connections.current);
  const facts = [
    l10n.t('File: {0} ({1})', path.basename(file), formatBytes(summary.bytes)),
    l10n.t('Model: {0}', model),
    l10n.t('Input: about {0} tokens', formatApproximate(summary.estimatedTokens)),
    ...(summary.warnings > 0 ? [l10n.t('Warnings in the file: {0}', formatCount(summary.warnings))] : []),
    ...(context.connections.current === 'sandbox'
      ? [l10n.t('The sandbox simulates the answers and costs nothing.')]
      : []),
  ];
  await context.ui.confirm({
    message: l10n.t('Submit {0} to {1} as “{2}”?', rows, connection, displayName),
    detail: facts.join('\n'),
    answers: [l10n.t('Submit')],
  });
}

async function submit(context: CommandContext, request: SubmitRequest): Promise<Job> {
  const engine = await context.engine();
  try {
    return await context.ui.progress(l10n.t('Submitting “{0}”', request.displayName), (progress) =>
      engine.submit(request, {
        signal: progress.signal,
        onProgress: (step) => reportStep(progress, step),
      }),
    );
  } catch (error) {
    if (!(error instanceof ServiceError) || error.lineErrors.length === 0) throw error;
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
  }
}
