import type { ApiError, RpcError } from '../errors';
import type { JsonObject } from '../../util/json';
import type { SandboxModel } from '../models';

/** What one row of a batch comes to. */
export type Answer = { readonly response: JsonObject } | { readonly error: RpcError };

/** What answering a request needs to know of the rest of the sandbox. */
export interface AnswerContext {
  readonly model: SandboxModel;
  /** Tokens of a cached content; undefined when there is none of that name. */
  cachedTokens(name: string): number | undefined;
  /** What is wrong with the file a URI points at, if anything; files of other places are taken on trust. */
  fileFault(uri: string): ApiError | undefined;
}
