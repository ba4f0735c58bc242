import type { Locator, Page } from 'playwright-core';
import { until } from '../until';
import { Editors, type EditorGroup } from './editors';
import { Dialog, Notifications } from './notifications';
import { QuickInput, textOf } from './quickInput';
import { TreeView } from './tree';

/** A VS Code window as a person uses it: by mouse, keyboard and eye. Nothing here reaches behind the screen. */
export class Workbench {
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  readonly dialog: Dialog;
  readonly editors: Editors;

  constructor(readonly page: Page) {
    this.quickInput = new QuickInput(page);
    this.notifications = new Notifications(page);
    this.dialog = new Dialog(page);
    this.editors = new Editors(page);
  }

  /** Waits until the window is drawn and the Explorer shows the folder. */
  async waitReady(timeout = 90_000): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout });
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout });
  }

  /** Reloads the window as "Developer: Reload Window" does. */
  async reload(): Promise<void> {
    await this.command('Developer: Reload Window', { closes: false });
    // The old window must be gone before the new one can be waited for.
    await this.page.waitForEvent('load');
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 90_000 });
  }

  /** Runs a command from the palette by its full title, category included. */
  async command(title: string, options: { readonly closes?: boolean } = {}): Promise<void> {
    const { quickInput } = this;
    // The palette does not learn of commands that are registered while it is open, as at the start of a window: ask it anew.
    await until(
      `the command "${title}" in the palette`,
      async () => {
        await this.#ask('F1');
        await quickInput.type(`>${title}`);
        const found = await until(title, async () => (await quickInput.rows())[0]?.label === title, {
          timeout: 2_000,
        }).catch(() => false);
        if (!found) await quickInput.cancel();
        return found;
      },
      { timeout: 30_000 },
    );
    await quickInput.accept();
    if (options.closes !== false) {
      await until(
        `the palette to close`,
        async () => !(await quickInput.isOpen()) || !(await quickInput.value()).startsWith('>'),
      );
    }
  }

  /** The titles the palette offers for `filter`. */
  async paletteEntries(filter: string): Promise<string[]> {
    const { quickInput } = this;
    await this.#ask('F1');
    await quickInput.type(`>${filter}`);
    const rows = await until('palette entries', async () => {
      const found = await quickInput.rows();
      return found.length > 0 && found[0]?.label !== '' ? found : undefined;
    });
    await quickInput.cancel();
    return rows.map((row) => row.label);
  }

  /** Opens a file of the workspace with Ctrl+P. */
  async openFile(name: string): Promise<EditorGroup> {
    const { quickInput } = this;
    // Its list of files is made when it opens: ask it anew for a file that was written just before.
    await until(`${name} in quick open`, async () => {
      await this.#ask('Control+p');
      await quickInput.type(name);
      const found = await until(name, async () => (await quickInput.rows())[0]?.label === name, {
        timeout: 5_000,
      }).catch(() => false);
      if (!found) await quickInput.cancel();
      return found;
    });
    await quickInput.accept();
    await quickInput.waitClosed();
    return this.editors.waitActive(name);
  }

  /** Moves the cursor; line and column count from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    const { quickInput } = this;
    // It only says so where the keyboard is not in a text editor yet.
    await until(`line ${line}`, async () => {
      await this.#ask('Control+g');
      await quickInput.type(`:${line}:${column}`);
      await quickInput.accept();
      const gone = await quickInput.waitClosed(3_000).then(
        () => true,
        () => false,
      );
      if (!gone) await quickInput.cancel();
      return gone;
    });
  }

  /** Opens the quick input by a key. A window that is busy with its start, or gives the focus away just then, loses keys. */
  async #ask(key: string): Promise<void> {
    await until(`${key} to open a quick input`, async () => {
      await this.page.keyboard.press(key);
      return this.quickInput.waitOpen(undefined, 5_000).then(
        () => true,
        () => false,
      );
    });
  }

  async save(title: string): Promise<void> {
    await this.page.keyboard.press('Control+s');
    await until(`${title} to be saved`, async () => !(await this.editors.isDirty(title)));
  }

  /** Opens a container of the activity bar. */
  async openContainer(title: string): Promise<void> {
    const entry = this.page.locator(`.activitybar .action-item:has([aria-label^="${title}"])`).first();
    const open = this.page.locator('.part.sidebar .composite.title', { hasText: new RegExp(title, 'i') });
    await entry.waitFor();
    // A window that has just started may open it by itself; a click on what is open closes it.
    await until(`${title} to open`, async () => {
      if ((await entry.getAttribute('class'))?.includes('checked') !== true) await entry.click();
      return open.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
    });
  }

  /** A view of the open container, by its title; the only one when it is alone. */
  view(title: string): TreeView {
    const pane = this.page
      .locator('.part.sidebar .pane')
      .filter({ has: this.page.locator(`.pane-header[aria-label*="${title}"]`) });
    return new TreeView(this.page, pane);
  }

  /** The texts of the Problems panel, as `message source(code) [Ln, Col]`. */
  async problems(): Promise<string[]> {
    await this.command('View: Focus Problems (Errors, Warnings, Infos)');
    const panel = this.page.locator('.markers-panel');
    await panel.waitFor();
    return this.#texts(
      panel.locator('.monaco-list-row .marker-container, .monaco-list-row .monaco-tl-contents'),
    );
  }

  /** The texts in the status bar. */
  async statusBar(): Promise<string[]> {
    return this.#texts(this.page.locator('.part.statusbar .statusbar-item:visible'));
  }

  /** Everything the extension wrote to an output channel. */
  async output(channel: string): Promise<string> {
    await this.command('Output: Show Output Channels...');
    await this.quickInput.type(channel);
    await this.quickInput.pick(channel);
    const lines = this.page.locator('.output-view .view-line');
    await lines.first().waitFor();
    return (await this.#texts(lines)).join('\n');
  }

  async #texts(locator: Locator): Promise<string[]> {
    return Promise.all((await locator.all()).map((element) => textOf(element)));
  }
}
