import { resourcePath } from '../http/apiClient';
import type { Connection } from '../shared/connection';

/** Paths of the API below the base URL of a connection. */
export class Paths {
  private readonly version: string;

  constructor(connection: Connection) {
    this.version = resourcePath(connection.apiVersion);
  }

  /** `name` as the service writes it (`batches/x`, `files/y`), with what may follow it (`:cancel`). */
  resource(name: string, action = ''): string {
    return `${this.version}${resourcePath(name)}${action}`;
  }

  /** `model` with or without `models/`; tuned models keep their own collection. */
  model(model: string, action: string): string {
    return this.resource(model.startsWith('tunedModels/') ? model : `models/${shortModel(model)}`, action);
  }

  upload(): string {
    return `/upload${this.version}/files`;
  }

  /** Where the content of a file is; the service answers at both. */
  downloads(name: string): readonly string[] {
    return [`/download${this.resource(name, ':download')}`, this.resource(name, ':download')];
  }
}

/** Without the `models/` prefix. */
export function shortModel(model: string): string {
  return model.replace(/^models\//, '');
}
