import assert from 'node:assert/strict';
import type { Job } from '../../../src/jobs/api';
import { presentFacts } from '../../../src/views/presentFacts';
import { at, makeJob, makeRunningJob, without } from '../../support/jobs';

const now = at('2026-11-21T10:00:00');

/** Facts as `id: label | description → command`. */
function facts(job: Job): string[] {
  return presentFacts(job, now).map(({ id, label, description, command }) =>
    [
      `${id}: ${label}`,
      description && ` | ${description}`,
      command && ` → ${command.replace('batchwright.', '')}`,
    ]
      .filter(Boolean)
      .join('')
      .replaceAll('\u202f', ' '),
  );
}

describe('presentFacts', () => {
  it('tells all about a job that ended', () => {
    const job = makeJob({
      counts: { total: 3, succeeded: 1, failed: 2, pending: 0 },
      results: { path: '/home/me/reviews.results.jsonl', sizeBytes: 4321, rows: 3 },
      usage: { input: 1000, output: 200, thinking: 50, cached: 0 },
    });
    assert.deepEqual(facts(job), [
      'requests: reviews.jsonl | requests · 1 row · 1.2 kB → openRequestFile',
      'results: reviews.results.jsonl | results · 4.3 kB → openResults',
      'failed: 2 rows need attention → openResults',
      'model: Model | gemini-3.8-flash',
      'usage: Tokens | 1,000 in · 200 out · 50 thinking',
      'time: Created | Nov 21, 2026, 8:00 AM · took 1 h',
      'name: batches/abc → copyJobName',
    ]);
  });

  it('is heard in words that commas part, and a name says what it is the name of', () => {
    const heard = presentFacts(makeJob(), now).map(({ accessibleLabel }) => accessibleLabel);
    assert.equal(heard[0], 'reviews.jsonl, requests, 1 row, 1.2 kB');
    assert.equal(heard.at(-1), 'Name at the service, batches/abc');
  });

  it('offers results that are still at the service', () => {
    assert.ok(facts(makeJob()).includes('results: Results | at the service; open to download → openResults'));
    assert.ok(
      facts(makeJob({ counts: { total: 1, succeeded: 0, failed: 1, pending: 0 } })).includes(
        'failed: 1 row needs attention → openResults',
      ),
    );
  });

  it('says when a running job expires, and why one failed or waits', () => {
    assert.ok(facts(makeRunningJob()).includes('time: Created | Nov 21, 2026, 8:00 AM · expires in 46 h'));
    assert.ok(
      facts(makeRunningJob({ expiresAt: now - 1 })).includes(
        'time: Created | Nov 21, 2026, 8:00 AM · overdue',
      ),
    );
    assert.equal(
      facts(makeJob({ state: 'FAILED', error: { message: 'Out\nof luck' } }))[0],
      'trouble: Out of luck',
    );
    assert.equal(
      facts(makeRunningJob({ phase: 'queued', waiting: 'Too many jobs' }))[0],
      'trouble: Too many jobs',
    );
  });

  it('leaves out what is not known', () => {
    const job = without(makeRunningJob(), 'requestFile', 'name');
    assert.deepEqual(
      facts(job).map((fact) => fact.split(':')[0]),
      ['model', 'time'],
    );
  });
});
