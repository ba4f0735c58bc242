import * as l10n from '@vscode/l10n';
import { weighLine } from '../../dialects';
import type { Dialect } from '../../shared/dialect';
import { readLineBatches, type ByteLine } from '../../util/lines';

/** Where a request file is cut. Every limit holds for each part; at least one is given. */
export interface PartLimits {
  readonly maxBytes?: number;
  readonly maxRows?: number;
  /** Input tokens by the local estimate. */
  readonly maxTokens?: number;
}

/** A piece of a request file that ends at a line boundary. */
export interface PlannedPart {
  /** First byte, and the one after the last. */
  readonly start: number;
  readonly end: number;
  readonly rows: number;
}

/** A request that does not fit into any part. `message` is for a person. */
export class PartError extends Error {
  override readonly name = 'PartError';
}

/**
 * Cuts a file into the fewest consecutive parts within the limits, reading it once as a stream. Blank lines belong to the part
 * before them. Rejects with {@link PartError} when a single line is over a limit.
 */
export async function planParts(
  path: string,
  dialect: Dialect,
  limits: PartLimits,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (bytes: number) => void } = {},
): Promise<readonly PlannedPart[]> {
  const parts: PlannedPart[] = [];
  let part = { start: 0, rows: 0, tokens: 0 };
  let end = 0;
  for await (const batch of readLineBatches(path, options.signal && { signal: options.signal })) {
    for (const line of batch) {
      if (isBlank(line.bytes)) {
        end = line.offset + line.bytes.length;
        continue;
      }
      const tokens = limits.maxTokens === undefined ? 0 : weighLine(line.bytes.toString('utf8'), dialect);
      const lineEnd = line.offset + line.bytes.length;
      checkAlone(line, tokens, limits);
      const fits =
        part.rows + 1 <= (limits.maxRows ?? Infinity) &&
        // One more for the line break, which the last line of a part gets in any case.
        lineEnd + 1 - part.start <= (limits.maxBytes ?? Infinity) &&
        part.tokens + tokens <= (limits.maxTokens ?? Infinity);
      if (!fits && part.rows > 0) {
        parts.push({ start: part.start, end: line.offset, rows: part.rows });
        part = { start: line.offset, rows: 0, tokens: 0 };
      }
      part.rows += 1;
      part.tokens += tokens;
      end = lineEnd;
    }
    options.onProgress?.(end);
  }
  if (part.rows > 0) parts.push({ start: part.start, end, rows: part.rows });
  return parts;
}

function checkAlone(line: ByteLine, tokens: number, { maxBytes, maxTokens }: PartLimits): void {
  const at = line.index + 1;
  if (maxBytes !== undefined && line.bytes.length + 1 > maxBytes) {
    throw new PartError(
      l10n.t('Line {0} alone has {1} bytes; a part may have {2}.', at, line.bytes.length, maxBytes),
    );
  }
  if (maxTokens !== undefined && tokens > maxTokens) {
    throw new PartError(
      l10n.t('Line {0} alone has about {1} tokens; a part may have {2}.', at, tokens, maxTokens),
    );
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
