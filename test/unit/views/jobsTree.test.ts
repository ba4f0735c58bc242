import assert from 'node:assert/strict';
import type { Job } from '../../../src/jobs/api';
import {
  buildTree,
  changedContainers,
  childrenOf,
  filterJobs,
  type TreeNode,
  type TreeOptions,
} from '../../../src/views/jobsTree';
import { at, makeJob, makeRunningJob } from '../../support/jobs';

const now = at('2026-11-21T10:00:00');
const options: TreeOptions = { now, connectionId: 'sandbox', filter: '', sort: 'newest', limit: 100 };

/** The tree as indented ids, days by their date. */
function outline(nodes: readonly TreeNode[], indent = ''): string[] {
  return nodes.flatMap((node) => {
    const id = node.id.replace(/section\/(\d+)$/, (_all, day: string) => {
      const date = new Date(Number(day));
      return `section/${date.getMonth() + 1}-${date.getDate()}`;
    });
    return [`${indent}${id}`, ...outline(childrenOf(node), `${indent}  `)];
  });
}

function tree(jobs: readonly Job[], overrides: Partial<TreeOptions> = {}): string[] {
  return outline(buildTree(jobs, { ...options, ...overrides }));
}

const running = makeRunningJob({ id: 'running', createdAt: now - 1000 });
const uploading = makeRunningJob({ id: 'uploading', phase: 'uploading', createdAt: now - 500 });
const today = makeJob({ id: 'today', endedAt: at('2026-11-21T09:00:00') });
const yesterday = makeJob({ id: 'yesterday', endedAt: at('2026-11-20T23:59:59') });
const older = makeJob({
  id: 'older',
  endedAt: at('2026-11-17T12:00:00'),
  createdAt: at('2026-11-16T12:00:00'),
});

describe('buildTree', () => {
  it('shows nothing for nothing', () => assert.deepEqual(tree([]), []));

  it('puts what is unfinished first, then days, newest first', () => {
    assert.deepEqual(tree([older, yesterday, running, today, uploading]), [
      'section/active',
      '  job/uploading',
      '  job/running',
      'section/11-21',
      '  job/today',
      'section/11-20',
      '  job/yesterday',
      'section/11-17',
      '  job/older',
    ]);
  });

  it('adds a level per connection, the one in use first', () => {
    const gemini = makeJob({ id: 'g', connectionId: 'gemini' });
    assert.deepEqual(tree([gemini, today]), [
      'connection/sandbox',
      '  connection/sandbox/section/11-21',
      '    job/today',
      'connection/gemini',
      '  connection/gemini/section/11-21',
      '    job/g',
    ]);
  });

  it('names the connection of jobs that are all at another one', () => {
    assert.equal(tree([makeJob({ connectionId: 'gemini' })])[0], 'connection/gemini');
  });

  it('puts the parts of a split submission together, in their order, active while one is', () => {
    const part = (n: number, job: Job) => ({ ...job, id: `p${n}`, group: { id: 'g', part: n, of: 3 } });
    assert.deepEqual(tree([part(3, running), part(1, today), part(2, today)]), [
      'section/active',
      '  group/g',
      '    job/p1',
      '    job/p2',
      '    job/p3',
    ]);
  });

  it('counts a group as one and puts it on the day its last part ended', () => {
    const part = (n: number, job: Job) => ({ ...job, id: `p${n}`, group: { id: 'g', part: n, of: 2 } });
    assert.deepEqual(tree([part(1, yesterday), part(2, today)])[0], 'section/11-21');
  });

  it('stops at the limit and says how many are hidden', () => {
    const many = Array.from({ length: 7 }, (_, index) =>
      makeJob({ id: `j${index}`, createdAt: now - index }),
    );
    const nodes = buildTree([running, ...many], { ...options, limit: 5 });
    assert.deepEqual(nodes.at(-1), { kind: 'more', id: 'more', hidden: 2 });
    assert.equal(nodes.length, 3);
  });

  const named = ['b', 'a', 'c'].map((name, index) =>
    makeJob({ id: name, displayName: name, model: `m-${'cab'[index] ?? ''}`, createdAt: now - index }),
  );
  for (const [sort, order] of [
    ['newest', 'b a c'],
    ['oldest', 'c a b'],
    ['name', 'a b c'],
    ['model', 'a c b'],
  ] as const) {
    it(`sorts by ${sort}`, () => {
      const ids = tree(named, { sort }).filter((line) => line.startsWith('  job/'));
      assert.equal(ids.map((line) => line.replace('  job/', '')).join(' '), order);
    });
  }
});

describe('filterJobs', () => {
  const jobs = [
    makeJob({ id: 'a', displayName: 'Opinions of May', model: 'gemini-flash' }),
    makeJob({ id: 'b', displayName: 'Tickets', state: 'FAILED', error: { message: 'Out of quota' } }),
  ];
  for (const [filter, ids] of [
    ['', 'a b'],
    ['OPINIONS', 'a'],
    ['opinions flash', 'a'],
    ['opinions pro', ''],
    ['failed', 'b'],
    ['quota', 'b'],
    ['reviews.jsonl', 'a b'],
    ['batches/abc', 'a b'],
  ] as const) {
    it(`finds “${filter}” in: ${ids}`, () => {
      assert.equal(
        filterJobs(jobs, filter)
          .map((job) => job.id)
          .join(' '),
        ids,
      );
    });
  }
});

describe('changedContainers', () => {
  const build = (jobs: readonly Job[]) => buildTree(jobs, options);
  const ids = (before: readonly Job[], after: readonly Job[]) =>
    changedContainers(build(before), build(after)).map((node) => node?.id ?? 'root');

  it('finds nothing where only words changed', () => {
    assert.deepEqual(ids([running, today], [{ ...running, displayName: 'other' }, today]), []);
  });

  it('finds the section that a job joined', () => {
    assert.deepEqual(ids([running, today], [running, uploading, today]), ['section/active']);
  });

  it('finds the root when a section appears or goes', () => {
    assert.deepEqual(ids([running], [running, today]), ['root']);
    assert.deepEqual(ids([running, today], [today]), ['root']);
  });

  it('finds both sections when a job moves from one to the other', () => {
    const moved = { ...makeJob({ id: 'running' }), endedAt: at('2026-11-21T09:30:00') };
    assert.deepEqual(ids([running, uploading, today], [moved, uploading, today]).sort(), [
      `section/${at('2026-11-21T00:00:00')}`,
      'section/active',
    ]);
  });

  it('finds the group that got a part, and not the section around it', () => {
    const part = (n: number) => ({ ...running, id: `p${n}`, group: { id: 'g', part: n, of: 3 } });
    assert.deepEqual(ids([part(1)], [part(1), part(2)]), ['group/g']);
  });

  it('looks into connections', () => {
    const elsewhere = makeJob({ id: 'g', connectionId: 'gemini' });
    assert.deepEqual(ids([running, elsewhere], [running, uploading, elsewhere]), [
      'connection/sandbox/section/active',
    ]);
  });
});
