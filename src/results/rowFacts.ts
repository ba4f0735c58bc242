import { contentKind } from '../shared/contentKinds';
import type { Outcome } from '../shared/outcome';
import type { ReasonClass } from './reasons';

/** Content that counts as an answer: a row that finished well without any of it has none. */
const answers =
  contentKind.text |
  contentKind.image |
  contentKind.audio |
  contentKind.media |
  contentKind.functionCall |
  contentKind.code |
  contentKind.embedding |
  contentKind.file |
  contentKind.other;

/** What the index keeps of one result line. One instance is reused for every line of a pass. */
export class RowFacts {
  /** The line is no JSON object. */
  broken = false;
  /** The service answered with an error instead of a response. */
  hasError = false;
  /** google.rpc code, or HTTP status on the OpenAI-compatible layer; 0 when there is none. */
  errorCode = 0;
  /** Why the prompt was refused; empty when it was not. A code of the pass's reason table. */
  blockReason = 0;
  /** Finish reason of the first candidate that did not finish well, else of the first one. */
  reason = 0;
  candidates = 0;
  kinds = 0;
  input = 0;
  output = 0;
  thinking = 0;
  cached = 0;
  /** Where the value worth showing first begins, in bytes from the line's start; 0: read the whole line. */
  previewAt = 0;

  reset(): void {
    this.broken = false;
    this.hasError = false;
    this.errorCode = 0;
    this.previewAt = 0;
    this.forgetAnswer();
  }

  /** As if there were no response: an error beside one counts alone. */
  forgetAnswer(): void {
    this.blockReason = 0;
    this.reason = 0;
    this.candidates = 0;
    this.kinds = 0;
    this.input = 0;
    this.output = 0;
    this.thinking = 0;
    this.cached = 0;
  }
}

/**
 * The verdict on a result line before it is joined to its request.
 * @param reasonClass class of `facts.reason`
 */
export function outcomeOf(
  facts: RowFacts,
  reasonClass: ReasonClass,
): Exclude<Outcome, 'missing' | 'unexpected'> {
  if (facts.broken || facts.hasError) return 'failed';
  if (facts.blockReason !== 0) return 'blocked';
  if ((facts.kinds & contentKind.embedding) !== 0) return 'ok';
  if (facts.candidates === 0) return 'failed';
  if (reasonClass !== 'ok') return reasonClass;
  // The service calls an empty answer a success; nobody who asked a question does.
  return (facts.kinds & answers) === 0 ? 'failed' : 'ok';
}
