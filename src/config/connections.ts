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

/** How a connection is called, for people; its id where we do not know it. */
export function connectionLabel(id: string): string {
  return id === 'gemini' ? 'Gemini' : id === 'sandbox' ? 'Sandbox' : id;
}
