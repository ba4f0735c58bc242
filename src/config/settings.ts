import { ConfigurationTarget, workspace, type Uri } from 'vscode';
import { settingIds, type SettingId, type Settings } from '../contributions';
import type { Disposable } from '../util/disposable';
import { Emitter, type Event } from '../util/event';
import { misfits, type Misfit, type ValueSchema } from './settingSchema';

const prefix = 'batchwright';

/** The extension's settings, typed. Defaults are those of the manifest. */
export interface SettingsReader {
  /** The value in force; the manifest's default where a person wrote what the setting cannot be. */
  get<K extends SettingId>(id: K, scope?: Uri): Settings[K];
  /** Writes the user's (or, where the setting is machine-scoped, the machine's) value. */
  set<K extends SettingId>(id: K, value: Settings[K]): Promise<void>;
  /** The ids whose value may have changed. */
  readonly onDidChange: Event<readonly SettingId[]>;
}

/** A setting that cannot be used, or a value in it. */
export interface SettingProblem extends Misfit {
  readonly id: SettingId;
}

/** Settings read from VS Code's configuration at each call, so that nobody keeps a stale copy. */
export class VscodeSettings implements SettingsReader, Disposable {
  private readonly changed = new Emitter<readonly SettingId[]>();
  readonly onDidChange = this.changed.event;
  private readonly subscription = workspace.onDidChangeConfiguration((event) => {
    const ids = settingIds.filter((id) => event.affectsConfiguration(`${prefix}.${id}`));
    if (ids.length > 0) this.changed.fire(ids);
  });

  /** @param schemas of the settings, by their whole names */
  constructor(private readonly schemas: ReadonlyMap<string, ValueSchema>) {}

  get<K extends SettingId>(id: K, scope?: Uri): Settings[K] {
    const section = workspace.getConfiguration(prefix, scope);
    const value = section.get(id);
    // What is wrong further inside is the trouble of whoever reads it, and does not take the rest along.
    const fits = this.misfits(id, value).every(({ path }) => path.length > 0);
    return (fits ? value : section.inspect(id)?.defaultValue) as Settings[K];
  }

  /** What is written in the settings that they cannot be. */
  get problems(): readonly SettingProblem[] {
    const section = workspace.getConfiguration(prefix);
    return settingIds.flatMap((id) => this.misfits(id, section.get(id)).map((misfit) => ({ id, ...misfit })));
  }

  async set<K extends SettingId>(id: K, value: Settings[K]): Promise<void> {
    await workspace.getConfiguration(prefix).update(id, value, ConfigurationTarget.Global);
  }

  private misfits(id: SettingId, value: unknown): readonly Misfit[] {
    return misfits(value, this.schemas.get(`${prefix}.${id}`) ?? {});
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}
