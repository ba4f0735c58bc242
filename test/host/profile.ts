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
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * Writes the settings into VS Code's user data directory, before VS Code starts. What is asked for beyond quiet is written for the
 * machine as well: a server reads machine-scoped settings from nowhere else, and a desktop does not mind the file.
 */
export async function writeSettings(userDataDirectory: string, extra: SettingsMap = {}): Promise<void> {
  await write(path.join(userDataDirectory, 'User'), { ...quietSettings, ...extra });
  await write(path.join(userDataDirectory, 'Machine'), extra);
}

async function write(directory: string, settings: SettingsMap): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
}
