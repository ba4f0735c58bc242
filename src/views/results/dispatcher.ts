import * as z from 'zod';
import {
  clientMessage,
  resultsMethods,
  type HostMessage,
  type ResultsMethod,
  type ResultsParams,
  type ResultsResult,
} from '../../shared/resultsMessages';
import { CancelledError, isCancelled } from '../../util/async';

export type ResultsHandlers = {
  readonly [M in ResultsMethod]: (params: ResultsParams<M>, signal: AbortSignal) => Promise<ResultsResult<M>>;
};

const numbered = z.object({ type: z.literal('request'), id: z.number().int() });

/**
 * Answers what the browser side asks: each question once, with a value or an error. What does not look as agreed is refused;
 * handlers see checked parameters only.
 */
export class RequestDispatcher {
  private readonly running = new Map<number, AbortController>();

  /** @param onError told of every failure that is no cancellation, besides the answer */
  constructor(
    private readonly handlers: ResultsHandlers,
    private readonly post: (message: HostMessage) => void,
    private readonly onError: (method: ResultsMethod, error: unknown) => void,
  ) {}

  async receive(data: unknown): Promise<void> {
    const parsed = clientMessage.safeParse(data);
    if (!parsed.success) {
      this.refuse(data);
      return;
    }
    const message = parsed.data;
    if (message.type === 'cancel') {
      this.running.get(message.id)?.abort();
      return;
    }
    const { id, method } = message;
    const stop = new AbortController();
    this.running.set(id, stop);
    try {
      const value = await this.run(method, message.params, stop.signal);
      if (stop.signal.aborted) throw new CancelledError();
      this.post({ type: 'result', id, value });
    } catch (error) {
      const cancelled = isCancelled(error);
      if (!cancelled) this.onError(method, error);
      this.post({
        type: 'error',
        id,
        message: error instanceof Error ? error.message : String(error),
        cancelled,
      });
    } finally {
      this.running.delete(id);
    }
  }

  /** Answers what is no agreed message, where it says at least who asks. */
  private refuse(data: unknown): void {
    const asked = numbered.safeParse(data);
    if (!asked.success) return;
    const { id } = asked.data;
    this.post({ type: 'error', id, message: 'This request is not as agreed.', cancelled: false });
  }

  private run<M extends ResultsMethod>(
    method: M,
    params: unknown,
    signal: AbortSignal,
  ): Promise<ResultsResult<M>> {
    const checked = resultsMethods[method].params.safeParse(params);
    if (!checked.success) throw new Error(`The parameters of "${method}" are not as agreed.`);
    return this.handlers[method](checked.data as ResultsParams<M>, signal);
  }

  dispose(): void {
    for (const stop of this.running.values()) stop.abort();
  }
}
