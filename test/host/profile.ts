import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export type SettingsMap = Readonly<Record<string, unknown>>;

/** Settings that keep VS Code's own offers, tips and downloads out of the way: what is left is the extension. */
export const quietSettings: SettingsMap = {
  'chat.disableAIFeatures': true,
  'editor.accessibilitySupport': 'off',
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'remote.restoreForwardedPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'window.dialogStyle': 'custom',
  'window.titleBarStyle': 'custom',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Writes `User/settings.json` into VS Code's user data directory, before VS Code starts. */
export async function writeSettings(userDataDirectory: string, extra: SettingsMap = {}): Promise<void> {
  const directory = path.join(userDataDirectory, 'User');
  await mkdir(directory, { recursive: true });
  const settings = { ...quietSettings, ...extra };
  await writeFile(path.join(directory, 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
}
