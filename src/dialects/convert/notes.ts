import * as l10n from '@vscode/l10n';
import type { JsonObject } from '../json';

/** Gathers what a conversion could not carry over, each thing once. */
export class Notes {
  private readonly texts = new Set<string>();

  constructor(private readonly target: string) {}

  get all(): readonly string[] {
    return [...this.texts];
  }

  /** `what` has no counterpart and was left out. */
  lost(what: string): void {
    this.texts.add(l10n.t('{0} has no counterpart in {1} and is left out.', what, this.target));
  }

  /** Something was carried over, but not quite as it was. */
  changed(text: string): void {
    this.texts.add(text);
  }

  /** Every field of `value` that is not among those handled. */
  rest(value: JsonObject, handled: readonly string[], place: string): void {
    for (const name of Object.keys(value)) {
      if (!handled.includes(name)) this.lost(place === '' ? name : `${place}.${name}`);
    }
  }
}
