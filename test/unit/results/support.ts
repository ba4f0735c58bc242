import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalScanner } from '../../../src/results/scanner';
import { ResultSet } from '../../../src/results/resultSet';

/** A directory for the tests of one file, gone afterwards. */
export class Scratch {
  readonly directory = mkdtempSync(join(tmpdir(), 'results-'));
  private count = 0;

  /** Writes a file under a name of its own and returns its path. */
  file(content: string | Uint8Array, name = `file${(this.count += 1)}.jsonl`): string {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return path;
  }

  lines(values: readonly unknown[], name?: string): string {
    return this.file(
      values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join(''),
      name,
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A well-finished answer with one text. */
export function answer(key: string, text = 'yes', more: object = {}): object {
  return {
    key,
    response: {
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2, totalTokenCount: 12 },
      ...more,
    },
  };
}

/** An answer that ended for another reason. */
export function ended(key: string, finishReason: string, text = 'partial'): object {
  return {
    key,
    response: { candidates: [{ content: { parts: text === '' ? [] : [{ text }] }, finishReason }] },
  };
}

export function request(key: string, text = 'a question'): object {
  return { key, request: { contents: [{ parts: [{ text }] }] } };
}

/** A result set over files that is completely indexed. */
export async function openSet(results: string, requests?: string): Promise<ResultSet> {
  const set = await ResultSet.open({
    results,
    ...(requests === undefined ? {} : { requests }),
    scanner: new LocalScanner(),
  });
  await set.ready;
  return set;
}
