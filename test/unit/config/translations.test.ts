import assert from 'node:assert/strict';
import { config, t } from '@vscode/l10n';
import { l10n } from 'vscode';
import { shareTranslations } from '../../../src/config/translations';

describe("VS Code's translations", () => {
  const host = l10n as { bundle?: Record<string, string> | undefined };

  afterEach(() => {
    delete host.bundle;
    config({ contents: {} });
  });

  it('reach the rooms that do not know VS Code', () => {
    host.bundle = { 'A file of {0} lines': 'Eine Datei mit {0} Zeilen' };
    shareTranslations();
    assert.equal(t('A file of {0} lines', 3), 'Eine Datei mit 3 Zeilen');
    assert.equal(t('Not translated'), 'Not translated');
  });

  it('are none in English, where texts stand for themselves', () => {
    shareTranslations();
    assert.equal(t('A file of {0} lines', 3), 'A file of 3 lines');
  });
});
