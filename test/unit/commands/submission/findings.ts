import type { Finding } from '../../../../src/jobs/preflight/findings';

/** What a preflight may find. */
export const duplicate: Finding = {
  severity: 'warning',
  code: 'duplicate',
  message: 'The same requests were submitted before.',
};
export const overBudget: Finding = { severity: 'warning', code: 'overBudget', message: 'It may cost $9.00.' };
export const tooLarge: Finding = {
  severity: 'error',
  code: 'tooLarge',
  message: 'Too large. Submit it in parts.',
};
export const unknownModel: Finding = { severity: 'error', code: 'unknownModel', message: 'No such model.' };
