import { contentKind } from '../shared/contentKinds';
import { Members, refuse, unusual, type ByteSpan } from './byteCursor';
import { KeyedLine } from './keyScanner';
import type { ReasonTable } from './reasons';
import { clampCode } from './resultLine';
import type { RowFacts } from './rowFacts';
import type { ScanMemory } from './scanMemory';

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;
const backslash = 0x5c;

const stop = 'STOP';

function isStop(buffer: Buffer, start: number, end: number): boolean {
  if (end - start !== stop.length) return false;
  for (let at = 0; at < stop.length; at += 1) if (buffer[start + at] !== stop.charCodeAt(at)) return false;
  return true;
}

/** What is known so far of the part that is being read. */
class PartFacts {
  kind = 0;
  thought = false;
  hasText = false;
  textAt = 0;

  reset(): void {
    this.kind = 0;
    this.thought = false;
    this.hasText = false;
  }
}

/**
 * Reads of a result line what the index keeps, on bytes, in one pass. Says of anything unusual that it cannot; the
 * line then goes through {@link readResultLine}, and the two agree on every line that both read (property-tested).
 */
export class FastLineScanner extends KeyedLine {
  private start = 0;
  /** What the preview shows now: the better kind wins, the earlier of equals. */
  private previewRank = 0;
  private usageInput = 0;
  private hasUsage = false;
  private tokenCount = 0;
  private finishedBadly = false;
  private readonly candidate = { reason: 0 };
  private readonly part = new PartFacts();
  private mediaKind = 0;
  private readonly span: ByteSpan = { start: 0, end: -1 };

  constructor(
    private readonly reasons: ReasonTable,
    private readonly facts: RowFacts,
    memory?: ScanMemory,
  ) {
    super(memory);
    this.reasonOfStop = reasons.code(stop);
  }

  private readonly reasonOfStop: number;

  /**
   * Reads the line in `buffer[start, end)` into the facts given at construction and its key's place into `key`.
   * @returns false when the line has to be read by JSON.parse; the facts are then meaningless.
   */
  scan(buffer: Buffer, start: number, end: number, key: ByteSpan): boolean {
    this.start = start;
    this.facts.reset();
    this.previewRank = 0;
    this.usageInput = 0;
    this.hasUsage = false;
    this.tokenCount = 0;
    this.finishedBadly = false;
    if (!this.findsKey(buffer, start, end, this.lineMembers, key)) return false;
    this.finish();
    return true;
  }

  private finish(): void {
    const { facts } = this;
    if (facts.hasError) {
      facts.forgetAnswer();
      return;
    }
    facts.input = this.hasUsage ? this.usageInput : this.tokenCount;
    if (facts.candidates > 1) facts.kinds |= contentKind.candidates;
  }

  // Members that are refused mean a shape which JSON.parse's half reads: bare responses, embeddings as a list, the OpenAI layer.

  private readonly lineMembers = new Members({
    ...this.keyMembers,
    response: () => this.readObject(this.responseMembers),
    error: () => this.readError(),
    status: refuse,
    candidates: refuse,
    promptFeedback: refuse,
    usageMetadata: refuse,
    embedding: refuse,
    embeddings: refuse,
    choices: refuse,
  });

  private readonly errorMembers = new Members({
    code: () => (this.facts.errorCode = clampCode(this.readInteger())),
    message: () => this.preview(9),
  });

  private readonly responseMembers = new Members({
    candidates: () => this.readArray(this.readCandidate),
    usageMetadata: () => {
      this.hasUsage = true;
      this.readObject(this.usageMembers);
    },
    embedding: () => this.readObject(this.embeddingMembers),
    tokenCount: () => (this.tokenCount = this.readCount()),
    promptFeedback: () => this.readObject(this.feedbackMembers),
    embeddings: refuse,
    choices: refuse,
    body: refuse,
    data: refuse,
    usage: refuse,
    status_code: refuse,
  });

  private readonly usageMembers = new Members({
    promptTokenCount: () => (this.usageInput += this.readCount()),
    toolUsePromptTokenCount: () => (this.usageInput += this.readCount()),
    candidatesTokenCount: () => (this.facts.output = this.readCount()),
    thoughtsTokenCount: () => (this.facts.thinking = this.readCount()),
    cachedContentTokenCount: () => (this.facts.cached = this.readCount()),
  });

  private readonly feedbackMembers = new Members({
    blockReason: () => (this.facts.blockReason = this.readReason()),
  });

  private readonly embeddingMembers = new Members({ values: () => this.readValues() });

  private readonly candidateMembers = new Members({
    content: () => this.readObject(this.contentMembers),
    finishReason: () => (this.candidate.reason = this.readReason()),
    groundingMetadata: () => {
      if (this.peek() === openBrace) this.facts.kinds |= contentKind.grounding;
      this.skipValue();
    },
  });

  private readonly contentMembers = new Members({ parts: () => this.readArray(this.readPart) });

  private readonly partMembers = new Members({
    text: () => this.readText(),
    thought: () => {
      this.part.thought = this.peek() === 0x74;
      this.skipValue();
    },
    inlineData: () => this.readInlineData(),
    functionCall: () => this.readOther(contentKind.functionCall),
    executableCode: () => this.readOther(contentKind.code),
    codeExecutionResult: () => this.readOther(contentKind.code),
    fileData: () => this.readOther(contentKind.file),
    functionResponse: () => this.readOther(contentKind.other),
    toolCall: () => this.readOther(contentKind.other),
    toolResponse: () => this.readOther(contentKind.other),
    audioTranscription: () => this.readOther(contentKind.other),
  });

  private readonly inlineMembers = new Members({ mimeType: () => this.readMimeType() });

  private readError(): void {
    const first = this.peek();
    if (first === quote) throw unusual;
    if (first !== openBrace) {
      this.skipValue();
      return;
    }
    this.facts.hasError = true;
    this.readObject(this.errorMembers);
  }

  private readCount(): number {
    const value = this.readInteger();
    if (value < 0 || value > 0xffffffff) throw unusual;
    return value;
  }

  /** A reason's code; the few names there are make decoding them every time needless. */
  private readReason(): number {
    this.readPlainString(this.span);
    const { start, end } = this.span;
    if (isStop(this.buffer, start, end)) return this.reasonOfStop;
    return this.reasons.code(this.buffer.toString('utf8', start, end));
  }

  private readValues(): void {
    if (this.peek() !== openBracket) throw unusual;
    this.facts.kinds |= contentKind.embedding;
    this.preview(3);
  }

  private readonly readCandidate = (): void => {
    const { facts, candidate } = this;
    candidate.reason = 0;
    this.readObject(this.candidateMembers);
    const bad = this.reasons.class(candidate.reason) !== 'ok';
    if (facts.candidates === 0 || (bad && !this.finishedBadly)) facts.reason = candidate.reason;
    this.finishedBadly ||= bad;
    facts.candidates += 1;
  };

  private readonly readPart = (): void => {
    this.part.reset();
    this.readObject(this.partMembers);
    const { kind, thought, textAt } = this.part;
    const isText = (kind & contentKind.text) !== 0;
    this.facts.kinds |= isText && thought ? contentKind.thought : kind;
    if (isText) this.offerPreview(thought ? 1 : 5, textAt);
  };

  /** Parts that are several things at once are JSON.parse's. */
  private expectFirstKind(): void {
    if (this.part.kind !== 0 || this.part.hasText) throw unusual;
  }

  private readText(): void {
    this.expectFirstKind();
    if (this.peek() !== quote) throw unusual;
    const { part, buffer } = this;
    part.hasText = true;
    part.textAt = this.at;
    const start = this.at + 1;
    if (this.skipString() === start) return;
    const begin = buffer[start];
    // An escape that may stand for a brace.
    if (begin === backslash && buffer[start + 1] === 0x75 && buffer[start + 2] === 0x30) throw unusual;
    part.kind = contentKind.text | (begin === openBrace || begin === openBracket ? contentKind.json : 0);
  }

  private readOther(kind: number): void {
    this.expectFirstKind();
    if (this.peek() !== openBrace) throw unusual;
    this.part.kind = kind;
    this.preview(2);
  }

  private readInlineData(): void {
    this.expectFirstKind();
    this.mediaKind = contentKind.media;
    this.readObject(this.inlineMembers);
    this.part.kind = this.mediaKind;
  }

  private readMimeType(): void {
    this.readPlainString(this.span);
    const { start, end } = this.span;
    const family = this.buffer.toString('latin1', start, Math.min(end, start + 6));
    if (family === 'image/') this.mediaKind = contentKind.image;
    else if (family === 'audio/') this.mediaKind = contentKind.audio;
  }

  /** Steps over the value under the cursor, which becomes the preview unless there is a better one. */
  private preview(rank: number): void {
    this.offerPreview(rank);
    this.skipValue();
  }

  private offerPreview(rank: number, at = this.at): void {
    if (rank <= this.previewRank) return;
    this.previewRank = rank;
    this.facts.previewAt = at - this.start;
  }
}
