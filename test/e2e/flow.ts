import path from 'node:path';
import type { VSCodeWindow } from '../host/host';
import { root } from '../host/paths';
import type { Screenshots } from '../host/screenshots';
import { Workbench } from '../host/workbench/workbench';

/** What a step works with. */
export interface FlowContext {
  readonly window: VSCodeWindow;
  readonly workbench: Workbench;
  /** The workspace folder, a copy of examples/. */
  readonly folder: string;
}

/** One thing that a person does and sees. */
export interface FlowStep {
  readonly title: string;
  /** @returns what was seen, for a person to read; @throws when it was not what it must be */
  run(context: FlowContext): Promise<string>;
}

export interface StepReport {
  readonly title: string;
  /** Absent when the step failed. */
  readonly saw?: string;
  /** Message and stack when it failed. */
  readonly failure?: string;
  /** Absent when no picture could be taken. */
  readonly screenshot?: string;
  readonly milliseconds: number;
}

/**
 * Goes through the steps in one window, with a picture after each. The first failure ends the way, since every step stands on
 * the one before it.
 */
export async function runFlow(
  steps: readonly FlowStep[],
  context: { readonly window: VSCodeWindow; readonly folder: string },
  screenshots: Screenshots,
  onReport: (report: StepReport) => void,
): Promise<StepReport[]> {
  const { window, folder } = context;
  const reports: StepReport[] = [];
  for (const step of steps) {
    const { title } = step;
    const began = performance.now();
    const outcome = await step.run({ window, folder, workbench: new Workbench(window.page) }).then(
      (saw) => ({ saw }),
      (error: unknown) => ({
        failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    );
    const reported =
      'failure' in outcome
        ? { failure: `${outcome.failure}\n${await onScreen(window.page).catch(() => '')}` }
        : outcome;
    const name = 'failure' in outcome ? `${title} failed` : title;
    const screenshot = await screenshots.take(window.page, name).catch(() => undefined);
    const milliseconds = Math.round(performance.now() - began);
    const report = { title, ...reported, milliseconds, ...(screenshot !== undefined && { screenshot }) };
    reports.push(report);
    onReport(report);
    if ('failure' in outcome) break;
  }
  return reports;
}

/** What stands beside the editors, in words: pictures do not reach those who read a log from elsewhere. */
async function onScreen(page: VSCodeWindow['page']): Promise<string> {
  const parts: string[] = [];
  for (const part of [
    '.part.sidebar',
    '.part.panel',
    '.part.statusbar',
    '.notifications-toasts',
    '.monaco-dialog-box',
  ]) {
    const [text = ''] = await page.locator(part).allInnerTexts();
    if (text.trim() !== '') parts.push(`${part}: ${text.replaceAll(/\s+/g, ' ').trim().slice(0, 1_000)}`);
  }
  return parts.join('\n');
}

/** A report as a person reads it: the step, what it saw or why it failed, and its picture. */
export function describeReport({ title, saw, failure, screenshot, milliseconds }: StepReport): string {
  const indent = (text: string): string => text.replaceAll(/^/gm, '    ');
  return [
    `${failure === undefined ? '✔' : '✖'} ${title} (${(milliseconds / 1000).toFixed(1)} s)`,
    indent(failure ?? saw ?? ''),
    ...(screenshot === undefined ? [] : [indent(path.relative(root, screenshot))]),
  ].join('\n');
}
