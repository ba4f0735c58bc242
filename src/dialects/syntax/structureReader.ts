import * as l10n from '@vscode/l10n';
import type { RuleCode } from '../rules';
import { deepestNesting } from '../structure';
import { bracketMend } from './ends';
import { rewrite, type ReportFault, type SyntaxFault, type TextMend } from './fault';

type Expected = 'value' | 'firstValue' | 'name' | 'firstName' | 'colon' | 'comma' | 'end';

/**
 * Knows which token may follow which in JSON: brackets, commas and colons, and where a string or word may stand. Which token comes
 * next, its subclass says.
 */
export abstract class StructureReader {
  protected readonly faults: SyntaxFault[] = [];
  protected readonly open: ('{' | '[')[] = [];
  protected expected: Expected = 'value';
  protected lastComma = -1;
  protected halted = false;

  constructor(
    protected readonly text: string,
    protected at: number,
  ) {}

  /** Reads a semicolon where a comma belongs, and an equals sign (or an arrow) where a colon does. */
  protected otherSeparator(character: string): boolean {
    const wanted =
      this.expected === 'comma' && character === ';'
        ? ','
        : this.expected === 'colon' && character === '='
          ? ':'
          : undefined;
    if (wanted === undefined) return false;
    const end = this.at + (this.text.startsWith('=>', this.at) ? 2 : 1);
    this.fault(
      'json-syntax',
      this.at,
      end,
      l10n.t('JSON separates with "{0}" here.', wanted),
      rewrite(this.at, end, wanted, l10n.t('Change to "{0}"', wanted)),
    );
    this.lastComma = wanted === ',' ? this.at : -1;
    this.at = end;
    if (wanted === ',') this.afterComma();
    else this.expected = 'value';
    return true;
  }

  protected opening(character: '{' | '['): void {
    if (!this.beginValue(1)) return;
    this.open.push(character);
    if (this.open.length > deepestNesting) {
      this.halt(
        'json-nesting',
        this.at,
        this.at + 1,
        l10n.t(
          'Values are nested deeper than {0} levels, which the service does not read. Flatten them.',
          deepestNesting,
        ),
      );
      return;
    }
    this.at += 1;
    this.expected = character === '{' ? 'firstName' : 'firstValue';
  }

  protected closing(character: '}' | ']'): void {
    const opener = this.open.at(-1);
    const wanted = opener === '{' ? '}' : ']';
    if (opener === undefined || wanted !== character) {
      this.halt(
        'json-syntax',
        this.at,
        this.at + 1,
        opener === undefined
          ? l10n.t('Nothing is open that "{0}" could close.', character)
          : l10n.t('Here must be "{0}", not "{1}".', wanted, character),
        bracketMend(this.text, this.at, wanted),
      );
      return;
    }
    if (this.expected === 'colon' || (this.expected === 'value' && opener === '{')) {
      this.halt('json-syntax', this.at, this.at + 1, l10n.t('A value is missing before this bracket.'));
      return;
    }
    if ((this.expected === 'name' || this.expected === 'value') && this.lastComma !== -1) {
      this.needlessComma(this.lastComma, l10n.t('A comma before a closing bracket. Remove it.'));
    }
    this.open.pop();
    this.at += 1;
    this.valueRead();
  }

  protected comma(): void {
    if (this.expected !== 'comma') {
      const twice = this.lastComma !== -1 && this.text.slice(this.lastComma + 1, this.at).trim() === '';
      if (!twice) {
        this.halt('json-syntax', this.at, this.at + 1, l10n.t('Something is missing before this comma.'));
        return;
      }
      this.needlessComma(this.at, l10n.t('Two commas in a row. Remove one.'));
      this.at += 1;
      return;
    }
    this.lastComma = this.at;
    this.at += 1;
    this.afterComma();
  }

  private needlessComma(at: number, message: string): void {
    this.fault(
      'json-trailing-comma',
      at,
      at + 1,
      message,
      rewrite(at, at + 1, '', l10n.t('Remove the comma')),
    );
  }

  private afterComma(): void {
    this.expected = this.open.at(-1) === '{' ? 'name' : 'value';
  }

  protected colon(): void {
    if (this.expected !== 'colon') {
      this.halt(
        'json-syntax',
        this.at,
        this.at + 1,
        l10n.t('A colon can only stand between a name and its value.'),
      );
      return;
    }
    this.at += 1;
    this.expected = 'value';
    this.lastComma = -1;
  }

  /** Whether a value of `length` may begin here; puts in a forgotten comma and goes on. */
  private beginValue(length: number): boolean {
    this.forgottenComma();
    if (this.expected === 'name' || this.expected === 'firstName') {
      this.halt(
        'json-syntax',
        this.at,
        this.at + length,
        l10n.t('Here must be a property name in double quotes.'),
      );
      return false;
    }
    if (this.expected === 'colon') {
      this.fault(
        'json-syntax',
        this.at,
        this.at + length,
        l10n.t('The colon after the name is missing.'),
        rewrite(this.at, this.at, ':', l10n.t('Insert a colon')),
      );
    }
    return true;
  }

  private forgottenComma(): void {
    if (this.expected !== 'comma') return;
    let before = this.at;
    while (/\s/.test(this.text.charAt(before - 1))) before -= 1;
    this.fault(
      'json-syntax',
      this.at,
      this.at + 1,
      l10n.t('A comma is missing before this.'),
      rewrite(before, before, ',', l10n.t('Insert a comma')),
    );
    this.afterComma();
  }

  protected valueRead(): void {
    this.lastComma = -1;
    this.expected = this.open.length === 0 ? 'end' : 'comma';
  }

  /** A string or word of that length was read where a name or a value may stand. */
  protected scalarRead(start: number, end: number): void {
    this.at = start;
    this.forgottenComma();
    if (this.expected === 'name' || this.expected === 'firstName') this.expected = 'colon';
    else if (this.beginValue(end - start)) this.valueRead();
    else return;
    this.at = end;
  }

  protected readonly fault: ReportFault = (code, start, end, message, mend) => {
    this.faults.push({ code, start, end, message, ...(mend && { mend: { kind: 'text', ...mend } }) });
  };

  protected halt(code: RuleCode, start: number, end: number, message: string, mend?: TextMend): void {
    this.fault(code, start, end, message, mend);
    this.halted = true;
  }
}
