import * as l10n from '@vscode/l10n';
import type * as z from 'zod';
import type { ServiceError } from '../shared/serviceError';
import { hiddenRefusal } from './errorBody';
import { noAnswer, refusal, unreadable, type CallContext } from './errors';
import { TransportError, type TransportResponse } from './transport';

/** Longest answer that is held in memory; results, which may be longer, are streamed. */
const longestAnswer = 256 << 20;

/** A success on its way, with what it takes to read it and to say what is wrong with it. */
export class Answer implements TransportResponse {
  constructor(
    private readonly response: TransportResponse,
    private readonly context: CallContext,
  ) {}

  get status(): number {
    return this.response.status;
  }

  get headers(): TransportResponse['headers'] {
    return this.response.headers;
  }

  get body(): TransportResponse['body'] {
    return this.response.body;
  }

  discard(): void {
    this.response.discard();
  }

  /** The whole of it. Rejects with ServiceError where it breaks off, and where it is a refusal in the dress of a success. */
  async text(): Promise<string> {
    const text = await this.read();
    this.requireSuccess(text);
    return text;
  }

  /** The whole of it as JSON of the shape `schema`. @param empty what an answer without a body stands for, if anything */
  async json<T>(schema: z.ZodType<T>, empty?: string): Promise<T> {
    const text = await this.read();
    return this.parse(schema, empty !== undefined && text.trim() === '' ? empty : text);
  }

  /** Its JSON `text`, read by whoever calls. Throws ServiceError for what cannot be read, and for a refusal within. */
  parse<T>(schema: z.ZodType<T>, text: string): T {
    this.requireSuccess(text);
    try {
      return schema.parse(JSON.parse(withoutMark(text)));
    } catch {
      // No JSON, none of this shape, or nested so deeply that nobody can walk through it.
      throw this.unreadable(text);
    }
  }

  /** Throws the refusal that `text` is, although it came as a success. */
  requireSuccess(text: string): void {
    const status = hiddenRefusal(text);
    if (status !== undefined) throw refusal({ status, headers: this.headers }, text, this.context);
  }

  /** The error for a success that nobody can read. */
  unreadable(text = ''): ServiceError {
    return unreadable(this.response, text, this.context);
  }

  private async read(): Promise<string> {
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of this.body) {
        length += chunk.length;
        if (length > longestAnswer)
          throw new TransportError(l10n.t('The answer has no end.'), 'exchange', 'TOO_LONG');
        chunks.push(chunk);
      }
      return withoutMark(Buffer.concat(chunks).toString('utf8'));
    } catch (error) {
      throw noAnswer(error, this.context);
    }
  }
}

/** Without a byte order mark, which JSON.parse does not like. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
