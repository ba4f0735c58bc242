/**
 * Finds every text that the extension shows through `l10n.t` or out of a table, so that translators have one list of them:
 *   node --import tsx test/support/l10nStrings.ts     writes l10n/bundle.l10n.json
 * A test holds the file to the code.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { descriptors, type Shape } from '../../src/dialects';
import snippets from '../../syntaxes/requests.snippets.json';

export const bundlePath = 'l10n/bundle.l10n.json';

/** The texts of all sources, in the order of the alphabet, as VS Code wants its bundle: text -> text. */
export function bundleText(): string {
  const texts = new Set<string>();
  for (const file of globSync('src/**/*.ts')) {
    for (const text of textsOf(readFileSync(file, 'utf8'), path.basename(file))) texts.add(text);
  }
  for (const text of tableTexts()) texts.add(text);
  const sorted = [...texts].sort((a, b) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted.map((text) => [text, text])), undefined, 2)}\n`;
}

/** Texts that stand in tables: what fields and values mean, and what snippets are for. */
function* tableTexts(): Generator<string> {
  for (const { fields } of descriptors.values()) {
    for (const field of fields) {
      yield field.doc;
      if (field.deprecated !== undefined) yield field.deprecated;
      // Words, not names and numbers.
      if (field.default?.includes(' ') === true) yield field.default;
      yield* meaningsIn(field.shape);
    }
  }
  for (const { description } of Object.values(snippets)) yield description;
}

function meaningsIn(shape: Shape): string[] {
  if (shape.type === 'enum') return Object.values(shape.values).filter((meaning) => meaning !== '');
  return shape.type === 'list' || shape.type === 'map' ? meaningsIn(shape.of) : [];
}

/** The texts that a source passes to `l10n.t`; throws where one is not written as a plain string, which cannot be translated. */
export function textsOf(source: string, name: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText(file))) {
      const [text] = node.arguments;
      if (text === undefined || !ts.isStringLiteralLike(text)) {
        throw new Error(`${name}: l10n.t needs a plain string, not ${text?.getText(file) ?? 'nothing'}.`);
      }
      texts.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return texts;
}

if (process.argv[1] === __filename) writeFileSync(bundlePath, bundleText());
