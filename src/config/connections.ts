import * as z from 'zod';
import type { Connection } from '../shared/connection';
import { isSafeAddress } from '../util/loopback';

/** What a person is told when an endpoint setting cannot be used. */
export type AddressProblem = 'notAnAddress' | 'notHttps' | 'hasCredentials' | 'hasQuery';

/** Why `text` cannot be the address of a service; undefined when it can. Keys go there, so https or loopback only. */
export function addressProblem(text: string): AddressProblem | undefined {
  if (!URL.canParse(text)) return 'notAnAddress';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'hasCredentials';
  if (url.search !== '' || url.hash !== '') return 'hasQuery';
  return isSafeAddress(url) ? undefined : 'notHttps';
}

/** Names that a person cannot give to a connection, because they mean the built-in ones. */
const builtIn: ReadonlySet<string> = new Set(['gemini', 'sandbox']);

const customConnection = z.object({
  name: z.string().trim().min(1).max(40),
  baseUrl: z.string().trim(),
  family: z.enum(['openai', 'gemini']).default('openai'),
  apiVersion: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
  models: z.array(z.string().min(1)).optional(),
});

/** One entry of the setting `connections`, as a person writes it. */
export type CustomConnection = z.input<typeof customConnection>;

/** The entry at `index` (from 0) cannot be used; `field` is what is wrong with it. */
export interface ConnectionProblem {
  readonly index: number;
  readonly field: 'name' | 'baseUrl' | 'family' | 'apiVersion' | 'models' | 'entry';
  readonly why: 'missing' | 'invalid' | 'taken' | AddressProblem;
  /** As written, where there is one. */
  readonly name?: string;
}

/** Reads the setting `connections`. A bad entry does not take the others along. */
export function customConnections(setting: unknown): {
  readonly connections: readonly Connection[];
  readonly problems: readonly ConnectionProblem[];
} {
  const connections: Connection[] = [];
  const problems: ConnectionProblem[] = [];
  for (const [index, entry] of (Array.isArray(setting) ? setting : []).entries()) {
    const parsed = customConnection.safeParse(entry);
    if (!parsed.success) {
      const field = (parsed.error.issues[0]?.path[0] ?? 'entry') as ConnectionProblem['field'];
      const { name, [field]: value } = (entry ?? {}) as Readonly<Record<string, unknown>>;
      const why = field !== 'entry' && value === undefined ? 'missing' : 'invalid';
      problems.push({ index, field, why, ...(typeof name === 'string' && name !== '' && { name }) });
      continue;
    }
    const { name, baseUrl, family, apiVersion, models } = parsed.data;
    const address = addressProblem(baseUrl);
    if (builtIn.has(name.toLowerCase()) || connections.some(({ id }) => id === name)) {
      problems.push({ index, field: 'name', why: 'taken', name });
      continue;
    }
    if (address !== undefined) {
      problems.push({ index, field: 'baseUrl', why: address, name });
      continue;
    }
    connections.push({
      id: name,
      label: name,
      family,
      baseUrl: baseUrl.replace(/\/+$/, ''),
      apiVersion: apiVersion ?? (family === 'openai' ? 'v1' : 'v1beta'),
      ...(models === undefined ? {} : { models }),
    });
  }
  return { connections, problems };
}

/** Why `name` cannot be given to a new connection beside those there are. */
export function nameProblem(
  name: string,
  others: readonly Connection[],
): 'empty' | 'long' | 'taken' | undefined {
  const text = name.trim();
  if (text === '') return 'empty';
  if (text.length > 40) return 'long';
  return builtIn.has(text.toLowerCase()) || others.some(({ id }) => id === text) ? 'taken' : undefined;
}

/** The Gemini connection as the settings describe it. */
export function geminiConnection(baseUrl: string, apiVersion: string): Connection {
  return {
    id: 'gemini',
    label: 'Gemini',
    family: 'gemini',
    baseUrl: baseUrl.trim().replace(/\/+$/, ''),
    apiVersion,
  };
}

/** The sandbox that listens at `baseUrl`. */
export function sandboxConnection(baseUrl: string): Connection {
  return { id: 'sandbox', label: 'Sandbox', family: 'gemini', baseUrl, apiVersion: 'v1beta' };
}
