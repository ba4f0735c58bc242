import assert from 'node:assert/strict';
import { discardSubmission, resumeSubmission } from '../../../../src/commands/submission/stoppedSubmissions';
import { UnconfirmedError } from '../../../../src/jobs/confirmation';
import { ServiceError } from '../../../../src/shared/serviceError';
import { CommandWorld } from '../../../support/commandWorld';
import { at, makeRunningJob } from '../../../support/jobs';

describe('submissions that stopped half way', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  beforeEach(() => {
    world = new CommandWorld();
  });

  beforeEach(() => {
    world.jobs = [makeRunningJob({ phase: 'interrupted' })];
  });

  it('are resumed', async () => {
    const said = await run(resumeSubmission, 'job-1');
    assert.ok(said.includes('resume job-1'));
    assert.equal(said.at(-1), 'flash Submitted “reviews”.');
  });

  it('say that they wait where there is still no network', async () => {
    world.afterSubmit = { phase: 'queued', offline: true };
    assert.match(
      (await run(resumeSubmission, 'job-1')).at(-1) ?? '',
      /^flash “reviews” waits until there is a network/,
    );
  });

  it('are created a second time only by a person who knows what that means', async () => {
    const lost = makeRunningJob({
      phase: 'interrupted',
      unconfirmed: { since: at('2026-11-21T09:55:00'), givenUp: false },
    });
    world.jobs = [lost];
    world.engine.failures.set('resume job-1', new UnconfirmedError('reviews'));
    assert.equal(
      (await run(resumeSubmission, 'job-1')).at(-1),
      'confirm “reviews” may exist already. Submit it a second time? (Go On Looking | Submit Again)',
    );
    assert.match(world.lastQuestion?.detail ?? '', /Sent 5 min ago\.$/);
    world.answers.push('Go On Looking');
    assert.ok(!(await run(resumeSubmission, 'job-1')).includes('resume job-1 again'));
    world.answers.push('Submit Again');
    assert.ok((await run(resumeSubmission, 'job-1')).includes('resume job-1 again'));
  });

  it('show what the service refused when they are resumed', async () => {
    const lineErrors = [{ line: 2, reason: 'bad' }];
    world.engine.failures.set(
      'resume',
      new ServiceError('Bad', { kind: 'invalid', ambiguous: false, lineErrors }),
    );
    assert.match((await run(resumeSubmission, 'job-1')).at(-1) ?? '', /Line 2: bad \[Go to Line 2\]$/);
    world.engine.failures.set('resume', new ServiceError('Full', { kind: 'quota', ambiguous: false }));
    assert.equal((await run(resumeSubmission, 'job-1')).at(-1), 'error Full. [Try Again]');
  });

  it('are discarded after a yes', async () => {
    world.answers.push('Discard');
    assert.ok((await run(discardSubmission, 'job-1')).includes('discard job-1'));
  });
});
