import type { Locator, Page } from 'playwright-core';
import { until } from '../until';
import { textOf } from './quickInput';

export class Notification {
  constructor(readonly element: Locator) {}

  async text(): Promise<string> {
    return textOf(this.element.locator('.notification-list-item-message'));
  }

  /** The labels of its actions. */
  async actions(): Promise<string[]> {
    return this.element.locator('.notification-list-item-buttons-container .monaco-button').allTextContents();
  }

  async click(action: string): Promise<void> {
    await this.element
      .locator('.notification-list-item-buttons-container .monaco-button', { hasText: action })
      .click();
  }

  async dismiss(): Promise<void> {
    await this.element.hover();
    await this.element.locator('.codicon-notifications-clear').click();
  }
}

/** The messages at the bottom right. */
export class Notifications {
  constructor(private readonly page: Page) {}

  get #items(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }

  async texts(): Promise<string[]> {
    return this.#items.locator('.notification-list-item-message').allTextContents();
  }

  /** Waits for a message that contains `text`. */
  async waitFor(text: string | RegExp, timeout = 30_000): Promise<Notification> {
    const item = this.#items.filter({ hasText: text }).first();
    await until(`a notification with ${String(text)}`, () => item.isVisible(), {
      timeout,
      seen: () => this.texts(),
    });
    return new Notification(item);
  }
}

/** The question in the middle of the window that must be answered. */
export class Dialog {
  readonly #box: Locator;

  constructor(page: Page) {
    this.#box = page.locator('.monaco-dialog-box');
  }

  async isOpen(): Promise<boolean> {
    return this.#box.isVisible();
  }

  /** @returns its message and detail */
  async waitOpen(timeout = 20_000): Promise<string> {
    await this.#box.waitFor({ timeout });
    const message = await textOf(this.#box.locator('.dialog-message-text'));
    const detail = await textOf(this.#box.locator('.dialog-message-detail'));
    return [message, detail].filter((text) => text !== '').join('\n');
  }

  async buttons(): Promise<string[]> {
    return this.#box.locator('.dialog-buttons .monaco-button').allTextContents();
  }

  async click(button: string): Promise<void> {
    await this.#box.locator('.dialog-buttons .monaco-button', { hasText: button }).first().click();
    await this.#box.waitFor({ state: 'hidden' });
  }
}
