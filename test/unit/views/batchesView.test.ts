import assert from 'node:assert/strict';
import type { ContextKeys } from '../../../src/config/contextKeys';
import type { Job, JobEngine, JobsChange } from '../../../src/jobs/api';
import { Emitter } from '../../../src/util/event';
import { BatchesView } from '../../../src/views/batchesView';
import { made } from '../../support/fakeVscode';
import { at, makeJob, makeRunningJob } from '../../support/jobs';
import { ManualClock } from '../../support/manualClock';

describe('BatchesView', () => {
  let clock: ManualClock;
  let view: BatchesView;
  let jobs: Job[];
  let context: Map<string, unknown>;
  let trouble: Map<string, Error>;
  let changes: Emitter<JobsChange>;
  const shown = () => made.treeView!;
  const statusBar = () => made.statusBarItem!;
  const change = () => changes.fire({ added: [], changed: [], removed: [] });

  beforeEach(() => {
    clock = new ManualClock(at('2026-11-21T10:00:00'));
    context = new Map();
    trouble = new Map();
    changes = new Emitter();
    jobs = [makeRunningJob({ id: 'r' }), makeJob({ id: 'd' })];
    view = new BatchesView(clock, {
      set: (key: string, value: unknown) => context.set(key, value),
    } as unknown as ContextKeys);
    const engine = {
      get jobs() {
        return jobs;
      },
      get: (id: string) => jobs.find((job) => job.id === id),
      forecast: () => undefined,
      trouble,
      onDidChange: changes.event,
    };
    view.useConnection('sandbox', 'Sandbox');
    view.attach(engine as unknown as JobEngine, 'sandbox');
  });
  afterEach(() => view.dispose());

  it('counts what runs, in a badge and in the status bar', () => {
    assert.deepEqual(shown().badge, { value: 1, tooltip: '1 batch is running' });
    assert.equal(statusBar().text, '$(sync~spin) 1 batch');
    assert.equal(statusBar().shown, true);
    jobs = [...jobs, makeRunningJob({ id: 'r2' })];
    change();
    assert.equal(shown().badge?.value, 2);
    assert.equal(statusBar().text, '$(sync~spin) 2 batches');
  });

  it('tells what stands still from what runs', () => {
    jobs = [makeRunningJob({ id: 's', phase: 'interrupted' })];
    change();
    assert.deepEqual(shown().badge, { value: 1, tooltip: '1 batch was not submitted to the end' });
    assert.equal(statusBar().text, '$(warning) 1 batch to look at');
    jobs = [...jobs, makeRunningJob({ id: 'r' }), makeRunningJob({ id: 't', phase: 'interrupted' })];
    change();
    assert.equal(shown().badge?.tooltip, '1 batch is running, 2 batches were not submitted to the end');
    assert.equal(statusBar().text, '$(sync~spin) 1 batch  $(warning) 2 batches to look at');
  });

  it('leaves the status bar alone when nothing runs', () => {
    jobs = [makeJob()];
    change();
    assert.deepEqual(shown().badge, { value: 0, tooltip: '' });
    assert.equal(statusBar().shown, false);
  });

  it('says what keeps the list from being fresh, and stops saying so', () => {
    trouble.set('sandbox', new Error('no answer'));
    change();
    assert.equal(shown().message, 'The list may be out of date: no answer');
    trouble.clear();
    clock.advance(60_000);
    assert.equal(shown().message, '');
  });

  it('says by what it is filtered', () => {
    view.setFilter('xyz');
    assert.equal(shown().message, 'No job matches “xyz”.');
    view.setFilter('running');
    assert.equal(shown().message, 'Filtered by “running”: 1 of 2');
    assert.equal(view.filter, 'running');
    assert.equal(context.get('batchwright.filtered'), true);
    view.setFilter(' ');
    assert.equal(context.get('batchwright.filtered'), false);
  });

  it('names the connection', () => {
    assert.equal(shown().description, 'Sandbox');
    view.setSort('name');
    assert.equal(view.sort, 'name');
    view.loadMore();
  });

  describe('when a key is pressed in the tree', () => {
    const group = { kind: 'group', jobIds: ['a', 'b'] };
    const job = { kind: 'job', jobId: 'c' };
    const fact = { kind: 'fact', jobId: 'd' };
    /** The list's own command, as VS Code documents it: the row in focus goes into the selection, or out of it. */
    const focusOn = (focus: unknown) => {
      made.onCommand = (command) => {
        assert.equal(command, 'list.toggleSelection');
        const { selection } = shown();
        if (focus === undefined) return;
        shown().selection = selection.includes(focus)
          ? selection.filter((node) => node !== focus)
          : [...selection, focus];
      };
    };
    afterEach(() => delete made.onCommand);

    for (const [what, selection, focus, expected] of [
      ['the row in focus, where another is selected', [job], fact, ['d']],
      ['all that is selected, where the focus is among it', [group, job], job, ['a', 'b', 'c']],
      ['what is selected, where nothing has the focus', [job], undefined, ['c']],
      ['the row in focus, where nothing is selected', [], group, ['a', 'b']],
      ['nothing, on a heading', [job], { kind: 'section' }, []],
    ] as const) {
      it(`means ${what}`, async () => {
        shown().selection = [...selection];
        focusOn(focus);
        assert.deepEqual(await view.pressedJobIds(), expected);
        assert.deepEqual(new Set(shown().selection), new Set(selection), 'the selection is as it was');
      });
    }
  });

  it('finds a job that the filter and the length of the list hide', async () => {
    jobs = Array.from({ length: 450 }, (_, index) =>
      makeJob({ id: `j${index}`, createdAt: index, endedAt: index }),
    );
    view.setFilter('something else');
    await view.find(jobs[0]!);
    assert.equal(view.filter, '');
    assert.deepEqual(
      shown().revealed.map((node) => (node as { jobId: string }).jobId),
      ['j0'],
    );
  });

  it('reveals the group of a part, closed as it is', async () => {
    jobs = [1, 2].map((part) => makeJob({ id: `p${part}`, group: { id: 'g', part, of: 2 } }));
    change();
    await view.reveal(jobs[1]!);
    assert.equal((shown().revealed[0] as { id: string }).id, 'group/g');
  });

  it('reveals a job only in a view that is open', async () => {
    await view.reveal(jobs[0]!);
    assert.equal(shown().revealed.length, 1);
    shown().visible = false;
    await view.reveal(jobs[0]!);
    assert.equal(shown().revealed.length, 1);
  });
});
