import type { FrameLocator, Locator, Page } from 'playwright-core';
import { until } from '../until';
import { textOf } from './quickInput';

/** A rectangle under a mistake; `text` is not known to the page, its position is. */
export interface Squiggle {
  readonly severity: 'error' | 'warning' | 'info';
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** One editor group: a column of the editor area. */
export class EditorGroup {
  constructor(readonly element: Locator) {}

  /** The name of the file in front; the title of an editor that is no file. */
  async activeTitle(): Promise<string> {
    const tab = this.element.locator('.tab.active').first();
    if ((await tab.count()) === 0) return '';
    return (
      (await tab.getAttribute('data-resource-name')) ?? textOf(tab.locator('.monaco-icon-label-container'))
    );
  }

  /** The lines that are drawn, as text. */
  async lines(): Promise<string[]> {
    const lines = await this.element.locator('.monaco-editor .view-lines .view-line').all();
    const drawn = await Promise.all(
      lines.map(async (line) => ({ top: (await line.boundingBox())?.y ?? 0, text: await textOf(line) })),
    );
    return drawn.sort((a, b) => a.top - b.top).map(({ text }) => text);
  }
}

/** The editor area. */
export class Editors {
  constructor(private readonly page: Page) {}

  async groups(): Promise<EditorGroup[]> {
    const groups = await this.page.locator('.editor-group-container:not(.empty)').all();
    const placed = await Promise.all(
      groups.map(async (group) => ({ group, left: (await group.boundingBox())?.x ?? 0 })),
    );
    return placed.sort((a, b) => a.left - b.left).map(({ group }) => new EditorGroup(group));
  }

  /** The titles of the active editors, column by column. */
  async activeTitles(): Promise<string[]> {
    return Promise.all((await this.groups()).map((group) => group.activeTitle()));
  }

  async waitActive(title: string | RegExp, timeout = 20_000): Promise<EditorGroup> {
    return until(
      `an active editor ${String(title)}`,
      async () => {
        for (const group of await this.groups()) {
          const active = await group.activeTitle();
          if (typeof title === 'string' ? active === title : title.test(active)) return group;
        }
        return undefined;
      },
      { timeout, seen: () => this.activeTitles() },
    );
  }

  async isDirty(title: string): Promise<boolean> {
    return (await this.page.locator(`.tab.dirty[data-resource-name="${title}"]`).count()) > 0;
  }

  async squiggles(): Promise<Squiggle[]> {
    const found: Squiggle[] = [];
    for (const severity of ['error', 'warning', 'info'] as const) {
      for (const mark of await this.page.locator(`.monaco-editor .squiggly-${severity}`).all()) {
        const box = await mark.boundingBox();
        if (box !== null) found.push({ severity, x: box.x, y: box.y, width: box.width });
      }
    }
    return found;
  }

  async waitSquiggles(count: (n: number) => boolean, what: string, timeout = 20_000): Promise<Squiggle[]> {
    return until(
      what,
      async () => {
        const squiggles = await this.squiggles();
        return count(squiggles.length) ? squiggles : undefined;
      },
      { timeout, seen: () => this.squiggles() },
    );
  }

  /** What a webview editor holds: the document inside its two frames. */
  get webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  /** The visible text of the webview editor; empty until it is drawn. */
  async webviewText(): Promise<string> {
    const body = this.webview.locator('body');
    return (await body.innerText({ timeout: 1_000 }).catch(() => '')).replaceAll(/\s+/g, ' ').trim();
  }

  /** The text of the CodeLenses that are drawn. */
  async codeLenses(): Promise<string[]> {
    return this.page.locator('.codelens-decoration:visible').allTextContents();
  }

  async clickCodeLens(text: string): Promise<void> {
    await this.page.locator('.codelens-decoration a', { hasText: text }).first().click();
  }

  /** Opens the hover for what is under the cursor, and reads it. */
  async hoverAtCursor(): Promise<string> {
    await this.page.keyboard.press('Control+k');
    await this.page.keyboard.press('Control+i');
    const hover = this.page.locator('.monaco-hover:visible').first();
    await hover.waitFor();
    return textOf(hover);
  }

  /** Opens the suggestions at the cursor. @returns their labels */
  async suggestions(): Promise<string[]> {
    await this.page.keyboard.press('Control+Space');
    const rows = this.page.locator('.suggest-widget.visible .monaco-list-row');
    await rows.first().waitFor();
    return rows.locator('.label-name').allTextContents();
  }

  /** Opens the quick fix menu at the cursor. @returns its entries */
  async quickFixes(): Promise<string[]> {
    await this.page.keyboard.press('Control+.');
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    await rows.first().waitFor();
    return rows.locator('.title').allTextContents();
  }

  async applyQuickFix(title: string): Promise<void> {
    await this.quickFixes();
    await this.page.locator('.action-widget .monaco-list-row.action', { hasText: title }).first().click();
    await this.page.locator('.action-widget .monaco-list-row.action').first().waitFor({ state: 'hidden' });
  }
}
