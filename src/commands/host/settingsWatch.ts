import { l10n } from 'vscode';
import { customConnections } from '../../config/connections';
import type { SettingProblem, SettingsReader } from '../../config/settings';
import type { ValueSchema } from '../../config/settingSchema';
import { DisposableStore, type Disposable } from '../../util/disposable';
import type { Logger } from '../../util/logger';
import { connectionProblemText } from '../connections/connectionProblem';
import type { Ui, Workbench } from '../context';

/** Settings that one notification tells of. */
const mostTold = 3;
/** Characters of a wrong value that are shown. */
const mostWritten = 40;

export interface SettingsWatchOptions {
  readonly settings: Pick<SettingsReader, 'get' | 'onDidChange'> & {
    readonly problems: readonly SettingProblem[];
  };
  readonly ui: Pick<Ui, 'notify'>;
  readonly workbench: Pick<Workbench, 'openSettings'>;
  readonly log: Logger;
}

/**
 * Tells of settings that cannot be used, each wrong value once: files of settings are written by hand, and a budget that does not
 * count is worse than none.
 */
export class SettingsWatch implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly told = new Set<string>();

  constructor(private readonly options: SettingsWatchOptions) {
    this.owned.add(options.settings.onDidChange(() => this.look()));
    this.look();
  }

  dispose(): void {
    this.owned.dispose();
  }

  private look(): void {
    const fresh = this.problems().filter(({ text }) => !this.told.has(text));
    if (fresh.length === 0) return;
    for (const { text } of fresh) {
      this.told.add(text);
      this.options.log.warn(`A setting cannot be used: ${text}`);
    }
    this.tell(fresh).catch((error: unknown) => this.options.log.error(String(error)));
  }

  private async tell(problems: readonly { readonly id: string; readonly text: string }[]): Promise<void> {
    const { ui, workbench } = this.options;
    const open = l10n.t('Open Settings');
    const more = problems.length - mostTold;
    const list = [
      ...problems.slice(0, mostTold).map(({ text }) => text),
      ...(more > 0 ? [l10n.t('And {0} more, which the log of Batchwright tells.', more)] : []),
    ].join(' ');
    const message = l10n.t('Settings that cannot be used, so that they do not count: {0}', list);
    if ((await ui.notify('warning', message, open)) !== open) return;
    const ids = new Set(problems.map(({ id }) => id));
    await workbench.openSettings(ids.size === 1 ? `batchwright.${[...ids].join('')}` : 'batchwright');
  }

  private problems(): readonly { readonly id: string; readonly text: string }[] {
    const { settings } = this.options;
    return [
      ...settings.problems.map((problem) => ({ id: problem.id, text: problemText(problem) })),
      ...customConnections(settings.get('connections')).problems.map((problem) => ({
        id: 'connections',
        text: `batchwright.connections: “${problem.name ?? problem.index + 1}”. ${connectionProblemText(problem)}`,
      })),
    ];
  }
}

function problemText({ id, path, value, schema }: SettingProblem): string {
  const name = ['batchwright.' + id, ...path].join(' › ');
  if (schema === undefined) return l10n.t('{0} is none there is.', name);
  const written = value === undefined ? l10n.t('missing') : clipped(JSON.stringify(value));
  return l10n.t('{0} is {1}; it must be {2}.', name, written, expectation(schema));
}

function clipped(text: string): string {
  return text.length > mostWritten ? `${text.slice(0, mostWritten)}…` : text;
}

/** What a value may be, in words. */
function expectation({ type, minimum, maximum, ...schema }: ValueSchema): string {
  if (schema.enum !== undefined)
    return l10n.t('one of {0}', schema.enum.map((one) => JSON.stringify(one)).join(', '));
  switch (type) {
    case 'number':
    case 'integer': {
      const what = type === 'integer' ? l10n.t('a whole number') : l10n.t('a number');
      if (minimum === undefined) return what;
      return maximum === undefined
        ? l10n.t('{0}, at least {1}', what, minimum)
        : l10n.t('{0} from {1} to {2}', what, minimum, maximum);
    }
    case 'boolean':
      return l10n.t('true or false');
    case 'array':
      return l10n.t('a list');
    case 'object':
      return l10n.t('an object');
    default:
      return l10n.t('a text');
  }
}
