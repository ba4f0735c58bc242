import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, type TreeItemCollapsibleState } from 'vscode';

/** A row of a tree in words and an icon: all that is shown of what it stands for. */
export interface RowPresentation {
  readonly label: string;
  /** Grey text behind the label, e.g. `812 ok · 3 failed · 185 left · 2 h ago`. */
  readonly description: string;
  readonly icon: { readonly id: string; readonly color?: string };
  /** Markdown; everything that came from elsewhere is escaped in it. */
  readonly tooltip: string;
  /** What a screen reader says for the row. */
  readonly accessibleLabel: string;
  /** Flags joined by dots, matched by `viewItem =~ /\bflag\b/` in the manifest. */
  readonly contextValue: string;
}

/** The tree item of a row. @param id stable, so that a redraw keeps selection and expansion */
export function rowItem(id: string, row: RowPresentation, state: TreeItemCollapsibleState): TreeItem {
  const item = new TreeItem(row.label, state);
  item.id = id;
  item.description = row.description;
  item.iconPath = themeIcon(row.icon);
  item.tooltip = new MarkdownString(row.tooltip);
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.accessibleLabel };
  return item;
}

function themeIcon({ id, color }: RowPresentation['icon']): ThemeIcon {
  return new ThemeIcon(id, color === undefined ? undefined : new ThemeColor(color));
}
