import { commands } from 'vscode';
import type { ContextKey } from '../contributions';

/** Sets what `when` clauses of the manifest read; says it to VS Code only when it differs from last time. */
export class ContextKeys {
  private readonly known = new Map<ContextKey, unknown>();

  set(key: ContextKey, value: string | boolean | number): void {
    if (this.known.get(key) === value) return;
    this.known.set(key, value);
    void commands.executeCommand('setContext', key, value);
  }
}
