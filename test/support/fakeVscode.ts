/**
 * The values of the `vscode` module that product code uses outside a window: enough for presenters, trees and command
 * handlers under plain mocha. Shapes follow @types/vscode; behaviour is checked for real by the integration tests.
 */
export const l10n = {
  /** Replaces {0}, {1} … or {name}, as VS Code does when there is no translation. */
  t(
    message: string,
    ...args: (string | number | boolean)[] | [Record<string, string | number | boolean>]
  ): string {
    const first = args[0];
    const values = new Map<string, unknown>(
      typeof first === 'object' ? Object.entries(first) : args.map((value, index) => [String(index), value]),
    );
    return message.replace(/\{([^}]+)\}/g, (whole, name: string) =>
      values.has(name) ? String(values.get(name)) : whole,
    );
  },
};

/** The display language. */
export const env = { language: 'en' };

export enum TreeItemCollapsibleState {
  None = 0,
  Collapsed = 1,
  Expanded = 2,
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class MarkdownString {
  isTrusted: unknown = false;
  supportThemeIcons = false;
  constructor(
    public value = '',
    supportThemeIcons = false,
  ) {
    this.supportThemeIcons = supportThemeIcons;
  }
}

export class TreeItem {
  constructor(
    public label: string,
    public collapsibleState = TreeItemCollapsibleState.None,
  ) {}
}

export class EventEmitter<T> {
  private readonly listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

/** File addresses only. */
export class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
  ) {}
  static file(fsPath: string): Uri {
    return new Uri('file', fsPath);
  }
  static parse(value: string): Uri {
    const match = /^([a-z][\w+.-]*):(?:\/\/)?(.*)$/i.exec(value);
    return new Uri(match?.[1] ?? 'file', decodeURIComponent(match?.[2] ?? value));
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}
