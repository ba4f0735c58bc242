import assert from 'node:assert/strict';
import {
  partsNeeded,
  refusePointless,
  submissionQuestion,
} from '../../../../src/commands/submission/submissionPlan';
import { CommandWorld } from '../../../support/commandWorld';
import { at, makeJob } from '../../../support/jobs';
import { duplicate, overBudget, tooLarge, unknownModel } from './findings';

const price = {
  inputUsd: 0.02,
  rates: { input: 0.375, output: 1.875 },
  source: 'the price list of 2026-11-01',
  uncertain: false,
};

const world = new CommandWorld();

describe('the question before a submission', () => {
  const plan = () => ({
    file: '/home/me/a.jsonl',
    model: 'flash',
    displayName: 'n',
    connection: 'Gemini',
    free: false,
    warnings: 0,
    preflight: world.preflight,
    now: at('2026-11-21T10:00:00'),
  });
  const priceLine = (more: object) =>
    submissionQuestion({ ...plan(), preflight: { ...world.preflight, price: { ...price, ...more } } })
      .detail?.split('\n')
      .find((line) => line.startsWith('Price'));

  it('names the price as exactly as it is known', () => {
    assert.match(submissionQuestion(plan()).detail ?? '', /Price: not known for this model/);
    assert.equal(
      priceLine({ expectedUsd: 0.13 }),
      'Price: about $0.13, of which input $0.02 (batch rates of the price list of 2026-11-01)',
    );
    assert.equal(
      priceLine({ atMostUsd: 1234.5 }),
      'Price: $0.02 for the input, at most $1,234.50 with the output (batch rates of the price list of 2026-11-01)',
    );
    assert.match(priceLine({}) ?? '', /\$0\.02 for the input, and \$1\.88 per million tokens of output/);
  });

  it('says how the tokens were counted, and warnings of file and preflight', () => {
    const { detail } = submissionQuestion({
      ...plan(),
      warnings: 3,
      preflight: {
        ...world.preflight,
        input: { tokens: 840_000, error: 0.04, basis: 'counted', sampled: 8 },
        findings: [duplicate, { severity: 'info', code: 'priceUnknown', message: 'hidden' }],
      },
    });
    assert.match(detail ?? '', /about 840 k tokens \(± 4 %, from 8 rows that the service counted\)/);
    assert.match(detail ?? '', /Warnings in the file: 3/);
    assert.match(detail ?? '', /⚠ The same requests were submitted before\./);
    assert.doesNotMatch(detail ?? '', /hidden/);
  });

  it('names the earlier job of the same requests, and that it is paid again where it is', () => {
    const preflight = { ...world.preflight, findings: [duplicate], duplicates: [makeJob()] };
    const doubt = (free: boolean) =>
      submissionQuestion({ ...plan(), free, preflight }).detail?.split('⚠ ')[1];
    const text = 'The same requests were submitted before: “reviews” (succeeded · 1 ok · 2 h ago).';
    assert.equal(doubt(true), text);
    assert.equal(doubt(false), `${text} They would be paid for again.`);
  });

  it('warns only where there is something to warn of', () => {
    assert.equal(submissionQuestion(plan()).severity, 'information');
    const preflight = { ...world.preflight, findings: [duplicate] };
    assert.equal(submissionQuestion({ ...plan(), preflight }).severity, 'warning');
  });

  it('speaks of no money where there is none', () => {
    const { detail } = submissionQuestion({
      ...plan(),
      free: true,
      preflight: { ...world.preflight, price, findings: [overBudget] },
    });
    assert.doesNotMatch(detail ?? '', /\$/);
  });
});

describe('partsNeeded', () => {
  const size = {
    rows: 1000,
    bytes: 5000,
    input: { tokens: 20_000, error: 0, basis: 'local', sampled: 0 },
  } as const;
  for (const [what, service, person, expected] of [
    ['what fits', { maxFileBytes: 5000 }, [0, 0], undefined],
    ['too many bytes', { maxFileBytes: 4999 }, [0, 0], { maxBytes: 4999 }],
    [
      'too many rows for the service',
      { maxFileBytes: 9999, maxRows: 999 },
      [0, 0],
      { maxBytes: 9999, maxRows: 999 },
    ],
    [
      'too many rows for the person',
      { maxFileBytes: 9999, maxRows: 2000 },
      [500, 0],
      { maxBytes: 9999, maxRows: 500 },
    ],
    ['too many tokens', { maxFileBytes: 9999 }, [0, 10_000], { maxBytes: 9999, maxTokens: 10_000 }],
  ] as const) {
    it(`sees ${what}`, () => {
      const [maxRows, maxTokens] = person;
      assert.deepEqual(partsNeeded(size, service, { maxRows, maxTokens }), expected);
    });
  }
});

describe('refusePointless', () => {
  it('refuses what cannot succeed, and lets parts mend what they can', () => {
    assert.throws(() => refusePointless([tooLarge], false), /Too large/);
    assert.doesNotThrow(() => refusePointless([tooLarge, duplicate], true));
    assert.throws(() => refusePointless([tooLarge, unknownModel], true), /No such model/);
  });
});
