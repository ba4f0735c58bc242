import assert from 'node:assert/strict';
import { removeApiKey, setApiKey } from '../../../../src/commands/connections/apiKey';
import { refreshJobs } from '../../../../src/commands/jobs/refreshJobs';
import { openSample } from '../../../../src/commands/files/openSample';
import { showLog } from '../../../../src/commands/host/showLog';
import {
  addConnection,
  useConnection,
  useGemini,
  useSandbox,
} from '../../../../src/commands/connections/useConnection';
import { ServiceError, type ServiceErrorKind } from '../../../../src/shared/serviceError';
import { CommandWorld } from '../../../support/commandWorld';

describe('commands about connections and keys', () => {
  let world: CommandWorld;
  const run: CommandWorld['run'] = (...args) => world.run(...args);
  const failing = (kind: ServiceErrorKind) => () =>
    Promise.reject(new ServiceError('It failed.', { kind, ambiguous: false }));

  beforeEach(() => {
    world = new CommandWorld();
    world.connection = 'gemini';
  });

  describe('Set API Key', () => {
    it('tries the key before it is kept, and never shows it', async () => {
      world.answers.push(' new-key ');
      const said = await run(setApiKey);
      assert.deepEqual(world.apiKeys.get('gemini'), { value: 'new-key', source: 'stored' });
      assert.deepEqual(said, [
        'input API Key for Gemini (hidden)',
        'progress Trying the key',
        'flash The key works and is stored.',
      ]);
      assert.ok(!said.join().includes('new-key'));
    });

    it('is meant for Gemini also while the sandbox is in use, and switches over', async () => {
      world.connection = 'sandbox';
      world.answers.push('key');
      assert.ok((await run(setApiKey)).includes('use gemini'));
    });

    it('keeps no key that the service does not accept', async () => {
      world.answers.push('wrong');
      world.service = { listModels: failing('auth') };
      assert.match(
        (await run(setApiKey)).at(-1) ?? '',
        /^error Gemini does not accept this key.* \[Enter Another\]$/,
      );
      assert.equal(world.apiKeys.get('gemini'), undefined);
    });

    it('keeps a key that cannot be tried now, and says so', async () => {
      world.answers.push('key');
      world.service = { listModels: failing('network') };
      assert.match(
        (await run(setApiKey)).at(-1) ?? '',
        /^warning The key is stored, but could not be tried: It failed/,
      );
      assert.equal(world.apiKeys.get('gemini')?.value, 'key');
    });

    it('is not kept waiting by a service that does not come to an answer', async () => {
      const now = AbortSignal.abort();
      const timeout = AbortSignal.timeout.bind(AbortSignal);
      AbortSignal.timeout = () => now;
      try {
        world.answers.push('key');
        world.service = { listModels: (options) => Promise.reject(options?.signal?.reason as Error) };
        assert.match(
          (await run(setApiKey)).at(-1) ?? '',
          /^warning The key is stored, but could not be tried: There was no usable answer within 15 seconds/,
        );
      } finally {
        AbortSignal.timeout = timeout;
      }
    });

    it('does not take for a verdict what is a fault of our own', async () => {
      world.answers.push('key');
      world.service = { listModels: () => Promise.reject(new Error('bug')) };
      assert.equal((await run(setApiKey)).at(-1), 'error bug. [Show Log]');
    });

    for (const [text, problem] of [
      ['', 'Paste the key here.'],
      ['two words', 'A key has no spaces.'],
      ['clé', 'A key has only letters, digits and signs of ASCII.'],
    ] as const) {
      it(`refuses “${text}” in the box`, async () => {
        world.answers.push(text);
        assert.ok((await run(setApiKey)).includes(`problem ${problem}`));
      });
    }
  });

  describe('Remove API Key', () => {
    it('removes a stored key after a yes', async () => {
      world.apiKeys.set('gemini', { value: 'k', source: 'stored' });
      await run(removeApiKey);
      assert.ok(world.apiKeys.has('gemini'));
      world.answers.push('Remove');
      await run(removeApiKey);
      assert.ok(!world.apiKeys.has('gemini'));
    });

    it('says where a key of the environment is to be removed', async () => {
      world.apiKeys.set('gemini', { value: 'k', source: 'environment', variable: 'GEMINI_API_KEY' });
      assert.match(
        (await run(removeApiKey)).at(-1) ?? '',
        /environment variable GEMINI_API_KEY; remove it there/,
      );
    });

    it('says when there is none', async () => {
      assert.deepEqual(await run(removeApiKey), ['information There is no key for Gemini.']);
    });
  });

  it('Use Sandbox switches at once, starts it and reads its jobs', async () => {
    const said = await run(useSandbox);
    assert.deepEqual(said.slice(0, 3), ['use sandbox', 'progress Starting the sandbox', 'refresh']);
  });

  it('Use Gemini asks for the key where there is none', async () => {
    world.connection = 'sandbox';
    assert.deepEqual(await run(useGemini), ['use gemini', 'refresh', 'command batchwright.setApiKey']);
  });

  it('switching does not fail because a list cannot be read', async () => {
    world.engine.failures.set('refresh', new Error('offline'));
    assert.match((await run(useSandbox)).at(-1) ?? '', /^flash Batches now go to the sandbox/);
  });

  it('Refresh Jobs says what is wrong', async () => {
    assert.match((await run(refreshJobs)).at(-1) ?? '', /needs an API key.*\[Set API Key\]$/);
    world.connection = 'sandbox';
    world.engine.failures.set('refresh', new ServiceError('Slow down.', { kind: 'quota', ambiguous: false }));
    assert.equal((await run(refreshJobs)).at(-1), 'error Slow down. [Try Again]');
  });

  it('Show Log and Open Sample do just that', async () => {
    assert.deepEqual(await run(showLog), ['log']);
    assert.equal((await run(openSample)).at(-1), 'open /samples/first-batch.jsonl');
  });

  describe('Use Connection', () => {
    it('offers all there are and switches', async () => {
      world.settings.connections = [{ name: 'Mine', baseUrl: 'https://api.example/v1' }];
      world.apiKeys.set('Mine', { value: 'k', source: 'stored' });
      world.answers.push('Mine');
      const said = await run(useConnection);
      assert.equal(said[0], 'pick Where Batches Go: Gemini, Sandbox, Mine, Add Connection…');
      assert.deepEqual(said.slice(1), ['use Mine', 'refresh', 'flash Batches now go to Mine.']);
      assert.equal(world.lastChoices.find(({ label }) => label === 'Gemini')?.description, 'in use');
    });

    it('says of entries that cannot be used why, and leads to them', async () => {
      world.settings.connections = [{ name: 'bad' }, { baseUrl: 'https://a.example' }, 'text'];
      world.answers.push('bad');
      const said = await run(useConnection);
      assert.equal(
        said[0],
        'pick Where Batches Go: Gemini, Sandbox, bad, Connection 2 of the settings, Connection 3 of the settings, Add Connection…',
      );
      assert.deepEqual(
        world.lastChoices.slice(2, 5).map(({ description }) => description),
        ['It has no baseUrl.', 'It has no name.', 'It has neither name nor address.'],
      );
      assert.equal(said.at(-1), 'settings batchwright.connections');
    });

    it('is where a name in the settings that is no connection leads, instead of to a key', async () => {
      world.connection = 'nowhere';
      assert.match((await run(setApiKey)).at(-1) ?? '', /^error There is no connection “nowhere”/);
      assert.match((await run(refreshJobs)).at(-1) ?? '', /^error There is no connection “nowhere”/);
      assert.ok(!world.said.some((line) => line.startsWith('input')));
    });

    it('asks for the key of a connection that has none', async () => {
      world.answers.push('Gemini');
      assert.equal((await run(useConnection)).at(-1), 'command batchwright.setApiKey');
    });

    it('starts the sandbox, and leads to adding one', async () => {
      world.answers.push('Sandbox');
      assert.ok((await run(useConnection)).includes('progress Starting the sandbox'));
      world.answers.push('Add Connection…');
      assert.equal((await run(useConnection)).at(-1), 'command batchwright.addConnection');
    });
  });

  describe('Add Connection', () => {
    it('writes the setting, uses it and asks for its key', async () => {
      world.answers.push('OpenAI-compatible service', ' https://api.example/v1 ', ' Mine ');
      const said = await run(addConnection);
      assert.deepEqual(said.slice(-4), [
        'set connections [{"name":"Mine","baseUrl":"https://api.example/v1","family":"openai"}]',
        'use Mine',
        'refresh',
        'command batchwright.setApiKey',
      ]);
      assert.ok(said.includes('input Add Connection (3/3): Name = api.example'));
    });

    for (const [address, problem] of [
      ['nonsense', /whole address/],
      ['http://api.example', /https/],
      ['https://u:p@api.example', /user or password/],
      ['https://api.example?x=1', /without/],
    ] as const) {
      it(`does not take the address ${address}`, async () => {
        world.answers.push('Gemini API at another address', address);
        assert.match((await run(addConnection)).at(-1) ?? '', problem);
      });
    }

    for (const [name, problem] of [
      [' ', /Give it a name/],
      ['Sandbox', /is a connection of that name/],
      ['Mine', /is a connection of that name/],
      ['x'.repeat(41), /At most 40/],
    ] as const) {
      it(`does not take the name “${name}”`, async () => {
        world.settings.connections = [{ name: 'Mine', baseUrl: 'https://api.example' }];
        world.answers.push('OpenAI-compatible service', 'https://api.example', name);
        assert.match((await run(addConnection)).at(-1) ?? '', problem);
      });
    }
  });
});
