import { ByteCursor, unusual } from './byteCursor';
import { clampCode } from './resultLine';
import type { ReasonTable } from './reasons';
import type { ScanMemory } from './scanMemory';
import { contentKind } from '../shared/contentKinds';
import type { RowFacts } from './rowFacts';

const names = (text: string) => text.split(' ').map((name) => Buffer.from(name));

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;
const backslash = 0x5c;

const field = {
  key: Buffer.from('key'),
  customId: Buffer.from('custom_id'),
  metadata: Buffer.from('metadata'),
  response: Buffer.from('response'),
  error: Buffer.from('error'),
  status: Buffer.from('status'),
  code: Buffer.from('code'),
  message: Buffer.from('message'),
  candidates: Buffer.from('candidates'),
  usageMetadata: Buffer.from('usageMetadata'),
  promptFeedback: Buffer.from('promptFeedback'),
  blockReason: Buffer.from('blockReason'),
  embedding: Buffer.from('embedding'),
  values: Buffer.from('values'),
  tokenCount: Buffer.from('tokenCount'),
  content: Buffer.from('content'),
  parts: Buffer.from('parts'),
  finishReason: Buffer.from('finishReason'),
  groundingMetadata: Buffer.from('groundingMetadata'),
  text: Buffer.from('text'),
  thought: Buffer.from('thought'),
  inlineData: Buffer.from('inlineData'),
  mimeType: Buffer.from('mimeType'),
  functionCall: Buffer.from('functionCall'),
  executableCode: Buffer.from('executableCode'),
  codeExecutionResult: Buffer.from('codeExecutionResult'),
  fileData: Buffer.from('fileData'),
  thoughtSignature: Buffer.from('thoughtSignature'),
  promptTokenCount: Buffer.from('promptTokenCount'),
  toolUsePromptTokenCount: Buffer.from('toolUsePromptTokenCount'),
  candidatesTokenCount: Buffer.from('candidatesTokenCount'),
  thoughtsTokenCount: Buffer.from('thoughtsTokenCount'),
  cachedContentTokenCount: Buffer.from('cachedContentTokenCount'),
} as const;
/** Members that mean a shape which JSON.parse's half reads: bare responses, embeddings as a list, the OpenAI layer. */
const slowShapes = names('candidates promptFeedback usageMetadata embedding embeddings choices');
const slowResponses = names('embeddings choices body data usage status_code');
const otherParts = names('functionResponse toolCall toolResponse audioTranscription');

/** Where a key stands in the buffer, without its quotes. `end` is -1 when there is none. */
export interface KeySpan {
  start: number;
  end: number;
}

/**
 * Reads of a result line what the index keeps, on bytes, in one pass. Says of anything unusual that it cannot; the
 * line then goes through {@link readResultLine}, and the two agree on every line that both read (property-tested).
 */
export class FastLineScanner extends ByteCursor {
  private start = 0;
  /** What the preview shows now: the better kind wins, the earlier of equals. */
  private previewRank = 0;
  private usageInput = 0;
  private tokenCount = 0;
  private finishedBadly = false;
  private readonly ownKey: KeySpan = { start: 0, end: -1 };
  private readonly customId: KeySpan = { start: 0, end: -1 };
  private readonly metadataKey: KeySpan = { start: 0, end: -1 };
  private facts: RowFacts;

  constructor(
    private readonly reasons: ReasonTable,
    facts: RowFacts,
    memory?: ScanMemory,
  ) {
    super(memory);
    this.facts = facts;
  }

  /**
   * Reads the line in `buffer[start, end)` into the facts given at construction and its key's place into `key`.
   * @returns false when the line has to be read by JSON.parse; the facts are then meaningless.
   */
  scan(buffer: Buffer, start: number, end: number, key: KeySpan): boolean {
    this.move(buffer, start, end);
    this.start = start;
    this.facts.reset();
    this.previewRank = 0;
    this.usageInput = 0;
    this.tokenCount = 0;
    this.finishedBadly = false;
    this.ownKey.end = -1;
    this.customId.end = -1;
    this.metadataKey.end = -1;
    try {
      this.readRoot();
      this.expectEnd();
    } catch (error) {
      if (error === unusual) return false;
      throw error;
    }
    const { facts } = this;
    facts.input = facts.hasError ? 0 : this.usageInput;
    const found = [this.ownKey, this.customId, this.metadataKey].find((span) => span.end !== -1);
    key.start = found?.start ?? 0;
    key.end = found?.end ?? -1;
    return true;
  }

  private readRoot(): void {
    if (!this.enterObject()) throw unusual;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.response)) this.readResponse();
      else if (this.nameIs(field.key)) this.readKey(this.ownKey);
      else if (this.nameIs(field.error)) this.readError();
      else if (this.nameIs(field.metadata)) this.readMetadata();
      else if (this.nameIs(field.customId)) this.readKey(this.customId);
      else if (this.nameIs(field.status) || slowShapes.some((name) => this.nameIs(name))) throw unusual;
      else this.skipValue();
    }
    const { facts } = this;
    if (!facts.hasError) return;
    // An error beside a response: the error counts, as if there were no response.
    facts.kinds = 0;
    facts.candidates = 0;
    facts.reason = 0;
    facts.blockReason = 0;
    facts.output = 0;
    facts.thinking = 0;
    facts.cached = 0;
  }

  private readKey(span: KeySpan): void {
    if (this.peek() !== quote) {
      // null, a number, an object: rare, and their text is JSON.stringify's to say.
      throw unusual;
    }
    span.start = this.at + 1;
    span.end = this.skipString();
    for (let at = span.start; at < span.end; at += 1) if (this.buffer[at] === backslash) throw unusual;
  }

  private readMetadata(): void {
    if (!this.enterObject()) {
      this.skipValue();
      return;
    }
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.key)) this.readKey(this.metadataKey);
      else this.skipValue();
    }
  }

  private readError(): void {
    const { facts } = this;
    if (facts.hasError) throw unusual;
    if (!this.enterObject()) {
      if (this.peek() === quote) throw unusual;
      this.skipValue();
      return;
    }
    facts.hasError = true;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.code)) facts.errorCode = clampCode(this.readInteger());
      else if (this.nameIs(field.message)) this.preview(9);
      else this.skipValue();
    }
  }

  private readResponse(): void {
    if (!this.enterObject()) throw unusual;
    const { facts } = this;
    let usage = false;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.candidates)) this.readCandidates();
      else if (this.nameIs(field.usageMetadata)) {
        if (usage) throw unusual;
        usage = true;
        this.readUsage();
      } else if (this.nameIs(field.embedding)) this.readEmbedding();
      else if (this.nameIs(field.tokenCount)) this.tokenCount = this.readCount();
      else if (this.nameIs(field.promptFeedback)) this.readFeedback();
      else if (slowResponses.some((name) => this.nameIs(name))) throw unusual;
      else this.skipValue();
    }
    if (!usage) this.usageInput = this.tokenCount;
    if (facts.candidates > 1) facts.kinds |= contentKind.candidates;
  }

  private readUsage(): void {
    if (!this.enterObject()) throw unusual;
    const { facts } = this;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.promptTokenCount)) this.usageInput += this.readCount();
      else if (this.nameIs(field.toolUsePromptTokenCount)) this.usageInput += this.readCount();
      else if (this.nameIs(field.candidatesTokenCount)) facts.output = this.readCount();
      else if (this.nameIs(field.thoughtsTokenCount)) facts.thinking = this.readCount();
      else if (this.nameIs(field.cachedContentTokenCount)) facts.cached = this.readCount();
      else this.skipValue();
    }
  }

  private readCount(): number {
    const value = this.readInteger();
    if (value < 0 || value > 0xffffffff) throw unusual;
    return value;
  }

  private readFeedback(): void {
    if (!this.enterObject()) throw unusual;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.blockReason)) this.facts.blockReason = this.readReason();
      else this.skipValue();
    }
  }

  /** A reason's code; the few names there are make decoding them every time needless. */
  private readReason(): number {
    if (this.peek() !== quote) throw unusual;
    const start = this.at + 1;
    const end = this.skipString();
    const { buffer } = this;
    if (
      end - start === 4 &&
      buffer[start] === 0x53 &&
      buffer[start + 1] === 0x54 &&
      buffer[start + 3] === 0x50
    ) {
      if (buffer[start + 2] === 0x4f) return stop;
    }
    const name = buffer.toString('latin1', start, end);
    if (!/^[A-Za-z_0-9]*$/.test(name)) throw unusual;
    return this.reasons.code(name);
  }

  private readEmbedding(): void {
    if (!this.enterObject()) throw unusual;
    for (let first = true; this.nextMember(first); first = false) {
      if (!this.nameIs(field.values)) this.skipValue();
      else if (this.peek() === openBracket) {
        this.facts.kinds |= contentKind.embedding;
        this.offerPreview(3);
        this.skipNumbers();
      } else throw unusual;
    }
  }

  private readCandidates(): void {
    const { facts } = this;
    if (facts.candidates > 0 || !this.enterArray()) throw unusual;
    for (let first = true; this.nextElement(first); first = false) {
      this.readCandidate();
      facts.candidates += 1;
    }
  }

  private readCandidate(): void {
    if (!this.enterObject()) throw unusual;
    const { facts } = this;
    let reason = 0;
    let content = false;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.content)) {
        if (content) throw unusual;
        content = true;
        this.readContent();
      } else if (this.nameIs(field.finishReason)) reason = this.readReason();
      else {
        if (this.nameIs(field.groundingMetadata)) {
          if (this.peek() === openBrace) facts.kinds |= contentKind.grounding;
        }
        this.skipValue();
      }
    }
    const bad = this.reasons.class(reason) !== 'ok';
    if (facts.candidates === 0 || (bad && !this.finishedBadly)) facts.reason = reason;
    this.finishedBadly ||= bad;
  }

  private readContent(): void {
    if (!this.enterObject()) throw unusual;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.parts)) {
        if (!this.enterArray()) throw unusual;
        for (let firstPart = true; this.nextElement(firstPart); firstPart = false) this.readPart();
      } else this.skipValue();
    }
  }

  private readPart(): void {
    if (!this.enterObject()) throw unusual;
    let kind = 0;
    let thought = false;
    let hasText = false;
    let valueAt = 0;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.text)) {
        if (kind !== 0 || hasText || this.peek() !== quote) throw unusual;
        hasText = true;
        valueAt = this.at;
        kind = this.readText();
      } else if (this.nameIs(field.thoughtSignature)) this.skipValue();
      else if (this.nameIs(field.thought)) {
        thought = this.peek() === 0x74;
        this.skipValue();
      } else {
        const member = this.kindOfMember();
        if (member === 0) continue;
        if (kind !== 0 || hasText) throw unusual;
        kind = member;
      }
    }
    this.countPart(kind, thought, valueAt);
  }

  private countPart(kind: number, thought: boolean, valueAt: number): void {
    const isText = (kind & contentKind.text) !== 0;
    this.facts.kinds |= isText && thought ? contentKind.thought : kind;
    if (!isText) return;
    const rank = thought ? 1 : 5;
    if (rank <= this.previewRank) return;
    this.previewRank = rank;
    this.facts.previewAt = valueAt - this.start;
  }

  private readText(): number {
    const start = this.at + 1;
    const end = this.skipString();
    if (end === start) return 0;
    const begin = this.buffer[start];
    return contentKind.text | (begin === openBrace || begin === openBracket ? contentKind.json : 0);
  }

  /** The kind that the member under the cursor gives its part, 0 for one that says nothing; steps over its value. */
  private kindOfMember(): number {
    if (this.nameIs(field.inlineData)) return this.readInlineData();
    let kind = 0;
    if (this.nameIs(field.functionCall)) kind = contentKind.functionCall;
    else if (this.nameIs(field.executableCode) || this.nameIs(field.codeExecutionResult))
      kind = contentKind.code;
    else if (this.nameIs(field.fileData)) kind = contentKind.file;
    else if (otherParts.some((name) => this.nameIs(name))) kind = contentKind.other;
    if (kind === 0) {
      this.skipValue();
      return 0;
    }
    if (this.peek() !== openBrace) throw unusual;
    this.preview(2);
    return kind;
  }

  private readInlineData(): number {
    if (!this.enterObject()) throw unusual;
    let kind: number = contentKind.media;
    for (let first = true; this.nextMember(first); first = false) {
      if (this.nameIs(field.mimeType) && this.peek() === quote) {
        const start = this.at + 1;
        const family = this.buffer.toString('latin1', start, Math.min(this.skipString(), start + 6));
        if (family === 'image/') kind = contentKind.image;
        else if (family === 'audio/') kind = contentKind.audio;
        else kind = contentKind.media;
      } else this.skipValue();
    }
    return kind;
  }

  /** Steps over the value under the cursor, which becomes the preview unless there is a better one. */
  private preview(rank: number): void {
    this.offerPreview(rank);
    this.skipValue();
  }

  private offerPreview(rank: number): void {
    if (rank <= this.previewRank) return;
    this.previewRank = rank;
    this.facts.previewAt = this.at - this.start;
  }
}

const stop = 1;

/**
 * Finds the key of a request line without looking at the rest of it, where the line begins the way they are written:
 * `{"key": "…",`. Anything else is undefined and wants {@link readResultLine}'s patience.
 */
export class RequestKeyScanner extends ByteCursor {
  scan(buffer: Buffer, start: number, end: number, key: KeySpan): boolean {
    this.move(buffer, start, end);
    try {
      if (!this.enterObject() || !this.nextMember(true)) return false;
      if (!this.nameIs(field.key) && !this.nameIs(field.customId)) return false;
      if (this.peek() !== quote) return false;
      key.start = this.at + 1;
      key.end = this.skipString();
      return !this.buffer.subarray(key.start, key.end).includes(backslash);
    } catch (error) {
      if (error === unusual) return false;
      throw error;
    }
  }
}
