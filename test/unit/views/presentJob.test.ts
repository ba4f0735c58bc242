import assert from 'node:assert/strict';
import type { Job } from '../../../src/jobs/api';
import { presentGroup } from '../../../src/views/presentGroup';
import { countTexts } from '../../../src/views/jobTexts';
import { hasResults, isActive, isOneOfSeveralRuns, parentsOf, tally } from '../../../src/views/jobTraits';
import { presentJob } from '../../../src/views/presentJob';
import { at, makeJob, makeRunningJob, without } from '../../support/jobs';

const now = at('2026-11-21T10:00:00');
const noOutcomes = { ok: 0, failed: 0, truncated: 0, blocked: 0, missing: 0, unexpected: 0 };

/** A job on its way: what the service would say is not there yet. */
function localJob(overrides: Partial<Job>): Job {
  const job = makeRunningJob({ counts: { total: 0, succeeded: 0, failed: 0, pending: 0 } });
  return { ...without(job, 'name'), state: 'PENDING', ...overrides };
}

describe('presentJob', () => {
  const looks: [string, Job, { description: string; icon: string; flags?: string[]; not?: string[] }][] = [
    [
      'a running job',
      makeRunningJob(),
      {
        description: '812 ok · 3 failed · 185 left · 2 h ago',
        icon: 'sync~spin charts.blue',
        flags: ['active', 'cancellable', 'deletable', 'requests', 'named'],
        not: ['results', 'finished', 'resumable', 'retryable'],
      },
    ],
    [
      'a running job that has answered nothing',
      makeRunningJob({ counts: { total: 1000, succeeded: 0, failed: 0, pending: 1000 } }),
      { description: '1,000 rows · 2 h ago', icon: 'sync~spin charts.blue' },
    ],
    [
      'a pending job',
      makeRunningJob({ state: 'PENDING', counts: { total: 1, succeeded: 0, failed: 0, pending: 1 } }),
      { description: 'pending · 1 row · 2 h ago', icon: 'circle-large-outline', flags: ['cancellable'] },
    ],
    [
      'a job that expires soon',
      makeRunningJob({ expiresAt: now + 3 * 3_600_000 + 1 }),
      {
        description: '812 ok · 3 failed · 185 left · expires in 3 h · 2 h ago',
        icon: 'sync~spin charts.blue',
      },
    ],
    [
      'a job that worked',
      makeJob({ counts: { total: 9, succeeded: 9, failed: 0, pending: 0 } }),
      {
        description: '9 ok · 1 h ago',
        icon: 'pass testing.iconPassed',
        flags: ['finished', 'results', 'deletable'],
        not: ['active', 'cancellable', 'failures'],
      },
    ],
    [
      'a job that succeeded with failed rows',
      makeJob({ counts: { total: 9, succeeded: 8, failed: 1, pending: 0 } }),
      {
        description: '8 ok · 1 failed · 1 h ago',
        icon: 'warning list.warningForeground',
        flags: ['retryable'],
      },
    ],
    [
      'a job that succeeded although every row failed',
      makeJob({ counts: { total: 9, succeeded: 0, failed: 9, pending: 0 } }),
      { description: '9 failed · 1 h ago', icon: 'error testing.iconFailed' },
    ],
    [
      'a job whose answers were looked at',
      makeJob({ outcomes: { ...noOutcomes, ok: 5, truncated: 2, blocked: 1, missing: 1, unexpected: 3 } }),
      {
        description: '5 ok · 2 truncated · 1 blocked · 1 missing · 3 unexpected · 1 h ago',
        icon: 'warning list.warningForeground',
      },
    ],
    [
      'a failed job',
      makeJob({ state: 'FAILED', counts: { total: 4, succeeded: 0, failed: 0, pending: 4 } }),
      { description: 'failed · 4 rows · 1 h ago', icon: 'error testing.iconFailed' },
    ],
    [
      'a cancelled job',
      makeJob({ state: 'CANCELLED' }),
      { description: 'cancelled · 1 ok · 1 h ago', icon: 'circle-slash disabledForeground' },
    ],
    [
      'an expired job',
      makeJob({ state: 'EXPIRED' }),
      { description: 'expired · 1 ok · 1 h ago', icon: 'history list.warningForeground' },
    ],
    [
      'a state that nobody knows',
      makeRunningJob({ state: 'ON_HOLD' }),
      {
        description: 'on hold · 812 ok · 3 failed · 185 left · 2 h ago',
        icon: 'question',
        flags: ['active', 'cancellable'],
      },
    ],
    [
      'a job that the service forgot',
      makeJob({ gone: true }),
      {
        description: 'no longer at the service · 1 ok · 1 h ago',
        icon: 'circle-slash disabledForeground',
        flags: ['finished', 'deletable'],
        not: ['active', 'cancellable', 'results'],
      },
    ],
    [
      'a submission that uploads',
      localJob({ phase: 'uploading', progress: 0.456 }),
      {
        description: 'uploading 45 % · 1 row · 2 h ago',
        icon: 'cloud-upload charts.blue',
        flags: ['cancellable'],
        not: ['named', 'deletable'],
      },
    ],
    [
      'an upload of unknown length',
      localJob({ phase: 'uploading' }),
      { description: 'uploading · 1 row · 2 h ago', icon: 'cloud-upload charts.blue' },
    ],
    [
      'a submission that is prepared',
      localJob({ phase: 'preparing' }),
      { description: 'preparing · 1 row · 2 h ago', icon: 'loading~spin' },
    ],
    [
      'a submission that is created',
      localJob({ phase: 'creating' }),
      { description: 'creating · 1 row · 2 h ago', icon: 'loading~spin' },
    ],
    [
      'a submission that waits for the network',
      localJob({ phase: 'queued', offline: true }),
      { description: 'waiting for the network · 1 row · 2 h ago', icon: 'watch', flags: ['cancellable'] },
    ],
    [
      'a submission that waits',
      localJob({ phase: 'queued' }),
      {
        description: 'waiting · 1 row · 2 h ago',
        icon: 'watch',
        flags: ['cancellable'],
        not: ['discardable'],
      },
    ],
    [
      'a submission that stopped half way',
      localJob({ phase: 'interrupted' }),
      {
        description: 'interrupted · 1 row · 2 h ago',
        icon: 'debug-disconnect list.warningForeground',
        flags: ['resumable', 'discardable'],
        not: ['deletable'],
      },
    ],
    [
      'a submission that had no answer',
      localJob({ phase: 'interrupted', unconfirmed: { since: now, givenUp: false } }),
      {
        description: 'unconfirmed · looking for it · 1 row · 2 h ago',
        icon: 'warning list.warningForeground',
        flags: ['resumable', 'discardable'],
      },
    ],
    [
      'a submission that had no answer and was given up',
      localJob({ phase: 'interrupted', unconfirmed: { since: now, givenUp: true } }),
      {
        description: 'given up · cancelled if it turns up · 1 row · 2 h ago',
        icon: 'warning list.warningForeground',
      },
    ],
    [
      'a job that gave other results than it announced',
      makeJob({ warning: 'The service announced 3 results and gave 1.' }),
      { description: '1 ok · 1 h ago', icon: 'warning list.warningForeground' },
    ],
    [
      'a job from elsewhere',
      makeJob({ origin: 'elsewhere', id: 'sandbox:batches/abc' }),
      { description: '1 ok · 1 h ago', icon: 'pass testing.iconPassed', flags: ['adoptable'] },
    ],
    [
      'a job from elsewhere that was adopted',
      makeJob({ origin: 'elsewhere' }),
      { description: '1 ok · 1 h ago', icon: 'pass testing.iconPassed', not: ['adoptable'] },
    ],
  ];

  for (const [what, job, expected] of looks) {
    it(`shows ${what}`, () => {
      const { description, icon, contextValue } = presentJob(job, now);
      assert.equal(description, expected.description);
      assert.equal([icon.id, icon.color].filter(Boolean).join(' '), expected.icon);
      for (const flag of expected.flags ?? []) assert.match(contextValue, new RegExp(`\\b${flag}\\b`));
      for (const flag of expected.not ?? []) assert.doesNotMatch(contextValue, new RegExp(`\\b${flag}\\b`));
    });
  }

  it('reads everything to a screen reader', () => {
    assert.equal(
      presentJob(makeRunningJob(), now).accessibleLabel,
      'reviews, running, 812 ok, 3 failed, 185 left, 2 h ago',
    );
  });

  it('lets nothing from elsewhere be markup in the tooltip', () => {
    const { tooltip } = presentJob(
      makeJob({
        displayName: '[click](command:evil)',
        error: { message: '<img src=x> $(gear)' },
        model: '*bold*',
        origin: 'elsewhere',
        waiting: 'quota',
      }),
      now,
    );
    assert.ok(tooltip.includes('\\[click\\]\\(command\\:evil\\)'), tooltip);
    assert.ok(tooltip.includes('\\<img src=x\\> \\$\\(gear\\)'));
    assert.ok(tooltip.includes('\\*bold\\*'));
    assert.ok(tooltip.includes('Created outside this extension'));
  });

  it('says when a job like it was done', () => {
    const tip = (expectedAt: number) =>
      presentJob(makeRunningJob(), now, { forecast: { expectedAt, longerThanUsual: false, samples: 5 } })
        .tooltip;
    assert.match(tip(now + 600_000), /Usually: done in about 10 min, judging by 5 jobs like it/);
    assert.match(tip(now - 1), /done about now, judging by 5 jobs/);
    assert.doesNotMatch(
      presentJob(makeJob(), now, { forecast: { expectedAt: now, longerThanUsual: true, samples: 5 } })
        .description,
      /longer/,
    );
  });

  it('says how long it took, or when it expires', () => {
    assert.match(presentJob(makeJob(), now).tooltip, /Took: 1 h/);
    assert.match(presentJob(makeRunningJob(), now).tooltip, /Expires: in 46 h/);
  });
});

describe('merging', () => {
  const offered = (job: Job, parents: ReadonlySet<string> = new Set()) =>
    presentJob(job, now, { oneOfSeveralRuns: isOneOfSeveralRuns(job, parents) }).contextValue.includes(
      'mergeable',
    );

  it('is offered where there are several runs over the same requests', () => {
    const first = makeJob();
    const retry = makeJob({ id: 'again', parentId: first.id });
    const part = makeJob({ id: 'p', group: { id: 'g', part: 1, of: 2 } });
    assert.deepEqual([...parentsOf([first, retry, part])], [first.id]);
    assert.ok(!offered(first), 'one run alone');
    assert.ok(offered(first, parentsOf([first, retry])));
    assert.ok(offered(retry));
    assert.ok(offered(part));
    assert.ok(!offered(makeRunningJob({ parentId: first.id })), 'not while it runs');
  });
});

describe('what is known of a job', () => {
  it('is active until the service will not change it any more', () => {
    assert.ok(isActive(makeRunningJob()));
    assert.ok(isActive(makeJob({ phase: 'uploading' })));
    assert.ok(!isActive(makeJob()));
    assert.ok(!isActive(makeRunningJob({ gone: true })));
  });

  it('has results when they are here or still at the service', () => {
    assert.ok(hasResults(makeJob()));
    assert.ok(!hasResults(makeJob({ gone: true })));
    assert.ok(hasResults(makeJob({ gone: true, results: { path: '/r', sizeBytes: 1, rows: 1 } })));
    assert.ok(!hasResults(makeRunningJob()));
  });

  it('adds up what wants a second look', () => {
    assert.deepEqual(
      tally(makeJob({ outcomes: { ...noOutcomes, ok: 2, failed: 1, truncated: 1, blocked: 1, missing: 1 } })),
      {
        good: 2,
        bad: 4,
      },
    );
    assert.deepEqual(tally(makeRunningJob()), { good: 812, bad: 3 });
  });

  it('takes the number of rows from the request file while the service counts none', () => {
    assert.deepEqual(
      countTexts(makeRunningJob({ counts: { total: 0, succeeded: 0, failed: 0, pending: 0 } })),
      ['1 row'],
    );
  });
});

describe('presentGroup', () => {
  const part = (n: number, overrides: Partial<Job> = {}) =>
    makeJob({ id: `p${n}`, displayName: `big (${n}/2)`, group: { id: 'g', part: n, of: 2 }, ...overrides });
  const outcomes = { ...noOutcomes, ok: 3, failed: 1 };

  it('adds up its parts, and is as bad as the worst of them', () => {
    const group = presentGroup([part(1), part(2, { state: 'FAILED' })], now);
    assert.equal(group.label, 'big');
    assert.equal(group.description, '2 parts · failed · 2 ok · 1 h ago');
    assert.equal(group.accessibleLabel, 'big, failed, 2 ok, 1 h ago, 2 parts');
    assert.equal(group.contextValue, 'group.finished.results.deletable.requests.mergeable.retryable');
  });

  it('names the file that was split, not the pieces it was split into', () => {
    const group = { id: 'g', of: 2, path: '/home/me/whole.jsonl' };
    const parts = [1, 2].map((n) => part(n, { group: { ...group, part: n } }));
    const { tooltip } = presentGroup(parts, now);
    assert.match(tooltip, /whole\\\.jsonl/);
    assert.doesNotMatch(tooltip, /reviews|batches/);
  });

  it('counts outcomes only when those of all parts are known', () => {
    assert.match(
      presentGroup([part(1, { outcomes }), part(2, { outcomes })], now).description,
      /6 ok · 2 failed/,
    );
    assert.match(presentGroup([part(1, { outcomes }), part(2)], now).description, /· 2 ok ·/);
  });

  it('cannot be empty', () => assert.throws(() => presentGroup([], now), RangeError));
});

describe('deleting', () => {
  for (const [name, dialect, offered] of [
    ['batches/abc', 'gemini', true],
    ['openai/batches/abc', 'openai', true],
    ['batch_abc', 'openai', false],
  ] as const) {
    it(`is ${offered ? '' : 'not '}offered for ${name}`, () => {
      const { contextValue } = presentJob(makeJob({ name, dialect }), now);
      assert.equal(/\bdeletable\b/.test(contextValue), offered);
    });
  }
});
