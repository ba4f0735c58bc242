import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineChecker, type RuleSettings } from '../../../src/dialects';
import { validateFile, type ValidateFileOptions } from '../../../src/server/validation';
import { CancelledError } from '../../../src/util/async';

const good = (key: string) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;
const chat = (id: string, model: string) =>
  `{"custom_id":"${id}","method":"POST","url":"/v1/chat/completions","body":{"model":"${model}","messages":[{"role":"user","content":"Hi"}]}}`;

describe('validateFile', () => {
  let directory = '';
  before(() => (directory = mkdtempSync(join(tmpdir(), 'batchwright-validation-'))));
  after(() => rmSync(directory, { recursive: true }));

  const file = (content: string | Buffer) => {
    const path = join(directory, 'requests.jsonl');
    writeFileSync(path, content);
    return path;
  };
  const validate = (content: string | Buffer, options: Partial<ValidateFileOptions> = {}) =>
    validateFile(file(content), { maxProblems: 10, workers: 0, ...options });
  /** `line:start code` of each problem. */
  const found = async (content: string | Buffer, options: Partial<ValidateFileOptions> = {}) =>
    (await validate(content, options)).problems.map(({ line, start, code }) => `${line}:${start} ${code}`);

  it('sums up a good file', async () => {
    const content = `${good('a')}\n\n${good('b')}\r\n${good('c')}`;
    assert.deepEqual(await validate(content), {
      kind: 'gemini',
      rows: 3,
      bytes: content.length,
      errors: 0,
      warnings: 0,
      problems: [],
      estimatedTokens: 3,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
  });

  it('leaves the hash out where nobody wants it', async () => {
    assert.equal((await validate(good('a'), { hash: false })).sha256, '');
  });

  it('finds what the line check finds, with the line', async () => {
    const lines = [
      good('a'),
      good('b').replace('contents', 'content'),
      '',
      good('c').replace('}}', ',}}'),
      good('d'),
    ];
    const checker = new LineChecker({ kind: 'gemini' });
    const expected = lines.flatMap((text, line) =>
      checker.check(text).problems.map(({ start, end, severity, code, message }) => ({
        line,
        start,
        end,
        severity,
        code,
        message,
      })),
    );
    assert.ok(expected.length >= 2);
    const { problems, errors } = await validate(lines.join('\n'));
    assert.deepEqual(problems, expected);
    assert.equal(errors, expected.filter(({ severity }) => severity === 'error').length);
  });

  it('counts all problems and returns the first', async () => {
    const bad = good('x').replace('"parts"', '"prts"');
    const lines = Array.from({ length: 50 }, (_, index) => bad.replace('"x"', `"k${index}"`));
    const perLine = new LineChecker({ kind: 'gemini' }).check(bad).problems.length;
    const result = await validate(lines.join('\n'), { maxProblems: 4 });
    assert.equal(result.problems.length, 4);
    assert.equal(result.errors, 50 * perLine);
    assert.deepEqual(result.problems[0]?.line, 0);
  });

  it('finds keys that two lines have, wherever they are', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => good(`k${index}`));
    lines[3000] = good('k7');
    lines[4999] = good('k7');
    lines[4000] = `{"request":{"contents":[{"parts":[{"text":"Hi"}]}]},"key":"k\\u0031"}`;
    assert.deepEqual(await found(lines.join('\n')), [
      '3000:7 duplicate-key',
      '4000:58 duplicate-key',
      '4999:7 duplicate-key',
    ]);
    const [first] = (await validate(lines.join('\n'))).problems;
    assert.match(first?.message ?? '', /"k7" stands on line 8 already/);
    assert.deepEqual(
      first?.related?.map(({ line, start, end }) => ({ line, start, end })),
      [{ line: 7, start: 7, end: 11 }],
    );
    const rules: RuleSettings = { 'duplicate-key': 'warning' };
    const { errors, warnings } = await validate(lines.join('\n'), { rules });
    assert.deepEqual({ errors, warnings }, { errors: 0, warnings: 3 });
    assert.deepEqual(await found(lines.join('\n'), { rules: { 'duplicate-key': 'off' } }), []);
  });

  it('names the places that a problem has to do with', async () => {
    const twice = good('a').replace('"parts"', '"role":"user","role":"user","parts"');
    const { problems } = await validate(`${good('x')}\n${twice}`);
    const first = twice.indexOf('"role"');
    assert.deepEqual(
      problems.map(({ line, related }) => [line, related?.map((place) => [place.line, place.start])]),
      [[1, [[1, first]]]],
    );
    const models = (await validate(`${chat('a', 'm1')}\n${chat('b', 'm2')}`)).problems;
    assert.deepEqual(
      models.map(({ line, related }) => [line, related?.map((place) => place.line)]),
      [[1, [0]]],
    );
  });

  it('counts what it does not show as exactly as what it does', async () => {
    const faults = [
      good('k').replace('"parts"', '"prts"'),
      good('k').replace('{"parts"', '{"role":"assistant","parts"'),
      good('k').replace('}}', ',}}'),
      good('k').replace('"parts"', '"role":"user","role":"user","parts"'),
      good('k').replace('"request":{', '"request":{"model":"models/m",'),
      good('k').replace('"contents"', '"generationConfig":{"maxOutputTokens":100},"contents"'),
      good('k').replace('"contents"', '"generationConfig":{"temperature":7},"contents"'),
      good('k').replace('"Hi"', '"\\ud83d"'),
      good('k').replace('Hi', ''),
    ];
    const checker = new LineChecker({ kind: 'gemini' });
    const lines = Array.from({ length: 2000 }, (_, index) =>
      (faults[index % faults.length] ?? '')
        .replace('"k"', `"k${index}"`)
        .replace('Hi', `Hi ${'x'.repeat(index % 7)}`),
    );
    const expected = lines.flatMap((line) => checker.check(line).problems.map(({ severity }) => severity));
    const summary = await validate(lines.join('\n'), { maxProblems: 3 });
    assert.equal(summary.errors, expected.filter((severity) => severity === 'error').length);
    assert.equal(summary.warnings, expected.filter((severity) => severity === 'warning').length);
    assert.equal(summary.problems.length, 3);
    const tokens = lines.reduce((sum, line) => sum + checker.check(line).tokens, 0);
    assert.ok(Math.abs(summary.estimatedTokens - tokens) < tokens * 0.1);
  });

  it('counts good and blank lines behind many that failed, of which no two are alike', async () => {
    const config = (index: number) => `"generationConfig":{"max_token":${index}},"contents"`;
    const bad = (index: number) => good(`bad${index}`).replace('"contents"', config(index));
    const lines = [...Array.from({ length: 401 }, (_, index) => bad(index)), '', ' \t'];
    for (let index = 0; index < 40; index += 1) {
      lines.push(good(`good${index}`), bad(1000 + index), '', ' \t', bad(2000 + index), good('again'), '  {');
    }
    const checker = new LineChecker({ kind: 'gemini' });
    const { errors, rows, estimatedTokens } = await validate(lines.join('\n'), { maxProblems: 3 });
    const checks = lines.map((line) => checker.check(line));
    const wrong = checks.flatMap(({ problems }) => problems.filter(({ severity }) => severity === 'error'));
    assert.deepEqual(
      { errors, rows, estimatedTokens },
      {
        // The key of the second good line of each seven is there from the first of them on.
        errors: wrong.length + 39,
        rows: lines.filter((line) => line.trim() !== '').length,
        estimatedTokens: checks.reduce((sum, { tokens }) => sum + tokens, 0),
      },
    );
  });

  it('knows the models and keys of lines that it only counts', async () => {
    const bad = (id: string, model: string) => chat(id, model).replace('"user"', '"usr"');
    const lines = Array.from({ length: 100 }, (_, index) => bad(`k${index}`, index < 50 ? 'm1' : 'm2'));
    lines.push(bad('k5', 'm1'), chat('k6', 'm2'), '', chat('k7', 'm2'));
    const { errors, warnings } = await validate(lines.join('\n'), { maxProblems: 1 });
    assert.deepEqual({ errors, warnings }, { errors: 101 + 3, warnings: 50 + 2 });
  });

  it('finds lines with another model than the first', async () => {
    const content = [chat('a', 'm1'), chat('b', 'm1'), chat('c', 'm2'), chat('d', 'm1')].join('\n');
    assert.deepEqual(await found(content), [`2:${chat('c', 'm2').indexOf('"m2"')} mixed-models`]);
    assert.equal((await validate(content)).warnings, 1);
    assert.deepEqual(await found(content, { rules: { 'mixed-models': 'off' } }), []);
  });

  it('says nothing about files of other kinds, but counts and hashes them', async () => {
    for (const line of ['{"prompt":"x"}', '{"key":"a","response":{"candidates":[]}}']) {
      const { problems, rows, errors, sha256 } = await validate(`${line}\n${line}\n{broken\n`);
      assert.deepEqual(
        { problems, rows, errors, hash: sha256.length },
        { problems: [], rows: 3, errors: 0, hash: 64 },
      );
    }
    assert.equal((await validate('')).kind, 'none');
  });

  it('takes a kind that somebody knows better', async () => {
    assert.deepEqual(await found('{"key":"a","value":1}', { kind: 'gemini' }), [
      '0:0 missing-request',
      '0:11 ignored-field',
    ]);
  });

  it('names what is wrong with a file that is no JSON Lines', async () => {
    assert.deepEqual(await found(`[\n${good('a')},\n${good('b')}\n]`), ['0:0 file-array']);
    assert.deepEqual(await found(JSON.stringify(JSON.parse(good('a')), null, 2)), [
      '0:0 file-pretty-printed',
    ]);
    const utf16 = Buffer.from(`\ufeff${good('a')}\n`, 'utf16le');
    assert.deepEqual(await found(utf16), ['0:0 file-encoding']);
    assert.deepEqual(await found(utf16.subarray(2)), ['0:0 file-encoding']);
    assert.deepEqual(await found(Buffer.from(utf16).swap16()), ['0:0 file-encoding']);
    assert.deepEqual(await found(Buffer.from(utf16.subarray(2)).swap16()), ['0:0 file-encoding']);
  });

  it('tolerates a byte order mark', async () => {
    const { problems, kind } = await validate(`\ufeff${good('a')}\n${good('b')}`);
    assert.deepEqual({ problems, kind }, { problems: [], kind: 'gemini' });
  });

  it('finds bytes that are not UTF-8', async () => {
    const [before = '', after = ''] = good('a').split('Hi');
    const content = Buffer.concat([
      Buffer.from(before),
      Buffer.from([0xc3, 0x28]),
      Buffer.from(`${after}\n${good('b')}`),
    ]);
    assert.deepEqual(await found(content), [`0:${before.length} invalid-utf8`]);
  });

  it('finds NUL characters', async () => {
    assert.deepEqual(await found(`${good('a')}\n${good('b').replace('Hi', 'H\u0000i')}`), [
      `1:${good('b').indexOf('Hi') + 1} nul-character`,
    ]);
  });

  it('leaves long base64 out of the parse, not out of the check', async () => {
    const image = (data: string) =>
      `{"key":"a","request":{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"${data}"}}]}]}}`;
    const data = Buffer.alloc(30_000, 'abc').toString('base64');
    assert.deepEqual(await found(image(data)), []);
    assert.deepEqual(await found(image(`${data.slice(0, -8)}*${data.slice(-7)}`)), ['0:89 base64']);
    assert.deepEqual(await found(image(`data:image/png;base64,${data}`)), ['0:89 data-uri']);
    assert.deepEqual(await found(image(data.slice(1))), []);
    assert.deepEqual(await found(image(data).replace('{"parts"', '{"prts":1,"parts"')), [
      '0:35 unknown-field',
    ]);
    const audio = image(data).replace('image/png', 'audio/wav');
    assert.equal((await validate(audio)).estimatedTokens, Math.ceil((30_000 / 8000) * 32));
  });

  it('reads lines longer than what it reads at a time, and than what it can prove', async () => {
    const long = good('a').replace('Hi', 'x'.repeat(3 << 20));
    const longer = good('d').replace('Hi', 'x'.repeat(25 << 20));
    const tooLong = await validate(
      `${longer}\n${longer.replace('"d"', '"e"').replace('"parts"', '"prts"')}\n${good('f')}`,
    );
    assert.equal(tooLong.rows, 3);
    assert.deepEqual([...new Set(tooLong.problems.map(({ line }) => line))], [0, 1]);

    const content = `${long}\n${good('b')}\n${long.replace('"a"', '"c"').replace('"parts"', '"prts"')}`;
    const { rows, problems } = await validate(content);
    assert.equal(rows, 3);
    assert.deepEqual([...new Set(problems.map(({ line }) => line))], [2]);
  });

  it('reads on behind a line that is longer than any string', async () => {
    const path = file('');
    const descriptor = openSync(path, 'r+');
    // A hole, which takes no room on disk.
    const end = 600 * 1024 ** 2;
    try {
      writeSync(descriptor, `${good('a')}\n{"key":"b","request":{"contents":"`);
      ftruncateSync(descriptor, end);
      writeSync(descriptor, `\n${good('a')}\n`, end);
    } finally {
      closeSync(descriptor);
    }
    const { rows, problems } = await validateFile(path, { maxProblems: 10, workers: 0, hash: false });
    assert.equal(rows, 3);
    assert.deepEqual(
      problems.map(({ line, code }) => `${line} ${code}`),
      ['0 file-not-inline', '1 line-too-long', '2 duplicate-key'],
    );
    assert.match(problems[1]?.message ?? '', /600 MB; lines over 512 MB cannot be checked/);
  }).timeout(60_000);

  it('tells how far it is', async () => {
    const content = `${good('a')}\n`.repeat(40_000);
    const seen: number[] = [];
    await validate(content, { onProgress: ({ bytes, totalBytes }) => seen.push(bytes / totalBytes) });
    assert.ok(seen.length > 1);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    assert.equal(seen.at(-1), 1);
  });

  it('stops when asked to', async () => {
    const path = file(`${good('a')}\n`.repeat(40_000));
    const stop = new AbortController();
    const running = validateFile(path, {
      maxProblems: 1,
      workers: 0,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await assert.rejects(running, CancelledError);
    await assert.rejects(validateFile(path, { maxProblems: 1, signal: stop.signal }), CancelledError);
  });

  it("rejects with the file system's error", async () => {
    await assert.rejects(validateFile(join(directory, 'nothing'), { maxProblems: 1 }), { code: 'ENOENT' });
    await assert.rejects(validateFile(directory, { maxProblems: 1 }), { code: 'EISDIR' });
  });

  describe('on worker threads', () => {
    const support = join(import.meta.dirname, '../../support');
    const onWorkers = (path: string, script: string, options: Partial<ValidateFileOptions> = {}) =>
      validateFile(path, { maxProblems: 10, workers: 2, workerScript: join(support, script), ...options });
    /** Over one segment, with a bad line, a repeated key and a very long line across the borders of segments. */
    const large = () => {
      const filler = good('x').replace('Hi', 'y'.repeat(1 << 20));
      const lines = Array.from({ length: 8 }, (_, index) => filler.replace('"x"', `"k${index}"`));
      lines.splice(4, 0, good('long').replace('Hi', 'z'.repeat(40 << 20)));
      lines.push(good('bad').replace('"parts"', '"prts"'), good('k3'));
      return file(`${lines.join('\n')}\n`);
    };

    it('finds the same as on one thread', async () => {
      const path = large();
      const bytes: number[] = [];
      const threads = await onWorkers(path, 'validatorWorker.cjs', {
        onProgress: (progress) => bytes.push(progress.bytes),
      });
      const alone = await validateFile(path, { maxProblems: 10, workers: 0 });
      assert.deepEqual(threads, alone);
      assert.deepEqual(
        threads.problems.map(({ line, code }) => `${line} ${code}`),
        ['0 file-not-inline', '9 unknown-field', '10 duplicate-key'],
      );
      assert.equal(bytes.at(-1), threads.bytes);
      const [first, second] = await Promise.all(
        [2, 0].map((workers) =>
          validateFile(path, {
            ...{ maxProblems: 1, hash: false, workers },
            workerScript: join(support, 'validatorWorker.cjs'),
          }),
        ),
      );
      assert.deepEqual(first, second);
    }).timeout(120_000);

    it('says it in the language of the editor', async () => {
      const source = 'These bytes are not UTF-8, so a character is lost. Save the file as UTF-8.';
      const texts = { [source]: 'Das ist kein UTF-8.' };
      const content = Buffer.concat([
        Buffer.from(good('a').replace('Hi', 'x'.repeat(9 << 20))),
        Buffer.from('\n'),
        Buffer.from(good('b').replace('Hi', '\xe4'), 'latin1'),
      ]);
      const { problems } = await onWorkers(file(content), 'validatorWorker.cjs', { texts, hash: false });
      assert.deepEqual(
        problems.map(({ code, message }) => [code, code === 'invalid-utf8' ? message : '']),
        [['invalid-utf8', texts[source]]],
      );
    }).timeout(120_000);

    it('stops them when asked to', async () => {
      const stop = new AbortController();
      const running = onWorkers(large(), 'validatorWorker.cjs', {
        signal: stop.signal,
        onProgress: () => stop.abort(),
      });
      await assert.rejects(running, CancelledError);
    }).timeout(120_000);

    it('says so when one dies', async () => {
      const path = large();
      await assert.rejects(onWorkers(path, 'throwingWorker.cjs'), /validator thread failed: out of order/);
      await assert.rejects(onWorkers(path, 'leavingWorker.cjs'), /stopped unexpectedly \(code 3\)/);
    });
  });
});
