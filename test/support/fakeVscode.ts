/**
 * The part of the `vscode` module that product code uses under plain mocha: values, and a window that nobody sees. Shapes follow
 * @types/vscode; behaviour is checked for real by the integration tests.
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

/** The settings that somebody has set, and the defaults of all, by their whole names. */
export const settings = new Map<string, unknown>();
export const settingDefaults = new Map<string, unknown>();

export const workspace = {
  getConfiguration: (section: string) => ({
    get: (name: string) => {
      const id = `${section}.${name}`;
      return settings.has(id) ? settings.get(id) : settingDefaults.get(id);
    },
    inspect: (name: string) => ({ defaultValue: settingDefaults.get(`${section}.${name}`) }),
  }),
  onDidChangeConfiguration: () => ({ dispose: () => undefined }),
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

export enum StatusBarAlignment {
  Left = 1,
  Right = 2,
}

/** A tree view that nobody sees; what is assigned to it can be read back. */
export class FakeTreeView {
  readonly visibility = new EventEmitter<{ visible: boolean }>();
  readonly onDidChangeVisibility = this.visibility.event;
  readonly expansion = new EventEmitter<{ element: unknown }>();
  readonly onDidExpandElement = this.expansion.event;
  readonly collapse = new EventEmitter<{ element: unknown }>();
  readonly onDidCollapseElement = this.collapse.event;
  visible = true;
  selection: unknown[] = [];
  badge: { value: number; tooltip: string } | undefined;
  message = '';
  description = '';
  readonly revealed: unknown[] = [];
  reveal(node: unknown): Promise<void> {
    this.revealed.push(node);
    return Promise.resolve();
  }
  dispose(): void {
    this.visibility.dispose();
  }
}

export class FakeStatusBarItem {
  text = '';
  name = '';
  tooltip = '';
  command = '';
  accessibilityInformation: unknown;
  shown = false;
  show(): void {
    this.shown = true;
  }
  hide(): void {
    this.shown = false;
  }
  dispose(): void {
    this.shown = false;
  }
}

/** What code under test made in the window, for the test to look at, and what the window's own commands do. */
export const made: {
  treeView?: FakeTreeView;
  statusBarItem?: FakeStatusBarItem;
  onCommand?: (command: string) => void;
  /** Messages and questions, with their buttons. */
  shown: string[];
  /** What the last list offered to choose from. */
  rows?: readonly QuickPickRow[];
  /** The button that the person presses, where there is one of that name. */
  answer?: string;
} = { shown: [] };
const windowState = new EventEmitter<{ focused: boolean }>();

interface QuickPickRow {
  readonly label: string;
  readonly kind?: QuickPickItemKind;
  readonly alwaysShow?: boolean;
}

type Button = string | { readonly title: string };

function show(severity: string) {
  return (
    message: string,
    ...rest: (Button | { readonly modal: boolean })[]
  ): Promise<Button | undefined> => {
    const buttons = rest.filter((item): item is Button => typeof item === 'string' || 'title' in item);
    const titleOf = (button: Button) => (typeof button === 'string' ? button : button.title);
    made.shown.push([`${severity} ${message}`, ...buttons.map((button) => `[${titleOf(button)}]`)].join(' '));
    return Promise.resolve(buttons.find((button) => titleOf(button) === made.answer));
  };
}

export enum ProgressLocation {
  Notification = 15,
}

export enum QuickPickItemKind {
  Separator = -1,
  Default = 0,
}

export const window = {
  showInformationMessage: show('information'),
  showWarningMessage: show('warning'),
  showErrorMessage: show('error'),
  /** The person takes the first row that can be chosen. */
  async showQuickPick(offered: PromiseLike<readonly QuickPickRow[]>): Promise<QuickPickRow | undefined> {
    made.rows = await offered;
    return made.rows.find(({ kind }) => kind !== QuickPickItemKind.Separator);
  },
  createTreeView(): FakeTreeView {
    return (made.treeView = new FakeTreeView());
  },
  createStatusBarItem(): FakeStatusBarItem {
    return (made.statusBarItem = new FakeStatusBarItem());
  },
  onDidChangeWindowState: windowState.event,
};

export const commands = {
  executeCommand(command: string): Promise<void> {
    made.onCommand?.(command);
    return Promise.resolve();
  },
};

/** The person goes to another window, or comes back. */
export function focusWindow(focused: boolean): void {
  windowState.fire({ focused });
}
