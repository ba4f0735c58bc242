import type { ResultSet } from './resultSet';
import { rowFlag } from './rowBatch';

/** Failed rows whose messages are read; more would not change which are frequent. */
const maxRead = 10_000;
const maxGroups = 6;

export interface FailureGroup {
  /** The first message of the group; empty for errors that say nothing but their code. */
  readonly message: string;
  /** The code of its first row, 0 for none. */
  readonly code: number;
  /** What to search for to find the group: the longest stretch that all its messages share. */
  readonly search: string;
  readonly rows: number;
}

/**
 * Errors of the service by message, most frequent first. Messages that differ only in numbers and ids are one group; errors
 * without a message are told apart by their codes.
 */
export async function failureGroups(set: ResultSet): Promise<FailureGroup[]> {
  const { results } = set;
  const rows: number[] = [];
  for (let row = 0; row < results.rows && rows.length < maxRead; row += 1) {
    if (results.hasFlag(row, rowFlag.error)) rows.push(row);
  }
  const groups = new Map<string, Omit<FailureGroup, 'search'> & { rows: number }>();
  for (let from = 0; from < rows.length; from += 200) {
    for (const { preview, errorCode: code } of await set.summaries(rows.slice(from, from + 200))) {
      const message = preview.slice(0, 200);
      const shape = message === '' ? `code ${code}` : `"${message.replaceAll(varying, '#')}"`;
      const group = groups.get(shape) ?? { message, code, rows: 0 };
      group.rows += 1;
      groups.set(shape, group);
    }
  }
  return [...groups.values()]
    .sort((a, b) => b.rows - a.rows)
    .slice(0, maxGroups)
    .map((group) => ({ ...group, search: commonPart(group.message) }));
}

/** Numbers and quoted names: what differs between messages that say the same. */
const varying = /\d+|'[^']*'|"[^"]*"/g;

function commonPart(message: string): string {
  const pieces = message.split(varying).map((piece) => piece.trim());
  return pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
}
