import type { Locator, Page } from 'playwright-core';
import { until } from '../until';
import { textOf } from './quickInput';

/** One row of a tree view, found again by its text each time it is used: trees redraw their rows. */
export class TreeRow {
  constructor(
    private readonly page: Page,
    readonly element: Locator,
  ) {}

  async label(): Promise<string> {
    return textOf(this.element.locator('.label-name').first());
  }

  async description(): Promise<string> {
    return textOf(this.element.locator('.label-description').first());
  }

  /** What a screen reader says of it. */
  async ariaLabel(): Promise<string> {
    return (await this.element.getAttribute('aria-label')) ?? '';
  }

  async isExpanded(): Promise<boolean> {
    return (await this.element.getAttribute('aria-expanded')) === 'true';
  }

  async click(options: { readonly modifiers?: readonly ['Control'] } = {}): Promise<void> {
    await this.#uncover();
    await this.element.click({ modifiers: [...(options.modifiers ?? [])] });
  }

  async toggle(): Promise<void> {
    await this.#uncover();
    await this.element.locator('.monaco-tl-twistie').click();
  }

  /** The inline actions that stand in the row while the mouse is over it. */
  async actions(): Promise<string[]> {
    await this.element.hover();
    const labels = await this.element.locator('.actions .action-label').all();
    return Promise.all(labels.map(async (label) => (await label.getAttribute('aria-label')) ?? ''));
  }

  async clickAction(name: string): Promise<void> {
    await this.#uncover();
    await this.element.hover();
    await this.element.locator(`.actions .action-label[aria-label*="${name}"]`).click();
  }

  /** Opens the context menu and clicks an entry. */
  async clickMenu(entry: string): Promise<void> {
    await this.#uncover();
    await this.element.click({ button: 'right' });
    const item = this.page.locator('.monaco-menu .action-item', { hasText: entry }).first();
    await item.waitFor();
    // A menu that opened only just now takes a click for the end of the one that opened it, and stays.
    await until(`the menu to take "${entry}"`, async () => {
      await item.click({ timeout: 2_000 }).catch(() => undefined);
      return item.waitFor({ state: 'hidden', timeout: 1_000 }).then(
        () => true,
        () => false,
      );
    });
  }

  /** The hover of a row where the mouse rested may lie over the others. */
  async #uncover(): Promise<void> {
    const hover = this.page.locator('.workbench-hover:visible');
    if ((await hover.count()) === 0) return;
    await this.page.mouse.move(0, 0);
    await until('the hover to go', async () => (await hover.count()) === 0);
  }

  async hoverText(): Promise<string> {
    await this.element.hover();
    const hover = this.page.locator('.monaco-hover:visible, .workbench-hover:visible').first();
    await hover.waitFor();
    return textOf(hover);
  }
}

/** A view with a tree in the side bar. */
export class TreeView {
  constructor(
    private readonly page: Page,
    private readonly root: Locator,
  ) {}

  get #rows(): Locator {
    return this.root.locator('.monaco-list-row[role="treeitem"]');
  }

  /** `label  description` of each row that is drawn, from top to bottom. */
  async texts(): Promise<string[]> {
    const rows = await this.#rows.all();
    const drawn = await Promise.all(
      rows.map(async (row) => {
        // A tree that was drawn anew since it was counted has other rows; who waits for one looks again.
        const box = await row.boundingBox({ timeout: 500 }).catch(() => null);
        const tree = new TreeRow(this.page, row);
        const text = `${await tree.label()}  ${await tree.description()}`.trim();
        return box === null ? [] : [{ top: box.y, text }];
      }),
    );
    return drawn
      .flat()
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text);
  }

  /** Text and buttons of the view's welcome content; empty when it shows rows. */
  async welcome(): Promise<string> {
    return textOf(this.root.locator('.welcome-view-content:visible'));
  }

  async clickWelcome(button: string): Promise<void> {
    await this.root.locator('.welcome-view-content:visible').getByText(button).first().click();
  }

  /** Waits for a row whose text matches. */
  async row(text: string | RegExp, timeout = 20_000): Promise<TreeRow> {
    const row = this.#rows.filter({ hasText: text }).first();
    await until(`a row with ${String(text)}`, () => row.isVisible(), { timeout, seen: () => this.texts() });
    return new TreeRow(this.page, row);
  }

  async waitGone(text: string | RegExp, timeout = 20_000): Promise<void> {
    await until(
      `no row with ${String(text)}`,
      async () => (await this.#rows.filter({ hasText: text }).count()) === 0,
      {
        timeout,
        seen: () => this.texts(),
      },
    );
  }
}
