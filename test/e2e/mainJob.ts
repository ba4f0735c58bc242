import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../host/until';
import type { TreeView } from '../host/workbench/tree';
import { Workbench } from '../host/workbench/workbench';
import type { FlowContext, FlowStep } from './flow';
import { submitActive } from './submitting';

const requestFile = 'guide-two-requests.jsonl';
const mistakesFile = 'classic-mistakes.jsonl';
const bigFile = 'classify-tickets.jsonl';
const jobName = 'Photosynthesis and pizza';
const thirdJobName = 'Through the crash';
// The sandbox leaves a batch of this name pending, so that there is time to cancel it on the slowest machine.
const otherJobName = 'Tickets of the week [[sandbox:stuck]]';

/** The main job as a person does it, from the first look to the day after. `npm run demo` and the end-to-end tests share it. */
export const mainJob: readonly FlowStep[] = [
  {
    title: 'Open the Batches view: it says how to begin',
    run: async ({ workbench }) => {
      await workbench.waitReady();
      await workbench.openContainer('Batchwright');
      return until('the welcome of the Batches view', async () => {
        const welcome = await batches(workbench).welcome();
        return welcome.includes('Set API Key') && welcome.includes('Try the Sandbox') ? welcome : undefined;
      });
    },
  },
  {
    title: 'Try the Sandbox: no key, no cost',
    run: async ({ workbench }) => {
      await batches(workbench).clickWelcome('Try the Sandbox');
      return until('the view without jobs', async () => {
        const welcome = await batches(workbench).welcome();
        return welcome.includes('No batch jobs') ? welcome : undefined;
      });
    },
  },
  {
    title: 'Open a file full of classic mistakes: squiggles',
    run: async ({ workbench }) => {
      await workbench.openFile(mistakesFile);
      const squiggles = await workbench.editors.waitSquiggles((count) => count >= 10, 'ten squiggles');
      const listed = await until('five problems in the Problems panel', async () => {
        const problems = (await workbench.problems()).filter((problem) => problem.includes('Batchwright'));
        return problems.length >= 5 ? problems : undefined;
      });
      return `${squiggles.length} squiggles on the screen; first problem: ${listed[0] ?? ''}`;
    },
  },
  {
    title: 'Submit it all the same: refused, with the first mistake named',
    run: async ({ workbench }) => {
      await workbench.command('View: Hide Panel');
      await workbench.command('Batchwright: Submit Active File as Batch');
      const notification = await workbench.notifications.waitFor(new RegExp(`${mistakesFile}.*error`));
      const text = await notification.text();
      assert.match(text, /line 2/);
      return text;
    },
  },
  {
    title: 'Open the sample of the API guide and misspell a field: a squiggle',
    run: async (context) => {
      const { workbench } = context;
      await (await workbench.notifications.waitFor(mistakesFile)).dismiss();
      await workbench.openFile(requestFile);
      const column = await columnOf(context, 2, '"contents"');
      await workbench.goTo(2, column + '"conte'.length);
      await workbench.page.keyboard.press('Delete');
      await workbench.editors.waitSquiggles((count) => count >= 1, 'a squiggle');
      return until('the CodeLens to count the mistake', async () => {
        const lenses = await workbench.editors.codeLenses();
        return lenses.find((lens) => lens.includes('error'));
      });
    },
  },
  {
    title: 'Mend it with a quick fix and save: no squiggle left',
    run: async ({ workbench, folder }) => {
      const fixes = await workbench.editors.quickFixes();
      const fix = fixes.find((title) => title.includes('contents'));
      assert.ok(fix, `no fix speaks of "contents": ${JSON.stringify(fixes)}`);
      await workbench.page.keyboard.press('Escape');
      await workbench.editors.applyQuickFix(fix);
      await until('the CodeLens to count no mistake', async () => {
        const lenses = await workbench.editors.codeLenses();
        return lenses.some((lens) => lens.includes('2 requests') && !lens.includes('error'));
      });
      await workbench.editors.waitSquiggles((count) => count === 0, 'the squiggle to go');
      await workbench.save(requestFile);
      // The dot of an unsaved file comes and goes a little after the change and the save.
      await until('both lines on disk to have contents', async () => {
        const text = await readFile(path.join(folder, requestFile), 'utf8');
        return text.match(/"contents"/g)?.length === 2;
      });
      return `fixed by “${fix}”`;
    },
  },
  {
    title: 'Submit it: model',
    run: async ({ workbench }) => {
      await workbench.command('Batchwright: Submit Active File as Batch');
      await workbench.quickInput.waitOpen('Model');
      return until('the models', async () => {
        const models = (await workbench.quickInput.rows()).map((row) => row.label);
        return models.includes('gemini-3.8-flash') ? models.join(', ') : undefined;
      });
    },
  },
  {
    title: 'Submit it: name',
    run: async ({ workbench }) => {
      await workbench.quickInput.pick('gemini-3.8-flash');
      await workbench.quickInput.waitOpen('Name');
      const proposed = await workbench.quickInput.value();
      await workbench.quickInput.type(jobName);
      return `proposed “${proposed}”, typed “${jobName}”`;
    },
  },
  {
    title: 'Submit it: what it will cost',
    run: async ({ workbench }) => {
      await workbench.quickInput.accept();
      const question = await workbench.dialog.waitOpen();
      assert.match(question, /2 requests/);
      assert.match(question, /costs nothing/);
      return question;
    },
  },
  {
    title: 'Watch the tree change until the batch is done',
    run: async ({ workbench }) => {
      await workbench.dialog.click('Submit');
      const seen: string[] = [];
      await until(
        'the batch to be done in the tree',
        async () => {
          const text = (await batches(workbench).texts()).find((row) => row.includes(jobName));
          if (text !== undefined && seen.at(-1) !== text) seen.push(text);
          return text?.includes('2 ok');
        },
        { timeout: 60_000, seen: () => batches(workbench).texts() },
      );
      assert.ok(seen.length > 1, `the row never changed: ${seen.join(' → ')}`);
      return seen.join(' → ');
    },
  },
  {
    title: 'A notification tells that it is done',
    run: async ({ workbench }) => {
      const notification = await workbench.notifications.waitFor(jobName);
      const actions = await until('its buttons', async () => {
        const found = await notification.actions();
        return found.includes('Open Results') ? found : undefined;
      });
      return `${await notification.text()} [${actions.join('] [')}]`;
    },
  },
  {
    title: 'Open Results: beside the requests',
    run: async ({ workbench, folder }) => {
      const notification = await workbench.notifications.waitFor(jobName);
      await notification.click('Open Results');
      const titles = await until(
        'two columns',
        async () => {
          const found = await workbench.editors.activeTitles();
          return found.length === 2 ? found : undefined;
        },
        { seen: () => workbench.editors.activeTitles() },
      );
      assert.equal(titles[0], requestFile);
      assert.match(titles[1] ?? '', /results/);
      const keys = (await resultLines(folder)).map((line) => (JSON.parse(line) as { key: string }).key);
      assert.deepEqual(keys.sort(), ['request-1', 'request-2']);
      const shown = await until('the rows in the results editor', async () => {
        const text = await workbench.editors.webviewText();
        return keys.every((key) => text.includes(key)) ? text : undefined;
      });
      return `${titles.join(' | ')}; the editor shows: ${shown}`;
    },
  },
  {
    title: 'Submit a batch of 1,000: it waits its turn in the tree',
    run: async ({ workbench }) => {
      await workbench.openFile(bigFile);
      await submitActive(workbench, otherJobName);
      return rowText(workbench, otherJobName, /pending|running|left/);
    },
  },
  {
    title: 'Cancel it from the tree: asked first',
    run: async ({ workbench }) => {
      const row = await batches(workbench).row(otherJobName);
      await row.clickAction('Cancel');
      return workbench.dialog.waitOpen();
    },
  },
  {
    title: 'It is cancelled',
    run: async ({ workbench }) => {
      await workbench.dialog.click('Cancel Job');
      return rowText(workbench, otherJobName, /cancelled/);
    },
  },
  {
    title: 'Delete it: asked first',
    run: async ({ workbench }) => {
      const row = await batches(workbench).row(otherJobName);
      await row.clickAction('Delete');
      return workbench.dialog.waitOpen();
    },
  },
  {
    title: 'It is gone from the tree',
    run: async ({ workbench }) => {
      await workbench.dialog.click('Delete');
      await batches(workbench).waitGone(otherJobName);
      return (await batches(workbench).texts()).join(' | ');
    },
  },
  {
    title: 'Reload the window: everything is found again',
    run: async ({ workbench }) => {
      await workbench.reload();
      await workbench.openContainer('Batchwright');
      const row = await batches(workbench).row(jobName, 60_000);
      const titles = await until('the editors', async () => {
        const found = await workbench.editors.activeTitles();
        return found.length === 2 ? found : undefined;
      });
      assert.equal(
        (await batches(workbench).texts()).filter((text) => text.includes(otherJobName)).length,
        0,
      );
      return `${await row.label()} ${await row.description()}; editors: ${titles.join(' | ')}`;
    },
  },
  {
    title: 'VS Code crashes while a batch runs: after the next start it is found and followed to its end',
    run: async ({ workbench, window }) => {
      // Long enough for the crash to come before its end on the slowest machine, and not before it is at the service.
      await workbench.openFile(bigFile);
      await submitActive(workbench, thirdJobName);
      await rowText(workbench, thirdJobName, /pending| left/);
      const again = new Workbench(await window.crashAndReopen());
      await again.openContainer('Batchwright');
      const done = await again.notifications.waitFor(thirdJobName, 90_000);
      return `${await rowText(again, thirdJobName, /1,000 ok/)}; told: ${await done.text()}`;
    },
  },
];

const batches = (workbench: Workbench): TreeView => workbench.view('Batches');

/** Waits until the row of a job says something. @returns what it says */
async function rowText(workbench: Workbench, job: string, pattern: RegExp): Promise<string> {
  return until(
    `“${job}” to say ${String(pattern)}`,
    async () => (await batches(workbench).texts()).find((text) => text.includes(job) && pattern.test(text)),
    { timeout: 60_000, seen: () => batches(workbench).texts() },
  );
}

async function columnOf({ folder }: FlowContext, line: number, text: string): Promise<number> {
  const lines = (await readFile(path.join(folder, requestFile), 'utf8')).split('\n');
  const index = lines[line - 1]?.indexOf(text) ?? -1;
  assert.ok(index >= 0, `${requestFile} has no ${text} on line ${line}`);
  return index + 1;
}

async function resultLines(folder: string): Promise<string[]> {
  const name = (await readdir(folder)).find((file) => file.includes('results'));
  assert.ok(name, 'there is no results file beside the requests');
  return (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n');
}
