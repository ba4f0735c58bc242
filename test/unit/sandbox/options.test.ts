import assert from 'node:assert/strict';
import { parseCommandLine } from '../../../src/sandbox/options';
import { parseRange } from '../../../src/sandbox/range';

describe('sandbox command line', () => {
  it('reads every option', () => {
    const line =
      '--port 8080 --host=::1 --key k --data d --speed 2.5 --control --exit-with-parent --fault status,status=429,retryAfter=2,path=/batches,times=3 --limit runningJobs=2 --limit=storageBytes=1000';
    assert.deepEqual(parseCommandLine(line.split(' ')), {
      options: {
        port: 8080,
        host: '::1',
        key: 'k',
        dataDir: 'd',
        speed: 2.5,
        control: true,
        faults: [{ kind: 'status', status: 429, retryAfter: 2, path: '/batches', times: 3 }],
        limits: { runningJobs: 2, storageBytes: 1000 },
      },
      exitWithParent: true,
      help: false,
    });
  });

  const wrong: readonly [words: string, message: RegExp][] = [
    ['--port', /--port needs a value/],
    ['--port x', /--port cannot be "x"/],
    ['--port 70000', /--port cannot be "70000"/],
    ['--speed -1', /--speed cannot be "-1"/],
    ['--verbose', /Unknown option: --verbose/],
    ['8080', /Unknown option: 8080/],
    ['--fault nonsense', /--fault nonsense/],
    ['--fault job,fault=stuck,path=x', /--fault job,fault=stuck,path=x/],
    ['--fault status,status=200', /--fault status,status=200/],
    ['--fault late-effect', /--fault late-effect/],
    ['--limit patience=3', /--limit patience=3: it must be one of fileBytes, storageBytes/],
    ['--limit storageBytes=much', /--limit storageBytes=much/],
    ['--limit storageBytes', /--limit storageBytes/],
  ];
  for (const [words, message] of wrong)
    it(`refuses ${words}`, () => {
      assert.throws(() => parseCommandLine(words.split(' ')), message);
    });
});

describe('sandbox ranges', () => {
  const table: readonly [header: string | undefined, size: number, expected: unknown][] = [
    [undefined, 10, undefined],
    ['bytes=0-', 10, { start: 0, end: 9 }],
    ['bytes=3-5', 10, { start: 3, end: 5 }],
    ['bytes=3-99', 10, { start: 3, end: 9 }],
    ['bytes=-4', 10, { start: 6, end: 9 }],
    ['bytes=-40', 10, { start: 0, end: 9 }],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=5-3', 10, undefined],
    ['bytes=-', 10, undefined],
    ['bytes=0-1,3-4', 10, undefined],
    ['lines=0-1', 10, undefined],
  ];
  for (const [header, size, expected] of table)
    it(`${header ?? 'no header'} of ${size}`, () => assert.deepEqual(parseRange(header, size), expected));
});
