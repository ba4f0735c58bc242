import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { submitActiveFile, submitInParts } from '../../../../src/commands/submission/submitActiveFile';
import { ServiceError } from '../../../../src/shared/serviceError';
import { CommandWorld, uri } from '../../../support/commandWorld';
import { makeJob } from '../../../support/jobs';
import { TemporaryFolder } from '../../../support/temporary';

describe('Submit Active File', () => {
  let folder: TemporaryFolder;
  let file: string;
  let world: CommandWorld;
  const run = (...args: unknown[]) => world.run(submitActiveFile, ...args);
  /** What was said, without the folder that differs each time. */
  const said = () => world.said.map((line) => line.replaceAll(folder.path, ''));

  beforeEach(() => {
    folder = new TemporaryFolder();
    file = folder.write('reviews.jsonl', '{"key":"a","request":{"contents":[{"parts":[{"text":"x"}]}]}}\n');
    world = new CommandWorld();
    world.active = file;
  });
  afterEach(() => folder.remove());

  it('asks for model and name, says what it will be, and submits', async () => {
    world.answers.push('pro', 'My reviews', 'Submit');
    await run();
    assert.deepEqual(said(), [
      'progress Checking “reviews.jsonl”',
      'validate file:///reviews.jsonl',
      'pick Submit Batch (1/2): Model: flash, pro, Other Model…',
      'input Submit Batch (2/2): Name = reviews',
      'progress Looking at what “reviews.jsonl” will take',
      'preflight pro',
      'confirm Submit 2 requests to Sandbox as “My reviews”? (Submit)',
      'progress Submitting “My reviews”',
      '… reading the file',
      '… uploading',
      '… creating the job',
      'submit My reviews pro gemini 2 /reviews.jsonl',
      'flash Submitted “My reviews”.',
      'reveal My reviews',
    ]);
    assert.match(
      world.lastQuestion?.detail ?? '',
      /Model: pro\nInput: about 1\.2 k tokens \(± 30 %, estimated here\)\nThe sandbox/,
    );
    assert.equal(world.memory.get('lastModel.sandbox.gemini'), 'pro');
  });

  it('offers the model of last time first', async () => {
    world.memory.set('lastModel.sandbox.gemini', 'pro');
    await run();
    assert.match(said()[2] ?? '', /: pro, flash, Other Model…$/);
  });

  it('takes a model that is not in the list', async () => {
    world.answers.push('Other Model…', 'models/gemini-9', 'Name', 'Submit');
    await run();
    assert.ok(said().some((line) => line.startsWith('submit Name gemini-9 gemini')));
  });

  it('keeps the way to another model in sight whatever is typed', async () => {
    world.answers.push('pro', 'Name', 'Submit');
    await run();
    const always = world.lastChoices.filter((choice) => choice.always === true).map(({ label }) => label);
    assert.deepEqual(always, ['Other Model…']);
  });

  it('submits what the explorer has selected, one after the other', async () => {
    const second = folder.at('more.jsonl');
    await writeFile(second, '{}\n');
    world.answers.push('flash', 'one', 'Submit', 'flash', 'two', 'Submit');
    await run(uri(file), [uri(file), uri(second)]);
    assert.deepEqual(
      said().filter((line) => line.startsWith('submit')),
      ['submit one flash gemini 2 /reviews.jsonl', 'submit two flash gemini 2 /more.jsonl'],
    );
  });

  it('lets a file of the workspace be picked when none is open', async () => {
    world.active = undefined;
    world.workspaceFiles = [file];
    world.answers.push('reviews.jsonl', 'flash', 'n', 'Submit');
    await run();
    assert.ok(said().some((line) => line.startsWith('submit n flash')));
  });

  it('takes the one request file that is open beside what is none, as beside the walkthrough', async () => {
    world.active = undefined;
    world.openFiles = [file];
    world.workspaceFiles = [file, '/elsewhere.jsonl'];
    world.answers.push('flash', 'n', 'Submit');
    await run();
    assert.ok(said().some((line) => line.startsWith('submit n flash')));
  });

  it('offers the files that are open first', async () => {
    world.active = undefined;
    world.openFiles = [file, '/b.jsonl'];
    world.workspaceFiles = ['/a.jsonl', file];
    await run();
    assert.equal(said().at(-1), 'pick Submit Batch: File: b.jsonl, reviews.jsonl, a.jsonl');
    assert.deepEqual(
      world.lastChoices.map(({ heading }) => heading),
      ['Open', undefined, 'In the workspace'],
    );
  });

  for (const [what, after, expected] of [
    ['is submitted', {}, 'flash Submitted “n”.'],
    ['waits', { phase: 'queued' }, 'flash “n” waits until the service has room; it is submitted then.'],
    [
      'waits for the network',
      { phase: 'queued', offline: true },
      'flash “n” waits until there is a network; it is submitted then.',
    ],
  ] as const) {
    it(`says what became of a job that ${what}`, async () => {
      world.afterSubmit = after;
      world.answers.push('flash', 'n', 'Submit');
      await run();
      assert.ok(said().includes(expected), said().join('\n'));
    });
  }

  for (const [what, answers] of [
    ['the model', []],
    ['the name', ['flash']],
    ['the confirmation', ['flash', 'name']],
  ] as const) {
    it(`submits nothing and says nothing when the person backs out of ${what}`, async () => {
      world.answers.push(...answers);
      await run();
      assert.ok(!said().some((line) => /^(submit|error|warning|information) /.test(line)));
    });
  }

  describe('refuses, with one message and one action,', () => {
    const refusals: [string, () => Promise<void> | void, RegExp][] = [
      [
        'when no file is open',
        () => void (world.active = undefined),
        /^error No file is open.* \[Open a Sample\]$/,
      ],
      ['a file that is gone', () => rm(file), /^error “reviews.jsonl” is not on disk any more/],
      ['an empty file', () => writeFile(file, ''), /^error “reviews.jsonl” is empty/],
      [
        'a UTF-16 file',
        () => writeFile(file, Buffer.from('\ufeff{"key":1}', 'utf16le')),
        /not UTF-8 \(UTF-16 LE\).* \[Open File\]$/,
      ],
      [
        'a file with zero bytes',
        () => writeFile(file, Buffer.from([0x7b, 0, 0x7d])),
        /not UTF-8 \(it holds zero bytes\)/,
      ],
      ['a Latin-1 file', () => writeFile(file, Buffer.from([0x7b, 0xe9, 0x7d, 0x0a])), /no UTF-8 text/],
      [
        'a JSON Lines file that is no batch',
        () => void (world.summary = { ...world.summary, kind: 'none' }),
        /is no batch request file/,
      ],
      [
        'a results file',
        () => void (world.summary = { ...world.summary, kind: 'results' }),
        /holds the results of a batch/,
      ],
      [
        'a file without requests',
        () => void (world.summary = { ...world.summary, rows: 0 }),
        /has no request\./,
      ],
      [
        'when there is no key',
        () => {
          world.connection = 'gemini';
        },
        /^warning Gemini needs an API key, and there is none yet\. \[Set API Key\]$/,
      ],
    ];
    for (const [what, arrange, expected] of refusals) {
      it(what, async () => {
        await arrange();
        await run();
        const messages = said().filter((line) => /^(error|warning|information) /.test(line));
        assert.equal(messages.length, 1, said().join('\n'));
        assert.match(messages[0] ?? '', expected);
        assert.ok(!said().some((line) => line.startsWith('submit')));
      });
    }

    it('a file that is on no disk of this machine', async () => {
      await run(uri('/remote/reviews.jsonl', 'vscode-vfs'));
      assert.match(said()[0] ?? '', /^error “reviews.jsonl” is not on this machine’s disk \(vscode-vfs\)/);
    });

    it('a file with errors, and leads to the first of them', async () => {
      world.summary = {
        ...world.summary,
        errors: 3,
        problems: [
          { line: 0, start: 0, end: 1, severity: 'warning', code: 'w', message: 'Odd.' },
          { line: 6, start: 4, end: 9, severity: 'error', code: 'e', message: 'The key is missing.' },
        ],
      };
      world.answers.push('Go to Line 7');
      await run();
      assert.deepEqual(said().slice(-2), [
        'error “reviews.jsonl” has 3 errors. The first is on line 7: The key is missing. [Go to Line 7]',
        'open /reviews.jsonl:6:4-9',
      ]);
    });
  });

  describe('with unsaved changes', () => {
    beforeEach(() => world.unsaved.add(file));

    it('offers to save, and sends what was saved', async () => {
      world.savedAs = file;
      world.answers.push('Save and Go On', 'flash', 'n', 'Submit');
      await run();
      assert.deepEqual(said().slice(0, 2), [
        'confirm Save “reviews.jsonl” before it is submitted? (Save and Go On)',
        'save /reviews.jsonl',
      ]);
      assert.ok(said().some((line) => line.startsWith('submit n flash')));
    });

    it('stops without a word when the person does not want to save', async () => {
      await run();
      assert.equal(said().length, 1);
    });

    it('says that nothing was submitted when saving was given up', async () => {
      world.answers.push('Save and Go On');
      await run();
      assert.match(said().at(-1) ?? '', /^warning “reviews.jsonl” was not saved/);
    });
  });

  describe('when the submission fails', () => {
    beforeEach(() => world.answers.push('flash', 'n', 'Submit'));

    it('turns lines that the service refused into squiggles and names the first', async () => {
      const lineErrors = [{ line: 3, reason: "no such field: 'config'", field: 'config' }];
      world.engine.failures.set(
        'submit',
        new ServiceError('Bad.', { kind: 'invalid', ambiguous: false, lineErrors }),
      );
      await run();
      assert.deepEqual(world.lineErrors, lineErrors);
      assert.equal(
        said().at(-1),
        "error The service refused “reviews.jsonl”. Line 3: no such field: 'config' [Go to Line 3]",
      );
    });

    it('passes on what the file system says about a file that vanished meanwhile', async () => {
      world.engine.failures.set(
        'submit',
        Object.assign(new Error('x'), { code: 'ENOENT', path: '/gone.jsonl' }),
      );
      await run();
      assert.equal(said().at(-1), 'error The file is not there any more: /gone.jsonl [Try Again]');
    });
  });
});

describe('Submit Active File, on a retry file', () => {
  const folder = new TemporaryFolder();
  after(() => folder.remove());
  const file = folder.write(
    'r.retry-1.jsonl',
    '{"key":"a","request":{"contents":[{"parts":[{"text":"x"}]}]}}\n',
  );
  const part = makeJob({ displayName: 'big (1/2)', group: { id: 'g', part: 1, of: 2 } });

  for (const [what, parent, proposed, id] of [
    ['job', { id: 'job-1', job: makeJob() }, 'reviews (retry 1)', 'job-1'],
    [
      'later retry',
      { id: 'job-2', job: makeJob({ id: 'job-2', displayName: 'x (retry 1)' }) },
      'x (retry 2)',
      'job-2',
    ],
    ['group', { id: 'g', job: part }, 'big (retry 1)', 'g'],
  ] as const) {
    it(`links it to the ${what} it asks again for`, async () => {
      const world = new CommandWorld();
      world.active = file;
      world.retried.set(file, parent);
      world.answers.push('pro', proposed, 'Submit');
      const said = await world.run(submitActiveFile);
      assert.ok(said.includes(`input Submit Batch (2/2): Name = ${proposed}`), said.join('\n'));
      assert.ok(said.includes(`submit ${proposed} pro gemini 2 ${file} again for ${id}`), said.join('\n'));
    });
  }
});

describe('Submit in Parts', () => {
  const folder = new TemporaryFolder();
  after(() => folder.remove());
  const line = '{"key":"a","request":{"contents":[{"parts":[{"text":"x"}]}]}}\n';

  for (const [rows, proposed] of [
    [1, 1],
    [3, 2],
    [30_000, 10_000],
  ] as const) {
    it(`proposes parts of ${proposed} for ${rows}`, async () => {
      const world = new CommandWorld();
      world.active = folder.write(`${rows}.jsonl`, `${line.repeat(rows)}\n`);
      await world.run(submitInParts);
      assert.deepEqual(world.said, [`input Submit in Parts = ${proposed}`]);
    });
  }
});
