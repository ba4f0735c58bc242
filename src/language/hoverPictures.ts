import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hover, MarkdownString, Range, Uri, type TextDocument } from 'vscode';
import { mediaScheme } from '../shared/lsp';
import type { Disposable } from '../util/disposable';

/** A picture beyond this is not worth waiting for in a hover. */
const mostCharacters = 20_000_000;
/** So wide a picture is shown; pixels. */
const shownWidth = 360;

const link = new RegExp(`\\(${mediaScheme}:(\\d+),(\\d+),(\\d+)\\)`);

/**
 * Shows pictures in hovers that are too large to stand in one. VS Code cuts the text of a hover at 100,000 characters, so
 * their bytes are put into a file, which is gone when VS Code is.
 */
export class HoverPictures implements Disposable {
  private folder: Promise<string> | undefined;

  /** The hover with its link to a place in the document turned into one to a file. */
  async shown(hover: Hover, document: TextDocument): Promise<Hover> {
    const contents = await Promise.all(
      hover.contents.map(async (content) =>
        content instanceof MarkdownString && link.test(content.value)
          ? new MarkdownString(await this.replaceLink(content.value, document))
          : content,
      ),
    );
    return new Hover(contents, hover.range);
  }

  dispose(): void {
    void this.folder?.then((folder) => rm(folder, { recursive: true, force: true })).catch(() => undefined);
  }

  private async replaceLink(text: string, document: TextDocument): Promise<string> {
    const [whole, line, start, end] = link.exec(text) ?? [];
    if (whole === undefined) return text;
    const range = new Range(Number(line), Number(start), Number(line), Number(end));
    if (Number(end) - Number(start) > mostCharacters) return text.replace(/!\[preview\]\([^)]*\)/, '');
    const file = await this.write(document.getText(range));
    return text.replace(whole, `(${Uri.file(file).toString()}|width=${shownWidth})`);
  }

  /** The file's name follows from what is in it, so that the same picture is the same file. */
  private async write(base64: string): Promise<string> {
    this.folder ??= mkdtemp(path.join(tmpdir(), 'batchwright-pictures-'));
    const name = createHash('sha256').update(base64).digest('hex').slice(0, 32);
    const file = path.join(await this.folder, name);
    // JSON may escape the slash, which base64 has.
    await writeFile(file, Buffer.from(base64.replaceAll('\\/', '/'), 'base64'));
    return file;
  }
}
