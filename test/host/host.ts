import type { Page } from 'playwright-core';
import type { SettingsMap } from './profile';

/** A real VS Code that can run test modules in its extension host, and can be driven by mouse and keyboard. */
export interface Host {
  readonly kind: 'desktop' | 'server';
  /** What it is, with versions, for the person who reads the log. */
  readonly description: string;
  /** Runs a module that exports `run(): Promise<void>` in the extension host, beside the extension in the project folder. */
  runTests(run: TestModuleRun): Promise<TestModuleResult>;
  /** Opens a window that nobody sees, to be driven. */
  openWindow(options: WindowOptions): Promise<VSCodeWindow>;
  /** Opens a window for a person. */
  show(options: WindowOptions): Promise<ShownWindow>;
}

export interface TestModuleRun {
  /** Absolute path of the bundled module. */
  readonly module: string;
  /** Opened as the workspace folder. */
  readonly folder: string;
  /** Folders of other extensions that are there as well. */
  readonly beside?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly settings?: SettingsMap;
  /** Milliseconds until VS Code is ended. */
  readonly timeout: number;
}

export interface TestModuleResult {
  /** One for each VS Code version that ran. */
  readonly runs: readonly { readonly version: string; readonly code: number; readonly log: string }[];
}

export interface WindowOptions {
  readonly folder: string;
  readonly extension:
    /** `beside`: packages of other extensions, installed as well. */
    | { readonly kind: 'packed'; readonly vsix: string; readonly beside?: readonly string[] }
    | { readonly kind: 'development'; readonly path: string };
  readonly settings?: SettingsMap;
  /** For the extension host and what it starts. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An open VS Code window with a profile (settings, extensions, state) of its own in a temporary folder. */
export interface VSCodeWindow {
  readonly page: Page;
  /** The profile's folder: `log` and state are found below it. */
  readonly profile: string;
  /** Everything VS Code printed so far. */
  log(): string;
  /** Kills VS Code as a crash would, starts it again over the same profile and folder. @returns the new page */
  crashAndReopen(): Promise<Page>;
  close(): Promise<void>;
}

export interface ShownWindow {
  /** Where the person finds it, as a sentence. */
  readonly where: string;
  /** Resolves when the person ended it. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}
