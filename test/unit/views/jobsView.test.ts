import assert from 'node:assert/strict';
import type { MarkdownString, ThemeIcon, TreeItem } from 'vscode';
import type { Job } from '../../../src/jobs/api';
import type { Forecast } from '../../../src/jobs/timeMemory';
import { JobsTree } from '../../../src/views/jobsView';
import type { TreeNode } from '../../../src/views/jobsTree';
import { TreeItemCollapsibleState } from '../../support/fakeVscode';
import { at, makeJob, makeRunningJob } from '../../support/jobs';

describe('JobsTree', () => {
  let now = at('2026-11-21T10:00:00');
  let jobs: Job[];
  let tree: JobsTree;
  let fired: (string | undefined)[];
  let forecast: Forecast | undefined;
  const source = {
    get jobs() {
      return jobs;
    },
    get: (id: string) => jobs.find((job) => job.id === id),
    forecast: () => forecast,
  };
  const change = (changed: string[] = []) => tree.update({ added: [], changed, removed: [] });
  /** The first node below the root, or below another node. */
  const child = (node?: TreeNode, index = 0): TreeNode => tree.getChildren(node)[index]!;
  const item = (node: TreeNode): TreeItem => tree.getTreeItem(node);

  beforeEach(() => {
    now = at('2026-11-21T10:00:00');
    forecast = undefined;
    jobs = [
      makeRunningJob({ id: 'r', displayName: 'running one' }),
      makeJob({ id: 'd', displayName: 'done one' }),
    ];
    tree = new JobsTree(() => now);
    tree.show(source, 'sandbox');
    fired = [];
    tree.onDidChangeTreeData((node) => fired.push(node?.id));
  });
  afterEach(() => tree.dispose());

  it('draws sections, jobs and facts', () => {
    const section = item(child());
    assert.equal(section.label, 'Active');
    assert.equal(section.description, '1');
    assert.equal(section.accessibilityInformation?.label, 'Active, 1 job');
    const job = item(child(child()));
    assert.equal(job.label, 'running one');
    assert.equal(job.description, '812 ok · 3 failed · 185 left · 2 h ago');
    assert.equal((job.iconPath as ThemeIcon).id, 'sync~spin');
    assert.match((job.tooltip as MarkdownString).value, /^\*\*running one\*\*/);
    const fact = item(child(child(child())));
    assert.equal(fact.label, 'reviews.jsonl');
    assert.deepEqual(fact.command?.arguments, ['r']);
  });

  it('says only which job changed', () => {
    jobs = jobs.map((job) =>
      job.id === 'r' ? { ...job, counts: { total: 9, succeeded: 9, failed: 0, pending: 0 } } : job,
    );
    change(['r']);
    assert.deepEqual(fired, ['job/r']);
  });

  it('leaves all else alone when a running job gets on, also where names are filtered', () => {
    const sections = tree.getChildren();
    const progress = (succeeded: number) => {
      jobs = jobs.map((job) => (job.id === 'r' ? { ...job, counts: { ...job.counts, succeeded } } : job));
      change(['r']);
    };
    progress(813);
    assert.deepEqual(tree.getChildren(), sections);
    tree.setFilter('running');
    fired.length = 0;
    progress(814);
    assert.deepEqual(fired, ['job/r']);
    assert.match(String(item(tree.nodeOf('r')!).description), /^814 ok/);
  });

  it('keeps node objects, so that nothing collapses', () => {
    const before = child(child());
    jobs = [...jobs, makeRunningJob({ id: 'new' })];
    change();
    assert.deepEqual(fired, ['section/active']);
    assert.equal(tree.getChildren(child()).length, 2);
    assert.ok(tree.getChildren(child()).includes(before));
  });

  it('keeps open what a person opened, wherever it moves', () => {
    const stateOf = (id: string) => item(tree.nodeOf(id)!).collapsibleState;
    tree.keepExpanded(tree.nodeOf('r')!, true);
    jobs = jobs.map((job) => (job.id === 'r' ? makeJob({ id: 'r' }) : job));
    change(['r']);
    assert.equal(stateOf('r'), TreeItemCollapsibleState.Expanded);
    assert.equal(stateOf('d'), TreeItemCollapsibleState.Collapsed);
    tree.keepExpanded(tree.nodeOf('r')!, false);
    assert.equal(stateOf('r'), TreeItemCollapsibleState.Collapsed);
  });

  it('says which job or group a job asks again', () => {
    const parts = [1, 2].map((part) =>
      makeJob({ id: `p${part}`, displayName: `big (${part}/2)`, group: { id: 'g', part, of: 2 } }),
    );
    jobs = [...jobs, ...parts, makeJob({ id: 'a', parentId: 'd' }), makeJob({ id: 'b', parentId: 'g' })];
    jobs.push(makeJob({ id: 'c', parentId: 'deleted' }));
    change();
    const parentOf = (id: string) => item(child(tree.nodeOf(id))).description;
    assert.deepEqual(['a', 'b', 'c'].map(parentOf), ['done one', 'big', 'an earlier batch']);
  });

  it('moves a job that ended, and finds parents for revealing', () => {
    jobs = jobs.map((job) => (job.id === 'r' ? makeJob({ id: 'r' }) : job));
    change(['r']);
    assert.ok(fired.includes(undefined));
    const node = tree.nodeOf('r')!;
    assert.equal(tree.getParent(node)?.kind, 'section');
    assert.equal(tree.getParent(child(node))?.id, node.id);
  });

  it('draws again with time only what reads differently', () => {
    item(child(child()));
    tree.tick();
    assert.deepEqual(fired, []);
    now += 3_600_000;
    tree.tick();
    assert.deepEqual(fired, ['job/r']);
    jobs = [];
    tree.tick();
    assert.deepEqual(fired, ['job/r']);
  });

  it('marks what takes longer than usual', () => {
    forecast = { expectedAt: now - 1, longerThanUsual: true, samples: 12 };
    const job = item(child(child()));
    assert.match(String(job.description), / · longer than usual · 2 h ago$/);
    assert.match((job.tooltip as MarkdownString).value, /done by now, judging by 12 jobs like it/);
  });

  it('filters, sorts and shows more', () => {
    tree.setFilter('  done ');
    assert.equal(tree.filter, 'done');
    assert.equal(tree.getChildren().length, 1);
    tree.setFilter('');
    tree.setSort('name');
    assert.equal(tree.sort, 'name');
    jobs = Array.from({ length: 150 }, (_, index) => makeJob({ id: `j${index}` }));
    change();
    const more = tree.getChildren().at(-1)!;
    const drawn = item(more);
    assert.equal(drawn.label, 'Show More');
    assert.equal(drawn.description, '50');
    assert.equal(drawn.command?.command, 'batchwright.loadMoreJobs');
    tree.loadMore();
    assert.equal(tree.getChildren().at(-1)?.kind, 'section');
  });

  it('draws the parts of a split submission as one', () => {
    jobs = [1, 2].map((part) =>
      makeRunningJob({ id: `p${part}`, displayName: `big (${part}/2)`, group: { id: 'g', part, of: 2 } }),
    );
    change();
    const group = child(child());
    const drawn = item(group);
    assert.equal(drawn.label, 'big');
    assert.equal(drawn.description, '2 parts · 1,624 ok · 6 failed · 370 left · 2 h ago');
    assert.match(drawn.contextValue ?? '', /^group\.active\.cancellable/);
    fired.length = 0;
    change(['p1']);
    assert.deepEqual(fired, ['job/p1', 'group/g']);
  });

  it('survives being asked about what is gone', () => {
    const job = child(child());
    const fact = child(job);
    jobs = [];
    assert.equal(item(job).label, 'r');
    assert.equal(item(fact).label, '');
    assert.deepEqual(tree.getChildren(job), []);
  });

  it('names connections', () => {
    jobs = [...jobs, makeJob({ id: 'g', connectionId: 'gemini' })];
    change();
    assert.deepEqual(
      tree.getChildren().map((node) => item(node).label),
      ['Sandbox', 'Gemini'],
    );
  });
});
