import '../support/vscodeStub';
import type { Job } from '../../src/jobs/api';
import { JobsTree } from '../../src/views/jobsView';
import type { TreeNode } from '../../src/views/jobsTree';
import { makeJob, makeRunningJob } from '../support/jobs';
import type { BenchOptions, BenchRow } from './contract';

export const name = 'job tree';

const runningOf = 20;
const now = Date.UTC(2026, 10, 21);

/** The Batches view's model over years of work: what a refresh costs, and how little it tells VS Code to draw again. */
export function run({ full, log }: BenchOptions): Promise<readonly BenchRow[]> {
  const count = full ? 10_000 : 2_000;
  const row = (what: string, ours: number, limit: number): BenchRow => ({
    name: what,
    ours,
    unit: 'ms',
    ratio: (limit * count) / 10_000 / ours,
    goal: `<= ${limit} ms at 10,000 jobs`,
    ...(full && { holds: ours <= limit }),
  });
  const list = new JobList(count);
  const tree = new JobsTree(() => now);
  const redrawn: (TreeNode | undefined)[] = [];
  tree.onDidChangeTreeData((node) => redrawn.push(node));

  log(`showing ${count} jobs`);
  const shown = timed(() => tree.show(list, 'sandbox'));
  const first = timed(() => drawAll(tree));
  log('letting states change');
  const one = median(21, () => timed(() => tree.update(list.progress(1))));
  const each = redrawn.splice(0).length;
  const many = median(21, () => timed(() => tree.update(list.progress(runningOf))));
  const filtered = median(7, () => timed(() => tree.setFilter('week 77')));
  tree.setFilter('');
  const whole = median(7, () => {
    tree.loadMore();
    return timed(() => tree.update(list.progress(1)));
  });
  return Promise.resolve([
    row('the tree for the first time', shown, 50),
    row('its first rows drawn', first, 50),
    row(`one job got on (${each - 1} nodes redrawn in 21 times)`, one, 50),
    row(`${runningOf} jobs got on`, many, 50),
    row('filtered', filtered, 50),
    row('one job got on, with all finished jobs shown', whole, 50),
  ]);
}

/** Jobs as the engine gives them: newest first, a new object for each one that changes. */
class JobList {
  readonly jobs: readonly Job[];
  private readonly byId: Map<string, Job>;
  private readonly order: string[];
  readonly forecast = () => undefined;

  constructor(count: number) {
    const jobs = Array.from({ length: count }, (_, n) => jobOf(n));
    this.order = jobs.map(({ id }) => id);
    this.byId = new Map(jobs.map((job) => [job.id, job]));
    this.jobs = jobs;
  }

  get(id: string): Job | undefined {
    return this.byId.get(id);
  }

  /** Some of the running jobs answer one more row. */
  progress(some: number) {
    const changed = this.order.slice(0, some);
    for (const id of changed) {
      const job = this.byId.get(id)!;
      const { succeeded, pending } = job.counts;
      this.byId.set(id, {
        ...job,
        counts: { ...job.counts, succeeded: succeeded + 1, pending: pending - 1 },
      });
    }
    (this as { jobs: readonly Job[] }).jobs = this.order.map((id) => this.byId.get(id)!);
    return { added: [], changed, removed: [] };
  }
}

function jobOf(n: number): Job {
  const id = `job-${String(n).padStart(9, '0')}`;
  const createdAt = now - n * 600_000;
  const common = { id, displayName: `Classify the tickets of week ${n}`, createdAt };
  return n < runningOf ? makeRunningJob(common) : makeJob({ ...common, endedAt: createdAt + 3_600_000 });
}

/** What VS Code asks for when the view is opened. */
function drawAll(tree: JobsTree): void {
  const draw = (node: TreeNode): void => {
    tree.getTreeItem(node);
    if (node.kind !== 'job') tree.getChildren(node).forEach(draw);
  };
  tree.getChildren().forEach(draw);
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function median(times: number, measure: () => number): number {
  const figures = Array.from({ length: times }, measure).sort((a, b) => a - b);
  return figures[Math.floor(times / 2)]!;
}
