/** Which API a connection speaks. */
export type ConnectionFamily = 'gemini' | 'openai';

/** Where jobs go. Holds no secret: the key lives in SecretStorage under `id`. */
export interface Connection {
  /** `gemini`, `sandbox`, or the id of a connection from the settings. */
  readonly id: string;
  readonly label: string;
  readonly family: ConnectionFamily;
  /** Origin and optional path, no trailing slash, e.g. `https://generativelanguage.googleapis.com`. */
  readonly baseUrl: string;
  /** Path segment of the API version, e.g. `v1beta`. */
  readonly apiVersion: string;
  /** Models to offer where the service has no list of its own that is worth asking; absent: ask it. */
  readonly models?: readonly string[];
}
