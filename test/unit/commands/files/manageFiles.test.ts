import assert from 'node:assert/strict';
import { manageFiles } from '../../../../src/commands/files/manageFiles';
import type { RemoteFile } from '../../../../src/shared/batchService';
import { CommandWorld } from '../../../support/commandWorld';
import { makeRunningJob } from '../../../support/jobs';

const file = (name: string, more: Partial<RemoteFile> = {}): RemoteFile => ({
  name: `files/${name}`,
  displayName: name,
  sizeBytes: 1_500_000,
  state: 'ACTIVE',
  ...more,
});

describe('Manage Files', () => {
  let world: CommandWorld;
  let files: RemoteFile[];
  const run = () => world.run(manageFiles);

  beforeEach(() => {
    world = new CommandWorld();
    files = [file('in', { mimeType: 'application/jsonl', expiresAt: '2026-11-21T15:00:00' }), file('other')];
    world.jobs = [makeRunningJob({ inputFile: 'files/in' })];
    world.service = {
      listFiles: () => Promise.resolve(files),
      deleteFile: (name) => Promise.resolve(void world.said.push(`delete ${name}`)),
    };
  });

  it('calls the files that were uploaded here by the names of their batches', async () => {
    files = [file('in', { displayName: 'Reviews [bw-0123456789ab-fdf95aa4]' })];
    await run();
    assert.equal(world.lastChoices[0]?.label, 'Reviews');
  });

  it('lists what takes room, how long it lives and who needs it', async () => {
    await run();
    assert.equal(world.said[1], 'pick Files at Sandbox: 3 MB: in, other');
    assert.deepEqual(
      world.lastChoices.map(({ description }) => description),
      ['1.5 MB · application/jsonl · expires in 5 h · needed by an unfinished job', '1.5 MB'],
    );
  });

  it('says how much of the quota is taken where that is known', async () => {
    world.service = {
      ...world.service,
      storageUsed: () => Promise.resolve({ files: 2, bytes: 5e9, limitBytes: 2e10 }),
    };
    assert.match((await run())[1] ?? '', /^pick Files at Sandbox: 5 GB of 20 GB: /);
  });

  it('deletes what was chosen, after a yes that says what it means', async () => {
    world.answers.push(['in', 'other'], 'Delete');
    const said = await run();
    assert.match(world.lastQuestion?.detail ?? '', /Needed by unfinished jobs, which would fail: 1\./);
    assert.deepEqual(
      said.filter((line) => line.startsWith('delete')),
      ['delete files/in', 'delete files/other'],
    );
    assert.equal(said.at(-1), 'flash Deleted 2 files.');
  });

  it('deletes nothing without a yes', async () => {
    world.answers.push(['other']);
    assert.equal((await run()).at(-1), 'confirm Delete 1 file? (Delete)');
    assert.match(world.lastQuestion?.detail ?? '', /Requests that refer to them fail/);
  });

  it('says when there is nothing', async () => {
    files = [];
    assert.equal((await run()).at(-1), 'information There are no files at Sandbox.');
  });
});
