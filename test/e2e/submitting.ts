import { until } from '../host/until';
import type { Workbench } from '../host/workbench/workbench';

/** Submits the active file under a name, by palette and keyboard. */
export async function submitActive(workbench: Workbench, name: string): Promise<void> {
  await workbench.command('Batchwright: Submit Active File as Batch');
  await answerSubmission(workbench, name);
}

/** Answers the questions of a submission that has begun: model, name and what it will cost. */
export async function answerSubmission(workbench: Workbench, name: string): Promise<void> {
  await workbench.quickInput.waitOpen('Model');
  await workbench.quickInput.pick('gemini-3.8-flash');
  await nameSubmission(workbench, name);
}

/** Its last two questions. @returns the name that was proposed, which is taken where there is no other */
export async function nameSubmission(workbench: Workbench, name?: string): Promise<string> {
  await workbench.quickInput.waitOpen('Name');
  const proposed = await until('a proposal', async () => (await workbench.quickInput.value()) || undefined);
  if (name !== undefined) await workbench.quickInput.type(name);
  await workbench.quickInput.accept();
  await workbench.dialog.waitOpen();
  await workbench.dialog.click('Submit');
  return proposed;
}
