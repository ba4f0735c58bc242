import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportEmbeddings } from '../../../src/results/export/exportEmbeddings';
import { exportImages, extensionOf, FileNames } from '../../../src/results/export/exportImages';
import {
  csvColumns,
  csvLine,
  exportCsv,
  exportMerged,
  MemberFinder,
  type CsvOptions,
} from '../../../src/results/export/exportRows';
import { OutputFile } from '../../../src/results/export/outputFile';
import { allRows } from '../../../src/shared/resultsMessages';
import { CancelledError } from '../../../src/util/async';
import { answer, ended, openSet, request, Scratch } from './support';

const scratch = new Scratch();
after(() => scratch.remove());
const target = (name: string) => join(scratch.directory, name);
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('exportMerged', () => {
  it('writes requests and results byte for byte, in the order of the rows', async () => {
    const requests = scratch.file(
      `${JSON.stringify(request('a'))}\n{"key":"b","request":{"n":1.0,"big":12345678901234567890}}\nnonsense\n`,
    );
    const results = scratch.file(
      `${JSON.stringify({ key: 'b', error: { code: 3 }, response: null })}\n${JSON.stringify(answer('x'))}\n{"key":"a","resp\n`,
    );
    const set = await openSet(results, requests);
    const path = target('merged.jsonl');
    const seen: number[] = [];
    const rows = await exportMerged(set, set.order(allRows), path, {
      onProgress: (fraction) => seen.push(fraction),
    });
    assert.equal(rows, 5);
    const text = readFileSync(path, 'utf8');
    assert.ok(text.includes('"request":{"n":1.0,"big":12345678901234567890}'), text);
    assert.deepEqual(
      linesOf(path).map(({ key, outcome, ...rest }) => [key, outcome, Object.keys(rest)]),
      [
        ['a', 'missing', ['request']],
        ['b', 'failed', ['request', 'error']],
        [undefined, 'missing', ['brokenRequest']],
        ['x', 'unexpected', ['response']],
        [undefined, 'failed', ['brokenResult']],
      ],
    );
    assert.ok(text.includes('"brokenRequest":"nonsense"'));
    assert.ok(text.includes('"brokenResult":'));
    assert.equal(seen[0], 0);
    set.dispose();
  });

  it('never takes the place of a file, and leaves nothing behind when it is cancelled', async () => {
    const set = await openSet(scratch.lines([answer('a')]));
    const taken = target('taken.jsonl');
    writeFileSync(taken, 'mine');
    await assert.rejects(exportMerged(set, set.order(allRows), taken), { code: 'EEXIST' });
    assert.equal(readFileSync(taken, 'utf8'), 'mine');
    const free = target('free.jsonl');
    await assert.rejects(
      exportMerged(set, set.order(allRows), free, { signal: AbortSignal.abort() }),
      CancelledError,
    );
    assert.deepEqual(
      readdirSync(scratch.directory).filter((name) => /free|part/.test(name)),
      [],
    );
    set.dispose();
  });
});

describe('MemberFinder', () => {
  const find = (line: string) => {
    const found = new MemberFinder(['error', 'response']).find(Buffer.from(line));
    return found === undefined ? undefined : [found.name, Buffer.from(found.value as string).toString()];
  };
  const table: [name: string, line: string, found: (string | undefined)[] | undefined][] = [
    ['byte for byte', '{"key":"a","response":{ "n": 1.0 }}', ['response', '{ "n": 1.0 }']],
    ['an error beside a response', '{"response":{},"error":{"code":3}}', ['error', '{"code":3}']],
    ['no error', '{"error":null,"response":{}}', ['response', '{}']],
    ['the last of two', '{"response":{"n":1},"response":{"n":2}}', ['response', '{"n":2}']],
    ['a name with escapes', '{"\\u0072esponse":{"n":1}}', ['response', '{"n":1}']],
    ['neither', '{"candidates":[]}', [undefined, '{"candidates":[]}']],
    ['no JSON behind the member', '{"response":{},"x":[1,]}', undefined],
    ['no object', '[]', undefined],
  ];
  for (const [name, line, found] of table) it(`finds ${name}`, () => assert.deepEqual(find(line), found));
});

describe('exportCsv', () => {
  it('writes no formulas unless it is told to', async () => {
    const cells: [text: string, guarded: string][] = [
      ['=1+1', "'=1+1"],
      ['+cmd|x', "'+cmd|x"],
      ['-x', "'-x"],
      ['@SUM(A1)', "'@SUM(A1)"],
      [' =1', "' =1"],
      ['\t=1', "'\t=1"],
      ['\uff1d1', "'\uff1d1"],
      ['-5', '-5'],
      ['+1.5e3', '+1.5e3'],
      ['a=b', 'a=b'],
    ].map(([text = '', guarded = '']) => [text, guarded]);
    const set = await openSet(scratch.lines(cells.map(([text], row) => answer(`=k${row}`, text))));
    const written = async (name: string, options: CsvOptions) => {
      await exportCsv(set, set.order(allRows), target(name), ['key', 'answer'], ['/=x'], options);
      return readFileSync(target(name), 'utf8').split('\r\n').slice(0, -1);
    };
    assert.deepEqual(await written('guarded.csv', {}), [
      "key,answer,'=x",
      ...cells.map(([, guarded], row) => `'=k${row},${guarded},`),
    ]);
    const plain = await written('plain.csv', { formulas: 'asWritten' });
    assert.deepEqual([plain[0], plain[1], plain[8]], ['key,answer,=x', '=k0,=1+1,', '=k7,-5,']);
    set.dispose();
  });

  it('quotes what needs it and adds columns from JSON answers', async () => {
    const set = await openSet(
      scratch.lines([
        answer('a,1', '{"label":"say \\"hi\\"","at":{"city":"Rome"}}'),
        ended('b', 'MAX_TOKENS', 'two\nlines'),
        { key: 'c', error: { code: 3, message: ' padded ' } },
        '{"broken',
      ]),
    );
    const path = target('rows.csv');
    await exportCsv(
      set,
      set.order(allRows),
      path,
      ['key', 'outcome', 'reason', 'error_code', 'error_message', 'answer'],
      ['/label', '/at/city'],
    );
    assert.equal(
      readFileSync(path, 'utf8'),
      [
        'key,outcome,reason,error_code,error_message,answer,label,at.city',
        '"a,1",ok,STOP,,,"{""label"":""say \\""hi\\"""",""at"":{""city"":""Rome""}}","say ""hi""",Rome',
        'b,truncated,MAX_TOKENS,,,"two\nlines",,',
        'c,failed,,3," padded ",,,',
        ',failed,,,"{""broken",,,',
        '',
      ].join('\r\n'),
    );
    set.dispose();
  });

  it('writes numbers of answers as they were written', async () => {
    const set = await openSet(scratch.lines([answer('a', '{"id":12345678901234567891,"price":-0.10}')]));
    const path = target('numbers.csv');
    await exportCsv(set, set.order(allRows), path, ['key'], ['/id', '/price']);
    assert.equal(readFileSync(path, 'utf8'), 'key,id,price\r\na,12345678901234567891,-0.10\r\n');
    set.dispose();
  });

  it('writes every column it offers, for missing rows too', async () => {
    const set = await openSet(
      scratch.lines([answer('a', 'x', { modelVersion: 'm' })]),
      scratch.lines([request('a'), request('b')]),
    );
    const path = target('all.csv');
    await exportCsv(set, set.order(allRows), path, csvColumns, []);
    assert.deepEqual(readFileSync(path, 'utf8').split('\r\n').slice(1), [
      'a,ok,STOP,,,x,10,2,0,m',
      'b,missing,,,,,,,,',
      '',
    ]);
    set.dispose();
  });

  it('ends a line as RFC 4180 does', () => assert.equal(csvLine(['a', 'b"c']), 'a,"b""c"\r\n'));
});

describe('exportImages', () => {
  it('names pictures after their keys in a folder of their own', async () => {
    const picture = (key: string, mimes: string[]) => ({
      key,
      response: {
        candidates: [
          {
            content: {
              parts: mimes.map((mimeType) => ({
                inlineData: { mimeType, data: Buffer.from(key).toString('base64') },
              })),
            },
            finishReason: 'STOP',
          },
        ],
      },
    });
    const set = await openSet(
      scratch.lines([
        picture('../../etc/passwd', ['image/png']),
        picture('a.jpg', ['image/jpeg', 'image/jpeg', 'audio/wav']),
        answer('text'),
      ]),
    );
    const folder = target('images');
    assert.equal(await exportImages(set, set.order(allRows), folder), 3);
    assert.deepEqual(readdirSync(folder).sort(), ['_.._etc_passwd.png', 'a (2).jpg', 'a.jpg']);
    assert.equal(readFileSync(join(folder, 'a.jpg'), 'utf8'), 'a.jpg');
    await assert.rejects(exportImages(set, set.order(allRows), folder), { code: 'EEXIST' });
    set.dispose();
  });

  it('leaves no folder behind when it is cancelled', async () => {
    const picture = { inlineData: { mimeType: 'image/png', data: 'AAAA' } };
    const lines = Array.from({ length: 3 }, (_, row) =>
      answer(`k${row}`, '', { candidates: [{ content: { parts: [picture] } }] }),
    );
    const set = await openSet(scratch.lines(lines));
    const stop = new AbortController();
    const onProgress = (fraction: number) => {
      if (fraction > 0.3) stop.abort();
    };
    const folder = target('cancelled images');
    await assert.rejects(
      exportImages(set, set.order(allRows), folder, { signal: stop.signal, onProgress }),
      CancelledError,
    );
    assert.deepEqual(
      readdirSync(scratch.directory).filter((name) => name.includes('cancelled')),
      [],
    );
    set.dispose();
  });

  const names: [string, string][] = [
    ['con.tar', '_con.tar.png'],
    ['com\u00b9', '_com\u00b9.png'],
    ['aux .x', '_aux .x.png'],
    ['console', 'console.png'],
    ['漢'.repeat(99), `${'漢'.repeat(66)}.png`],
    [`${'x'.repeat(99)}𝒳`, `${'x'.repeat(99)}.png`],
    [`${'x'.repeat(98)} . y`, `${'x'.repeat(98)}.png`],
    ['plain', 'plain.png'],
    ['a/b\\c:d', 'a_b_c_d.png'],
    ['CON', '_CON.png'],
    ['', '_.png'],
    ['...', '_.png'],
    ['ümlaut 漢字', 'ümlaut 漢字.png'],
    ['x'.repeat(300), `${'x'.repeat(100)}.png`],
    ['\u202eevil', '_evil.png'],
  ];
  for (const [key, name] of names) {
    it(`makes ${JSON.stringify(key.slice(0, 20))} a legal name`, () =>
      assert.equal(new FileNames().next(key, 'png'), name));
  }

  it('tells names apart that a file system may not', () => {
    const fresh = new FileNames();
    assert.deepEqual(
      [fresh.next('A', 'png'), fresh.next('a', 'png'), fresh.next('a', 'gif')],
      ['A.png', 'a (2).png', 'a.gif'],
    );
  });

  it('knows extensions, also not of types that are named like properties', () => {
    assert.equal(extensionOf('image/JPEG; q=1'), 'jpg');
    assert.equal(extensionOf('constructor'), 'bin');
  });
});

describe('exportEmbeddings', () => {
  it('writes an array that NumPy reads, with keys beside it', async () => {
    const embedding = (key: string, values: number[]) => ({ key, response: { embedding: { values } } });
    const set = await openSet(
      scratch.lines([embedding('a', [1, -2]), answer('no'), embedding('b', [1]), embedding('c\n', [0.5, 3])]),
    );
    const targets = { array: target('v.npy'), keys: target('v.keys.jsonl') };
    assert.deepEqual(await exportEmbeddings(set, set.order(allRows), targets), { rows: 2, leftOut: 1 });
    const bytes = readFileSync(targets.array);
    assert.equal(bytes.subarray(1, 6).toString(), 'NUMPY');
    const headerLength = bytes.readUInt16LE(8);
    assert.equal((headerLength + 10) % 64, 0);
    assert.match(
      bytes.toString('latin1', 10, 10 + headerLength),
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 2\), \} *\n$/,
    );
    const data = bytes.subarray(10 + headerLength);
    assert.deepEqual(
      [0, 4, 8, 12].map((at) => data.readFloatLE(at)),
      [1, -2, 0.5, 3],
    );
    assert.equal(readFileSync(targets.keys, 'utf8'), '"a"\n"c\\n"\n');
    set.dispose();
  });

  it('takes back what it wrote when one of the two cannot be written', async () => {
    const set = await openSet(scratch.lines([{ key: 'a', response: { embedding: { values: [1] } } }]));
    const targets = { array: target('w.npy'), keys: target('w.keys.jsonl') };
    writeFileSync(targets.array, 'mine');
    await assert.rejects(exportEmbeddings(set, set.order(allRows), targets), { code: 'EEXIST' });
    assert.equal(existsSync(targets.keys), false);
    set.dispose();
  });
});

describe('OutputFile', () => {
  it('leaves nothing when it cannot be put in place at the end', async () => {
    const set = await openSet(scratch.lines([{ key: 'a', response: { embedding: { values: [1] } } }]));
    const targets = { array: target('late.npy'), keys: target('late.keys.jsonl') };
    // Somebody takes the second name while the first one is written.
    const onProgress = () => writeFileSync(targets.keys, 'mine');
    const writing = exportEmbeddings(set, set.order(allRows), targets, { onProgress });
    await assert.rejects(writing, { code: 'EEXIST' });
    assert.deepEqual(
      readdirSync(scratch.directory).filter((name) => name.startsWith('late')),
      ['late.keys.jsonl'],
    );
    assert.equal(readFileSync(targets.keys, 'utf8'), 'mine');
    set.dispose();
  });

  it('refuses while another export writes the same file', async () => {
    const path = target('double.txt');
    await OutputFile.write(path, async (output) => {
      await output.write('first');
      await assert.rejects(
        OutputFile.write(path, () => Promise.resolve()),
        { code: 'EEXIST' },
      );
    });
    assert.equal(readFileSync(path, 'utf8'), 'first');
  });
});
