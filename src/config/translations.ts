import { config } from '@vscode/l10n';
import { l10n } from 'vscode';

/**
 * Hands VS Code's translations to the rooms that do not know VS Code, which read them through `@vscode/l10n`. In English there are
 * none, and the texts stand for themselves. Costs nothing when done twice.
 */
export function shareTranslations(): void {
  if (l10n.bundle !== undefined) config({ contents: l10n.bundle });
}
