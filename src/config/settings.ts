import { ConfigurationTarget, workspace, type Uri } from 'vscode';
import { settingIds, type SettingId, type Settings } from '../contributions';
import type { Disposable } from '../util/disposable';
import { Emitter, type Event } from '../util/event';

const prefix = 'batchwright';

/** The extension's settings, typed. Defaults are those of the manifest. */
export interface SettingsReader {
  /** The value in force; the manifest's default where a person wrote a value of another type. */
  get<K extends SettingId>(id: K, scope?: Uri): Settings[K];
  /** Writes the user's (or, where the setting is machine-scoped, the machine's) value. */
  set<K extends SettingId>(id: K, value: Settings[K]): Promise<void>;
  /** The ids whose value may have changed. */
  readonly onDidChange: Event<readonly SettingId[]>;
}

/** Settings read from VS Code's configuration at each call, so that nobody keeps a stale copy. */
export class VscodeSettings implements SettingsReader, Disposable {
  private readonly changed = new Emitter<readonly SettingId[]>();
  readonly onDidChange = this.changed.event;
  private readonly subscription = workspace.onDidChangeConfiguration((event) => {
    const ids = settingIds.filter((id) => event.affectsConfiguration(`${prefix}.${id}`));
    if (ids.length > 0) this.changed.fire(ids);
  });

  get<K extends SettingId>(id: K, scope?: Uri): Settings[K] {
    const section = workspace.getConfiguration(prefix, scope);
    return sameType(section.get(id), section.inspect(id)?.defaultValue) as Settings[K];
  }

  async set<K extends SettingId>(id: K, value: Settings[K]): Promise<void> {
    await workspace.getConfiguration(prefix).update(id, value, ConfigurationTarget.Global);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

/** `value` where it has the type of the default, else the default: settings files are written by hand. */
export function sameType(value: unknown, byDefault: unknown): unknown {
  if (byDefault === undefined || byDefault === null) return value;
  const kind = (one: unknown) => (Array.isArray(one) ? 'array' : one === null ? 'null' : typeof one);
  return kind(value) === kind(byDefault) ? value : byDefault;
}
