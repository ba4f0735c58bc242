import assert from 'node:assert/strict';
import { vscodeUi } from '../../../../src/commands/host/vscodeUi';
import { CancelledError } from '../../../../src/util/async';
import { made } from '../../../support/fakeVscode';

describe('vscodeUi', () => {
  const link = '[data](command:workbench.action.quit).jsonl';
  const broken = '[data] (command:workbench.action.quit).jsonl';

  beforeEach(() => {
    made.shown = [];
    delete made.answer;
  });

  for (const severity of ['information', 'warning', 'error'] as const) {
    it(`shows names and messages of others as text in a notification (${severity})`, async () => {
      made.answer = 'Retry';
      assert.equal(await vscodeUi.notify(severity, `“${link}” has 1 error.`, 'Retry'), 'Retry');
      assert.deepEqual(made.shown, [`${severity} “${broken}” has 1 error. [Retry]`]);
    });
  }

  it('keeps a choice in sight that is always there', async () => {
    const choices = [
      { label: 'flash', heading: 'Models', value: 1 },
      { label: 'Other…', always: true, value: 2 },
    ];
    assert.equal(await vscodeUi.pick(choices, { title: 'Model' }), 1);
    const shown = made.rows?.map(({ label, alwaysShow }) => [label, alwaysShow === true]);
    assert.deepEqual(shown, [
      ['Models', false],
      ['flash', false],
      ['Other…', true],
    ]);
  });

  it('asks with a warning unless the question is a calm one', async () => {
    made.answer = 'No';
    assert.equal(await vscodeUi.confirm({ message: 'Really?', detail: link, answers: ['Yes', 'No'] }), 1);
    const calm = { message: 'This?', answers: ['Yes'], severity: 'information' } as const;
    await assert.rejects(vscodeUi.confirm({ ...calm, dismiss: 'Not Now' }), CancelledError);
    assert.deepEqual(made.shown, ['warning Really? [Yes] [No]', 'information This? [Yes] [Not Now]']);
  });
});
