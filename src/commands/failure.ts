import { l10n } from 'vscode';
import { UnconfirmedError } from '../jobs/confirmation';
import { ServiceError } from '../shared/serviceError';
import { isCancelled } from '../util/async';
import { errorCode } from '../util/files';
import { Refusal, type Failure, type FailureAction } from './refusal';

/** Turns whatever a handler threw into one message with one action; undefined for a cancellation, which is silent. */
export function describeFailure(error: unknown): Failure | undefined {
  if (isCancelled(error)) return undefined;
  if (error instanceof Refusal) {
    return { severity: error.severity, message: error.message, ...withAction(error.action) };
  }
  if (error instanceof ServiceError) return describeServiceError(error);
  if (error instanceof UnconfirmedError) {
    const action = { kind: 'jobs', label: l10n.t('Show Batches') } as const;
    return { severity: 'warning', message: error.message, action };
  }
  const code = errorCode(error);
  if (code !== undefined) {
    const failure = describeSystemError(code, error as NodeJS.ErrnoException);
    if (failure !== undefined) return failure;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { severity: 'error', message: sentence(message), action: showLog() };
}

function describeServiceError(error: ServiceError): Failure {
  const message = [sentence(error.message), error.advice].filter(Boolean).join(' ');
  return { severity: 'error', message, action: actionFor(error) };
}

function actionFor(error: ServiceError): FailureAction {
  switch (error.kind) {
    case 'auth':
      return { kind: 'command', label: l10n.t('Set API Key'), command: 'batchwright.setApiKey' };
    case 'network':
      return error.offline
        ? retry()
        : { kind: 'settings', label: l10n.t('Check Settings'), query: '@ext:batchwright.batchwright' };
    case 'quota':
    case 'unavailable':
    case 'local':
      return retry();
    case 'notFound':
      return { kind: 'command', label: l10n.t('Refresh Jobs'), command: 'batchwright.refreshJobs' };
    case 'billing':
    case 'invalid':
    case 'protocol':
      return showLog();
  }
}

/** Failures of this machine's disk that a person can mend. */
function describeSystemError(code: string, error: NodeJS.ErrnoException): Failure | undefined {
  const path = error.path ?? '';
  const failure = (message: string): Failure => ({ severity: 'error', message, action: retry() });
  switch (code) {
    case 'ENOENT':
      return failure(l10n.t('The file is not there any more: {0}', path));
    case 'ENOSPC':
    case 'EDQUOT':
      return failure(
        l10n.t('The disk is full. What was written so far is kept; free some space and try again.'),
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure(l10n.t('This place cannot be written or read: {0}', path));
    case 'EISDIR':
      return failure(l10n.t('A file is needed, but this is a folder: {0}', path));
    case 'EMFILE':
    case 'ENFILE':
      return failure(l10n.t('Too many files are open on this machine.'));
    default:
      return undefined;
  }
}

function retry(): FailureAction {
  return { kind: 'retry', label: l10n.t('Try Again') };
}

function showLog(): FailureAction {
  return { kind: 'command', label: l10n.t('Show Log'), command: 'batchwright.showLog' };
}

function withAction(action: FailureAction | undefined): { action?: FailureAction } {
  return action === undefined ? {} : { action };
}

/** Ends a message like a sentence, so that advice can follow it. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
