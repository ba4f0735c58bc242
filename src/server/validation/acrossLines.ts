import {
  commonFacts,
  duplicateKeyProblem,
  locateKey,
  oddFactProblem,
  severityOf,
  type LocatedString,
  type Problem,
  type RuleSettings,
  type Severity,
} from '../../dialects';
import type { LineProblem } from '../../shared/lsp';
import type { LineReader } from './lineReader';
import type { CommonFactName, SegmentResult, ValueLines } from './protocol';
import { repeatedHashes } from './repeatedKeys';

/** Problems between lines: how many, and the first of them in order. */
export interface AcrossLines {
  readonly severity: Severity | 'off';
  readonly count: number;
  readonly problems: readonly LineProblem[];
}

/** Keys that several lines have. */
export async function duplicateKeys(
  results: readonly SegmentResult[],
  reader: LineReader,
  rules: RuleSettings,
  most: number,
): Promise<AcrossLines> {
  const severity = severityOf('duplicate-key', rules);
  if (severity === 'off') return { severity, count: 0, problems: [] };
  const { count, first } = await repeatedHashes(
    results.map(({ keyHashes }) => keyHashes),
    most,
  );
  const problems: LineProblem[] = [];
  let chance = 0;
  for (const { line, earlier } of first) {
    const [text, earlierText] = [await reader.read(line), await reader.read(earlier)];
    const key = text === undefined ? undefined : locateKey(text);
    const earlierKey = earlierText === undefined ? undefined : locateKey(earlierText);
    if (key === undefined || key.value !== earlierKey?.value) {
      chance += 1;
      continue;
    }
    add(problems, line, duplicateKeyProblem(key.value, key, { ...spanOf(earlierKey), line: earlier }, rules));
  }
  return { severity, count: count - chance, problems };
}

/** OpenAI lines that name something else than the file's first, which all should have in common. */
export async function oddLines(
  name: CommonFactName,
  results: readonly SegmentResult[],
  reader: LineReader,
  rules: RuleSettings,
  most: number,
): Promise<AcrossLines> {
  const fact = commonFacts[name];
  const severity = severityOf(fact.rule, rules);
  const [main, ...others] = valuesInOrder(results, name);
  if (main === undefined || others.length === 0 || severity === 'off') {
    return { severity, count: 0, problems: [] };
  }
  const firstLine = main.firstLines[0] ?? 0;
  const firstText = await reader.read(firstLine);
  const first = firstText === undefined ? undefined : fact.locate(firstText);
  const problems: LineProblem[] = [];
  const lines = others.flatMap((other) => other.firstLines).sort((a, b) => a - b);
  for (const line of lines.slice(0, most)) {
    const text = await reader.read(line);
    const own = text === undefined ? undefined : fact.locate(text);
    if (own === undefined || first === undefined) continue;
    const place = { ...spanOf(first), line: firstLine, value: main.value };
    add(problems, line, oddFactProblem(fact, own.value, own, place, rules));
  }
  return { severity, count: others.reduce((sum, other) => sum + other.count, 0), problems };
}

/** What the whole file names, that of the first line first; lines numbered from the file's beginning. */
function valuesInOrder(results: readonly SegmentResult[], name: CommonFactName): ValueLines[] {
  const values = new Map<string, { value: string; count: number; firstLines: number[] }>();
  let before = 0;
  for (const result of results) {
    for (const { value, count, firstLines } of result.common[name]) {
      const known = values.get(value) ?? { value, count: 0, firstLines: [] };
      values.set(value, known);
      known.count += count;
      for (const line of firstLines) known.firstLines.push(line + before);
    }
    before += result.lines;
  }
  return [...values.values()];
}

function spanOf({ start, end }: LocatedString): { readonly start: number; readonly end: number } {
  return { start, end };
}

function add(problems: LineProblem[], line: number, problem: Problem | undefined): void {
  if (problem === undefined) return;
  const { start, end, severity, code, message, related } = problem;
  problems.push({
    ...{ line, start, end, severity, code, message },
    ...(related && { related: related.map((place) => ({ line, ...place })) }),
  });
}
