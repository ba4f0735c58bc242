import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { until } from '../until';

export interface QuickRow {
  readonly label: string;
  readonly description: string;
}

/** The quick pick and the input box: one widget at the top of the window. */
export class QuickInput {
  readonly #widget: Locator;
  readonly #input: Locator;

  constructor(private readonly page: Page) {
    this.#widget = page.locator('.quick-input-widget');
    this.#input = this.#widget.locator('.quick-input-box input');
  }

  async isOpen(): Promise<boolean> {
    return this.#widget.isVisible();
  }

  /** Waits until the widget asks something; `about` must be in its title, its placeholder, its prompt or its text. */
  async waitOpen(about?: string, timeout = 20_000): Promise<void> {
    await until(
      `a quick input${about === undefined ? '' : ` about "${about}"`}`,
      async () => (await this.isOpen()) && (about === undefined || (await this.#about()).includes(about)),
      { timeout, seen: async () => ((await this.isOpen()) ? this.#about() : 'none open') },
    );
  }

  async waitClosed(timeout = 30_000): Promise<void> {
    await this.#widget.waitFor({ state: 'hidden', timeout });
  }

  async title(): Promise<string> {
    return textOf(this.#widget.locator('.quick-input-title'));
  }

  async value(): Promise<string> {
    return this.#input.inputValue();
  }

  async placeholder(): Promise<string> {
    return (await this.#input.getAttribute('placeholder')) ?? '';
  }

  /** The prompt or the validation message below the input. */
  async message(): Promise<string> {
    return textOf(this.#widget.locator('.quick-input-message'));
  }

  async rows(): Promise<QuickRow[]> {
    const rows = await this.#widget.locator('.monaco-list-row').all();
    return Promise.all(
      rows.map(async (row) => ({
        label: await textOf(row.locator('.label-name').first()),
        description: await textOf(row.locator('.label-description').first()),
      })),
    );
  }

  /** Replaces what stands in the input. */
  async type(text: string): Promise<void> {
    await this.#input.fill(text);
  }

  async accept(): Promise<void> {
    await this.#input.press('Enter');
  }

  /** Answers VS Code's own dialog for files. It fills in a folder a moment after it has opened, over what was typed by then. */
  async pickFile(file: string): Promise<void> {
    await until(`${file} in the dialog`, async () => {
      await this.type(file);
      const listed = async () => (await this.rows()).some(({ label }) => label === path.basename(file));
      await until(file, listed, { timeout: 3_000 }).catch(() => undefined);
      if ((await this.value()) !== file) return false;
      await this.accept();
      return this.waitClosed(3_000).then(
        () => true,
        () => false,
      );
    });
  }

  async cancel(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.waitClosed();
  }

  /** Chooses the first row whose label contains `label`, by filtering and Enter as a person would. */
  async pick(label: string): Promise<void> {
    const row = this.#widget.locator('.monaco-list-row', { hasText: label }).first();
    await row.waitFor();
    await row.click();
  }

  async #about(): Promise<string> {
    const texts = await Promise.all([this.title(), this.placeholder(), this.message(), this.value()]);
    return texts.filter((text) => text !== '').join(' | ');
  }
}

/** The text of an element that may not be there; non-breaking spaces become spaces. */
export async function textOf(locator: Locator): Promise<string> {
  // What is there now: waiting for a text would wait in vain for an element that just went.
  const [text = ''] = await locator.allTextContents();
  return text.replaceAll('\u00a0', ' ').trim();
}
