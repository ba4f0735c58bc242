import * as vscode from 'vscode';

/** What a person does with the next question: a label to choose, a text to enter, or Escape. */
export type Reply = string | readonly string[] | undefined;

/** A question that the extension asked. */
export interface Asked {
  readonly kind: 'pick' | 'input' | 'message';
  readonly text: string;
  /** Labels of what could be chosen. */
  readonly choices: readonly string[];
}

type ProgressTask = Parameters<typeof vscode.window.withProgress>[1];

type Replaceable = Record<string, (...args: never[]) => unknown>;

/**
 * Stands in for the person at the keyboard: VS Code's questions are answered from a list and written down, everything else of
 * VS Code stays real.
 */
export class Person {
  readonly asked: Asked[] = [];
  private readonly replies: Reply[] = [];
  private readonly originals = new Map<string, unknown>();
  private readonly waiting: (() => void)[] = [];
  private readonly window = vscode.window as unknown as Replaceable;

  constructor() {
    this.replace('showQuickPick', (items: never, options: never) => this.pick(items, options));
    this.replace('showInputBox', (options: never) => this.input(options));
    for (const name of ['showInformationMessage', 'showWarningMessage', 'showErrorMessage']) {
      this.replace(name, (message: never, ...rest: never[]) => this.message(message, rest));
    }
  }

  /** Replies to the next questions, in order. */
  will(...replies: Reply[]): void {
    this.replies.push(...replies);
  }

  /** Messages so far, notifications and modal questions alike. */
  get messages(): readonly string[] {
    return this.asked.filter(({ kind }) => kind === 'message').map(({ text }) => text);
  }

  /** Resolves with the first message that matches, once there is one. */
  sees(pattern: RegExp, timeoutMs = 60_000): Promise<Asked> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const all = this.asked.map(({ kind, text }) => `${kind}: ${text}`).join('\n');
        reject(new Error(`Waited ${timeoutMs / 1000} s for ${String(pattern)}; asked so far:\n${all}`));
      }, timeoutMs);
      const look = () => {
        const found = this.asked.find(({ kind, text }) => kind === 'message' && pattern.test(text));
        if (found === undefined) {
          this.waiting.push(look);
          return;
        }
        clearTimeout(timer);
        resolve(found);
      };
      look();
    });
  }

  /** Cancels what shows its progress next, as soon as it has begun. */
  cancelsNext(): void {
    this.replace('withProgress', (_options: never, task: ProgressTask) => {
      this.restore('withProgress');
      const source = new vscode.CancellationTokenSource();
      const running = task({ report: () => undefined }, source.token);
      source.cancel();
      return running;
    });
  }

  /** Gives VS Code its own questions back. */
  leave(): void {
    for (const name of [...this.originals.keys()]) this.restore(name);
  }

  private restore(name: string): void {
    Reflect.set(this.window, name, this.originals.get(name));
    this.originals.delete(name);
  }

  private replace(name: string, stand: (...args: never[]) => unknown): void {
    this.originals.set(name, this.window[name]);
    Reflect.set(this.window, name, stand);
  }

  private note(asked: Asked): void {
    this.asked.push(asked);
    for (const wake of this.waiting.splice(0)) wake();
  }

  private async pick(
    items: readonly vscode.QuickPickItem[] | Promise<readonly vscode.QuickPickItem[]>,
    options: vscode.QuickPickOptions | undefined,
  ): Promise<unknown> {
    const real = (await items).filter(({ kind }) => kind !== vscode.QuickPickItemKind.Separator);
    this.note({ kind: 'pick', text: options?.title ?? '', choices: real.map(({ label }) => label) });
    const reply = this.replies.shift();
    const wanted = real.filter(({ label }) =>
      Array.isArray(reply) ? reply.includes(label) : label === reply,
    );
    return options?.canPickMany === true ? (wanted.length > 0 ? wanted : undefined) : wanted[0];
  }

  private input(options: vscode.InputBoxOptions | undefined): Promise<string | undefined> {
    this.note({ kind: 'input', text: options?.title ?? '', choices: [] });
    const reply = this.replies.shift();
    return Promise.resolve(reply === undefined ? undefined : String(reply));
  }

  private message(
    text: string,
    rest: readonly (string | vscode.MessageItem | vscode.MessageOptions)[],
  ): unknown {
    const isItem = (one: object): one is vscode.MessageItem => 'title' in one;
    const items = rest.filter((one) => typeof one === 'string' || isItem(one));
    const modal = rest.some((one) => typeof one === 'object' && 'modal' in one && one.modal);
    const labels = items.map((one) => (typeof one === 'string' ? one : one.title));
    this.note({ kind: 'message', text, choices: labels });
    const index = labels.findIndex((label) => label === this.replies[0]);
    // A modal question takes the next reply whatever it is; one that does not fit is Escape. A notification can be ignored.
    if (index >= 0 || modal) this.replies.shift();
    return Promise.resolve(items[index]);
  }
}
