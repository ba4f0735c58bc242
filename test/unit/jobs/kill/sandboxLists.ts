import type { Sandbox } from '../../../../src/sandbox';

export interface WireJob {
  readonly name: string;
  readonly done?: boolean;
  readonly metadata: { readonly displayName: string };
}
export interface WireFile {
  readonly displayName: string;
}

/** Every job of a sandbox, as its API lists them. */
export async function jobsOf(sandbox: Sandbox): Promise<WireJob[]> {
  return listAll<WireJob>(sandbox, 'batches', 'operations');
}

/** Every file of a sandbox. */
export async function filesOf(sandbox: Sandbox): Promise<WireFile[]> {
  return listAll<WireFile>(sandbox, 'files', 'files');
}

async function listAll<T>(sandbox: Sandbox, path: string, member: string): Promise<T[]> {
  const all: T[] = [];
  let token = '';
  do {
    const url = `${sandbox.url}/v1beta/${path}?pageSize=100${token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`}`;
    const page = (await (await fetch(url, { headers: { 'x-goog-api-key': sandbox.key } })).json()) as Record<
      string,
      unknown
    >;
    all.push(...((page[member] as T[] | undefined) ?? []));
    token = (page.nextPageToken as string | undefined) ?? '';
  } while (token !== '');
  return all;
}
