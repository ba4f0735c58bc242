import * as l10n from '@vscode/l10n';
import type { FieldDescriptor, Shape } from '../dialects';
import { translated } from './texts';

/** A field for hover and completion, in Markdown: what it is, then what it takes. */
export function describeField(field: FieldDescriptor): string {
  const facts = [
    l10n.t('Type: {0}', typeOf(field)),
    ...(field.default === undefined ? [] : [l10n.t('Default: {0}', translated(field.default))]),
    ...limitsOf(field),
    ...(field.required === true ? [l10n.t('Required')] : []),
    ...(field.name === field.snake ? [] : [l10n.t('Also written `{0}`', field.snake)]),
  ];
  const deprecated =
    field.deprecated === undefined
      ? ''
      : `\n\n${l10n.t('**Deprecated.** Use {0} instead.', translated(field.deprecated))}`;
  return `${translated(field.doc)}${deprecated}\n\n${facts.join('  \n')}`;
}

function typeOf({ shape, also = [] }: FieldDescriptor): string {
  return [shape, ...also].map(typeWords).reduce((all, one) => l10n.t('{0} or {1}', all, one));
}

/** As {@link typeWords}, for places that show text as it is. */
export function plainWords(shape: Shape): string {
  return typeWords(shape).replaceAll('`', '');
}

/** What a value of a shape is, in words; Markdown. */
function typeWords(shape: Shape): string {
  switch (shape.type) {
    case 'string':
      return l10n.t('text');
    case 'bool':
      return l10n.t('`true` or `false`');
    case 'int32':
      return l10n.t('whole number');
    case 'int64':
      return l10n.t('whole number, or a text of digits');
    case 'float':
    case 'double':
      return l10n.t('number');
    case 'bytes':
      return l10n.t('bytes as base64');
    case 'duration':
      return l10n.t('duration such as `"1.5s"`');
    case 'timestamp':
      return l10n.t('time such as `"2026-01-31T12:00:00Z"`');
    case 'struct':
      return l10n.t('any object');
    case 'value':
      return l10n.t('any value');
    case 'enum':
      return l10n.t('one of {0} values', Object.keys(shape.values).length);
    case 'message':
      return `\`${shape.message}\``;
    case 'list':
      return l10n.t('list of {0}', typeWords(shape.of));
    case 'map':
      return l10n.t('object of {0} by name', typeWords(shape.of));
  }
}

function limitsOf({ min, max, exclusiveMin, maxCount }: FieldDescriptor): string[] {
  const limits: string[] = [];
  if (min !== undefined && max !== undefined && exclusiveMin !== true)
    limits.push(l10n.t('Range: {0} to {1}', min, max));
  else {
    if (min !== undefined)
      limits.push(exclusiveMin === true ? l10n.t('More than {0}', min) : l10n.t('At least {0}', min));
    if (max !== undefined) limits.push(l10n.t('At most {0}', max));
  }
  if (maxCount !== undefined) limits.push(l10n.t('At most {0} elements', maxCount));
  return limits;
}
