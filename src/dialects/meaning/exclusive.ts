import * as l10n from '@vscode/l10n';
import type { CompiledMessage } from '../compiled';
import { isUnset, type JsonObject } from '../json';
import type { MeaningContext } from './context';

/** Messages whose groups have words of their own. */
const ownWords: ReadonlySet<string> = new Set(['Part', 'ThinkingConfig']);

/** Reports fields of a group of which a message may have one. */
export function exclusiveFields(message: CompiledMessage, value: JsonObject, context: MeaningContext): void {
  if (ownWords.has(message.descriptor.name)) return;
  for (const group of message.oneofs) {
    let first: string | undefined;
    for (const { descriptor } of group) {
      const name = !isUnset(value[descriptor.name]) ? descriptor.name : descriptor.snake;
      if (isUnset(value[name])) continue;
      if (first === undefined) first = name;
      else exclude(value, first, name, context);
    }
  }
}

/** At the later of the two. */
function exclude(value: JsonObject, one: string, other: string, context: MeaningContext): void {
  const { path } = context;
  const names = Object.keys(value);
  const [first, second] = names.indexOf(one) < names.indexOf(other) ? [one, other] : [other, one];
  context.report({
    code: 'exclusive-fields',
    path: [...path, second],
    at: 'name',
    message: () => l10n.t('"{0}" and "{1}" exclude each other. Keep one of them.', first, second),
    related: { path: [...path, first], at: 'name', message: () => l10n.t('The other one.') },
    mend: { kind: 'remove', careful: true },
  });
}
