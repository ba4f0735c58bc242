import { l10n } from 'vscode';
import type { AddressProblem, ConnectionProblem } from '../../config/connections';

/** Why an entry of the setting `connections` cannot be used, as a sentence. */
export function connectionProblemText({ field, why }: ConnectionProblem): string {
  switch (why) {
    case 'taken':
      return l10n.t('There is a connection of that name.');
    case 'missing':
      return l10n.t('It has no {0}.', field);
    case 'invalid':
      return field === 'entry'
        ? l10n.t('It has neither name nor address.')
        : l10n.t('Its {0} is not valid.', field);
    default:
      return addressProblemText(why);
  }
}

/** Why an address cannot be used, as a sentence. */
export function addressProblemText(problem: AddressProblem): string {
  switch (problem) {
    case 'notAnAddress':
      return l10n.t('Give a whole address, e.g. {0}.', 'https://api.openai.com/v1');
    case 'notHttps':
      return l10n.t('The address must begin with https, because the API key is sent there.');
    case 'hasCredentials':
      return l10n.t('The address must not hold a user or password.');
    case 'hasQuery':
      return l10n.t('The address must end with the path, without “?” or “#”.');
  }
}
