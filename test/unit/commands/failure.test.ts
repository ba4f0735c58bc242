import assert from 'node:assert/strict';
import { runCommand } from '../../../src/commands/boundary';
import { describeFailure } from '../../../src/commands/failure';
import { UnconfirmedError } from '../../../src/jobs/confirmation';
import { Refusal } from '../../../src/commands/refusal';
import { ServiceError, type ServiceErrorKind } from '../../../src/shared/serviceError';
import { CancelledError } from '../../../src/util/async';
import { CommandWorld } from '../../support/commandWorld';

const serviceError = (kind: ServiceErrorKind, more: object = {}) =>
  new ServiceError('It went wrong', { kind, ambiguous: false, ...more });
const systemError = (code: string) => Object.assign(new Error('raw words'), { code, path: '/some/file' });

describe('describeFailure', () => {
  const cases: [string, unknown, RegExp, string | undefined][] = [
    ['a refusal', new Refusal('No.', { kind: 'retry', label: 'Again' }), /^No\.$/, 'Again'],
    ['a refusal without action', new Refusal('No.'), /^No\.$/, undefined],
    ['a wrong key', serviceError('auth', { reason: 'API_KEY_INVALID' }), /^It went wrong\.$/, 'Set API Key'],
    [
      'advice',
      serviceError('quota', { advice: 'Wait a minute.' }),
      /^It went wrong\. Wait a minute\.$/,
      'Try Again',
    ],
    ['a service that is down', serviceError('unavailable'), /./, 'Try Again'],
    ['an unreachable service', serviceError('network'), /./, 'Check Settings'],
    ['a machine without network', serviceError('network', { offline: true }), /./, 'Try Again'],
    ['a job that is gone', serviceError('notFound'), /./, 'Refresh Jobs'],
    ['an HTML answer', serviceError('protocol'), /./, 'Show Log'],
    ['no credit', serviceError('billing'), /./, 'Show Log'],
    ['a creation without an answer', new UnconfirmedError('x'), /no clear answer when “x”/, 'Show Batches'],
    ['a bad request', serviceError('invalid'), /./, 'Show Log'],
    ['a disk that is full, said by the client', serviceError('local'), /./, 'Try Again'],
    [
      'a full disk',
      systemError('ENOSPC'),
      /^The disk is full\. What was written so far is kept/,
      'Try Again',
    ],
    ['a file that is gone', systemError('ENOENT'), /not there any more: \/some\/file$/, 'Try Again'],
    ['a read-only place', systemError('EROFS'), /cannot be written or read: \/some\/file$/, 'Try Again'],
    ['a folder', systemError('EISDIR'), /this is a folder/, 'Try Again'],
    ['too many files', systemError('EMFILE'), /Too many files/, 'Try Again'],
    ['an unknown code', systemError('EWEIRD'), /^raw words\.$/, 'Show Log'],
    ['anything else', new Error('Boom!'), /^Boom!$/, 'Show Log'],
    ['what is no error', 'text', /^text\.$/, 'Show Log'],
  ];
  for (const [what, error, message, action] of cases) {
    it(`says ${what} in one message`, () => {
      const failure = describeFailure(error);
      assert.match(failure?.message ?? '', message);
      assert.equal(failure?.action?.label, action);
    });
  }

  it('is silent about a cancellation, whoever made it', () => {
    assert.equal(describeFailure(new CancelledError()), undefined);
    assert.equal(describeFailure(Object.assign(new Error('x'), { name: 'AbortError' })), undefined);
  });
});

describe('runCommand', () => {
  it('runs the command again when the person wants to', async () => {
    const world = new CommandWorld();
    world.answers.push('Try Again');
    let tries = 0;
    await runCommand(
      world.context,
      'batchwright.refreshJobs',
      () => {
        tries += 1;
        return tries === 1 ? Promise.reject(serviceError('unavailable')) : Promise.resolve();
      },
      [],
    );
    assert.equal(tries, 2);
  });

  it('logs what went wrong with its causes, and nothing when it was cancelled', async () => {
    const world = new CommandWorld();
    const fail = (error: Error) =>
      runCommand(world.context, 'batchwright.refreshJobs', () => Promise.reject(error), []);
    await fail(new CancelledError());
    assert.deepEqual(world.logged, []);
    await fail(new Error('outer', { cause: new Error('inner') }));
    assert.match(
      world.logged.join(''),
      /^batchwright\.refreshJobs failed: Error: outer[\s\S]*caused by Error: inner/,
    );
  });

  it('follows the action that was chosen', async () => {
    const world = new CommandWorld();
    const fail = (error: Error) =>
      runCommand(world.context, 'batchwright.refreshJobs', () => Promise.reject(error), []);
    world.answers.push('Set API Key', 'Check Settings', 'There');
    await fail(serviceError('auth'));
    await fail(serviceError('network'));
    await fail(new Refusal('No.', { kind: 'open', label: 'There', path: '/f' }));
    assert.deepEqual(
      world.said.filter((line) => !line.startsWith('error')),
      ['command batchwright.setApiKey', 'settings @ext:batchwright.batchwright', 'open /f'],
    );
  });
});
