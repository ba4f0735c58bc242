import { estimateText } from '../../dialects';

/** More characters than a token ever stands for. */
const mostPerToken = 6;

/** Cuts a text to at most `tokens` tokens by the same estimate that counts them, not inside a surrogate pair. */
export function cutToTokens(text: string, tokens: number): string {
  let cut = text.slice(0, tokens * mostPerToken);
  for (let most = estimateText(cut); most > tokens; most = estimateText(cut))
    cut = cut.slice(0, Math.min(cut.length - 1, Math.floor((cut.length * tokens) / most)));
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

export type Modality = 'TEXT' | 'IMAGE' | 'AUDIO' | 'VIDEO' | 'DOCUMENT';

export function modalityOf(mimeType: string): Modality {
  if (mimeType.startsWith('image/')) return 'IMAGE';
  if (mimeType.startsWith('audio/')) return 'AUDIO';
  if (mimeType.startsWith('video/')) return 'VIDEO';
  return mimeType.startsWith('text/') ? 'TEXT' : 'DOCUMENT';
}

/** Tokens of a medium of `bytes` bytes: a flat price for a picture, by size for what lasts. */
export function mediaTokens(modality: Modality, bytes: number): number {
  switch (modality) {
    case 'IMAGE':
      return 258;
    case 'AUDIO':
      return Math.max(32, Math.ceil(bytes / 500));
    case 'VIDEO':
      return Math.max(263, Math.ceil(bytes / 1000));
    case 'DOCUMENT':
      return 258 * Math.max(1, Math.ceil(bytes / 50_000));
    case 'TEXT':
      return Math.ceil(bytes / 4);
  }
}

/** Token counts by modality, as `usageMetadata` lists them. */
export class TokenTally {
  private readonly counts = new Map<Modality, number>();

  add(modality: Modality, tokens: number): void {
    if (tokens > 0) this.counts.set(modality, (this.counts.get(modality) ?? 0) + tokens);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get details(): { modality: Modality; tokenCount: number }[] {
    return [...this.counts].map(([modality, tokenCount]) => ({ modality, tokenCount }));
  }
}
