import { l10n } from 'vscode';
import type { BatchService, Model } from '../../shared/batchService';
import type { Dialect } from '../../shared/dialect';
import type { Choice, CommandContext } from '../context';

/** Long enough for every name that says something, short enough for one line of the tree. */
const longestName = 100;

/** Asks which model to run, among those that run batches of the dialect; `first`, or the one used last, is on top. */
export async function askModel(
  context: CommandContext,
  service: BatchService,
  dialect: Dialect,
  { title, first }: { readonly title: string; readonly first?: string },
): Promise<string> {
  const memoryKey = lastModelKey(context.connections.current, dialect);
  const last = first ?? context.memory.get(memoryKey);
  const otherName = Symbol('another model');
  const choices = service.listModels().then((models): readonly Choice<string | typeof otherName>[] => [
    ...modelChoices(models, dialect, typeof last === 'string' ? last : undefined),
    {
      label: l10n.t('Other Model…'),
      icon: 'edit',
      heading: l10n.t('Not in the list'),
      // Who types a name that is not in the list would be left with nothing to choose.
      always: true,
      value: otherName,
    },
  ]);
  const chosen = await context.ui.pick<string | typeof otherName>(choices, {
    title,
    placeholder: l10n.t('The model that answers every request of the file'),
  });
  const model = typeof chosen === 'string' ? chosen : await askModelName(context, title);
  await context.memory.set(memoryKey, model);
  return model;
}

/** Under what the model used last is remembered. */
export function lastModelKey(connectionId: string, dialect: Dialect): string {
  return `lastModel.${connectionId}.${dialect}`;
}

async function askModelName(context: CommandContext, title: string): Promise<string> {
  const name = await context.ui.input({
    title,
    placeholder: 'gemini-…',
    validate: (text) =>
      /^(models\/|tunedModels\/)?[\w.:-]+$/.test(text.trim())
        ? undefined
        : l10n.t('A model has letters, digits, dots and dashes.'),
  });
  return name.trim().replace(/^models\//, '');
}

/** The models that can run batches of the dialect, the last used one first. */
export function modelChoices(
  models: readonly Model[],
  dialect: Dialect,
  last: string | undefined,
): Choice<string>[] {
  return models
    .filter((model) => model.batchDialects.includes(dialect))
    .map((model) => ({ model, lastUsed: model.id === last }))
    .sort((a, b) => Number(b.lastUsed) - Number(a.lastUsed))
    .map(({ model, lastUsed }, index) => ({
      label: model.id,
      description: [
        model.label === model.id ? undefined : model.label,
        lastUsed ? l10n.t('last used') : undefined,
      ]
        .filter((text) => text !== undefined)
        .join(' · '),
      ...(model.description === undefined ? {} : { detail: model.description.replace(/\s+/g, ' ') }),
      ...(index === 0 ? { heading: l10n.t('Models that run batches') } : {}),
      value: model.id,
    }));
}

/** Asks for the name under which the batch is listed. */
export async function askDisplayName(
  context: CommandContext,
  { title, proposal }: { readonly title: string; readonly proposal: string },
): Promise<string> {
  const name = await context.ui.input({
    title,
    prompt: l10n.t('The name of the batch in the list'),
    value: proposal.slice(0, longestName),
    validate: nameProblem,
  });
  return name.trim();
}

/** What is wrong with a display name; undefined when nothing is. */
export function nameProblem(text: string): string | undefined {
  const name = text.trim();
  if (name === '') return l10n.t('A batch needs a name.');
  if (name.length > longestName)
    return l10n.t('At most {0} characters; these are {1}.', longestName, name.length);
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  return /[\u0000-\u001f\u007f]/.test(name)
    ? l10n.t('A name has no line breaks or other control characters.')
    : undefined;
}
