import type { Exchange, Reply } from './exchange';

export type Handler = (exchange: Exchange) => Promise<Reply> | Reply;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly handler: Handler;
}

/**
 * Google's paths: segments, and verbs after a colon. `{name}` matches up to the next slash or colon; `{version}` only the
 * two versions of the API that are served.
 */
export class Router {
  private readonly routes: Route[] = [];

  add(method: string, template: string, handler: Handler): void {
    const names: string[] = [];
    const pattern = template
      .split(/(\{\w+\})/)
      .map((piece) => {
        const name = /^\{(\w+)\}$/.exec(piece)?.[1];
        if (name === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        names.push(name);
        return name === 'version' ? '(v1beta|v1)' : '([^/:]+)';
      })
      .join('');
    this.routes.push({ method, pattern: new RegExp(`^${pattern}$`), names, handler });
  }

  /** @param path decoded, without the query. */
  find(method: string, path: string): { handler: Handler; params: Record<string, string> } | undefined {
    for (const route of this.routes) {
      if (route.method !== method) continue;
      const match = route.pattern.exec(path);
      if (match === null) continue;
      const params = Object.fromEntries(route.names.map((name, index) => [name, match[index + 1] ?? '']));
      return { handler: route.handler, params };
    }
    return undefined;
  }
}
