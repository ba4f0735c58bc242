import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../host/until';
import type { TreeRow } from '../host/workbench/tree';
import type { Workbench } from '../host/workbench/workbench';
import type { FlowContext, FlowStep } from './flow';
import { answerSubmission, nameSubmission } from './submitting';

const requests = 'opinions.jsonl';
const batch = 'Opinions';
const retry = `${batch} (retry 1)`;
const split = 'In two halves';
/** Of the flow before; the only one whose results nobody has fetched. */
const crashed = 'Through the crash';

const batches = (workbench: Workbench) => workbench.view('Batches');

/** A request whose answer the sandbox makes go wrong, where `fault` names how. */
function line(key: string, fault?: string): string {
  const text = fault === undefined ? `Say ${key}.` : `Say ${key}. [[sandbox:${fault}]]`;
  return `${JSON.stringify({ key, request: { contents: [{ parts: [{ text }] }] } })}\n`;
}

/** What the row of a batch says, once it matches. */
function described(workbench: Workbench, name: string, pattern: RegExp): Promise<string> {
  return until(
    `${name} to be ${String(pattern)}`,
    async () => {
      const text = (await batches(workbench).texts()).find((row) => row.startsWith(`${name}  `));
      return text !== undefined && pattern.test(text) ? text : undefined;
    },
    { timeout: 60_000, seen: () => batches(workbench).texts() },
  );
}

/** The row of exactly this batch: others may begin with the same words. */
function rowOf(workbench: Workbench, name: string): Promise<TreeRow> {
  return batches(workbench).row(new RegExp(`^${name.replaceAll(/[()]/g, String.raw`\$&`)}(?! \\()`));
}

/** What a screen reader says of the row that the keyboard is on. */
function focusedLabel(workbench: Workbench): Promise<string> {
  return workbench.page.evaluate<string>(`(() => {
    const list = document.querySelector('.part.sidebar .monaco-list:focus');
    const id = list?.getAttribute('aria-activedescendant');
    return (id && document.getElementById(id)?.getAttribute('aria-label')) || '';
  })()`);
}

async function submitByKey({ workbench, folder }: FlowContext): Promise<string> {
  const bad = line('b', 'failed') + line('c', 'truncated') + line('d', 'missing');
  await writeFile(path.join(folder, requests), line('a') + bad);
  await workbench.openFile(requests);
  await until('the CodeLens', async () => (await workbench.editors.codeLenses()).length > 0);
  await workbench.page.keyboard.press('Control+Alt+Enter');
  await answerSubmission(workbench, batch);
  const row = await rowOf(workbench, batch);
  await row.toggle();
  await workbench.notifications.waitFor(`“${batch}” is done, but not every row`, 60_000);
  assert.ok(await row.isExpanded(), 'the row that was opened stays open when its job ends');
  await row.toggle();
  return row.ariaLabel();
}

async function retryByNotification({ workbench, folder }: FlowContext): Promise<string> {
  await (await workbench.notifications.waitFor(/not every row/)).click('Retry Failed');
  await workbench.quickInput.waitOpen('Retry Which Rows');
  await workbench.quickInput.accept();
  await workbench.notifications.waitFor('To ask again: 3 requests');
  const file = path.join(folder, 'opinions.retry-1.jsonl');
  await workbench.editors.waitActive('opinions.retry-1.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/ \[\[sandbox:\w+\]\]/g, ''));
  // Not by the button of the notification, which does not wait for a person who edits: the file is known for what it is.
  await workbench.page.keyboard.press('Control+Alt+Enter');
  await workbench.quickInput.waitOpen('Model');
  await workbench.quickInput.pick('gemini-3.8-flash');
  assert.equal(await nameSubmission(workbench), retry);
  // Its counts may be complete a little before it has ended.
  return (await workbench.notifications.waitFor(`“${retry}” is done`, 60_000)).text();
}

async function mergeByMenu({ workbench, folder }: FlowContext): Promise<string> {
  await described(workbench, batch, /1 ok · 1 failed · 1 truncated · 1 missing/);
  await (await rowOf(workbench, batch)).clickMenu('Merge Results with Retries');
  const said = await (await workbench.notifications.waitFor('after 2 runs')).text();
  assert.equal(said, '4 of 4 rows are ok after 2 runs.');
  const merged = await readFile(path.join(folder, 'opinions.merged.results.jsonl'), 'utf8');
  assert.deepEqual(
    merged
      .trimEnd()
      .split('\n')
      .map((text) => (JSON.parse(text) as { key: string }).key),
    ['a', 'b', 'c', 'd'],
  );
  return said;
}

async function splitByMenu({ workbench, folder }: FlowContext): Promise<string> {
  await workbench.command('View: Close All Editors');
  await workbench.command('Notifications: Clear All Notifications');
  await workbench.openFile('guide-two-requests.jsonl');
  await workbench.command('Batchwright: Submit in Parts…');
  await workbench.quickInput.waitOpen('Parts');
  await workbench.quickInput.type('1');
  await workbench.quickInput.accept();
  await answerSubmission(workbench, split);
  const told = await workbench.notifications.waitFor(`${split} (2 parts)`, 60_000);
  const text = await described(workbench, split, /2 parts · 2 ok/);
  const group = await batches(workbench).row(split);
  await group.toggle();
  await batches(workbench).row(`${split} (2/2)`);
  await group.toggle();
  // The first results of this file were opened long ago.
  const whole = 'guide-two-requests (2).results.jsonl';
  for (let times = 0; times < 2; times += 1) {
    await group.clickAction('Open Results');
    await workbench.editors.waitActive(whole);
  }
  const again = (await readdir(folder)).filter((name) => /^guide-two-requests.*results/.test(name));
  assert.deepEqual(again.sort(), [whole, 'guide-two-requests.results.jsonl'], 'put together once');
  return `${text}; ${await told.text()} [${(await told.actions()).join('] [')}]`;
}

async function keyboardOnly({ workbench }: FlowContext): Promise<string> {
  const { keyboard } = workbench.page;
  await (await rowOf(workbench, split)).click();
  await workbench.command('Batchwright: Focus on Batches View');
  await keyboard.press('Home');
  await until(
    'the keyboard on the retry',
    async () => {
      if ((await focusedLabel(workbench)).startsWith(`${retry}, succeeded, 3 ok`)) return true;
      await keyboard.press('ArrowDown');
      return false;
    },
    { seen: () => focusedLabel(workbench) },
  );
  await keyboard.press('Delete');
  const one = await workbench.dialog.waitOpen();
  assert.match(one, new RegExp(`^Delete “${retry.replaceAll(/[()]/g, String.raw`\$&`)}”`));
  await keyboard.press('Escape');
  await workbench.page.locator('.monaco-dialog-box').waitFor({ state: 'hidden' });
  return one;
}

async function deleteSeveral({ workbench }: FlowContext): Promise<string> {
  await (await rowOf(workbench, retry)).click();
  for (const name of [split, crashed]) await (await rowOf(workbench, name)).click({ modifiers: ['Control'] });
  await workbench.page.keyboard.press('Delete');
  const question = await workbench.dialog.waitOpen();
  assert.match(question, /Delete 4 jobs\?/);
  assert.match(question, new RegExp(`• ${split} \\(2/2\\)`));
  await workbench.dialog.click('Download, Then Delete');
  const said = await (await workbench.notifications.waitFor('Deleted 4 jobs')).text();
  await batches(workbench).waitGone(split);
  return said;
}

/** What a person does with batches beyond the main job: asks again, merges, splits, and works by keyboard. */
export const jobsFlow: readonly FlowStep[] = [
  {
    title: 'Submit by key; a row that was opened stays open when its job ends',
    run: submitByKey,
  },
  { title: 'Retry Failed, edit the file and submit it like any other', run: retryByNotification },
  { title: 'Merge both runs into one file', run: mergeByMenu },
  { title: 'Submit in parts: one batch in tree and notification', run: splitByMenu },
  { title: 'By keyboard: a key means the row in focus, not the one selected', run: keyboardOnly },
  { title: 'Delete several, downloading first: asked by name, accounted for', run: deleteSeveral },
];
