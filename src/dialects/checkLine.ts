import * as l10n from '@vscode/l10n';
import { isObject, jsonType, tryParse, withoutByteOrderMark, type JsonObject } from './json';
import { isEndpoint } from './descriptors';
import { lineKindOf, textKindOf } from './lineKind';
import { formOf, lineForms } from './lineForms';
import { Linter } from './lint';
import { duplicateProperties, locateIssues, severityOf, treeOf } from './locate';
import type { Issue } from './issue';
import type { CheckContext, LineCheck, LineKind, Mend, Problem } from './problem';
import { typeWords } from './wording/shapes';
import { opensObject } from './spread';
import { maySplitSurrogates, nameCount, propertyCount, surelyNamesOnce } from './structure';
import { syntaxFaults, type SyntaxFault } from './syntax';

/** A parsed line and what is wrong with it, before anybody looked where. */
export interface LineVerdict {
  readonly check: Omit<LineCheck, 'problems'>;
  readonly issues: readonly Issue[];
  /** Whether only a look at the text itself can say what is wrong: broken JSON, properties given twice, half characters. */
  readonly textTrouble: boolean;
  /** The line's JSON; undefined when it is none, or nested too deeply to be looked into. */
  readonly value: unknown;
}

/**
 * Checks the lines of one file. Keeps what is reused from line to line; not for use from two places at once, which JavaScript
 * does not do anyway.
 */
export class LineChecker {
  private readonly linter: Linter;

  /** @param wordless whether nobody reads what problems say, which takes about as long as finding them */
  constructor(
    private readonly context: CheckContext,
    private readonly wordless = false,
  ) {
    this.linter = new Linter(context);
  }

  /** Everything wrong with a line, with exact places. Never throws. Blank lines have no problems. */
  check(text: string): LineCheck {
    const verdict = this.verdict(text);
    if (verdict.issues.length === 0 && !verdict.textTrouble)
      return { problems: noProblems, ...verdict.check };
    return { problems: this.locate(text, verdict), ...verdict.check };
  }

  /**
   * The cheap half of {@link check}: whether anything is wrong, and what, but not where.
   * @param isSound whether somebody knows the text to be JSON without a name twice or half a character, and not too deep
   */
  verdict(text: string, isSound = false): LineVerdict {
    if (!isSound && text.trim() === '') return blankLine;
    const value = tryParse(withoutByteOrderMark(text));
    const properties = isSound ? 0 : propertyCount(value);
    if (value === undefined || properties === -1) {
      return {
        check: {
          lineKind: textKindOf(text),
          tokens: 0,
          ...(value === undefined && opensObject(text) && { opens: true }),
        },
        issues: [],
        textTrouble: true,
        value: undefined,
      };
    }
    const lineKind = lineKindOf(value);
    const textTrouble =
      !isSound &&
      ((!surelyNamesOnce(text, properties) && nameCount(text) !== properties) || maySplitSurrogates(text));
    if (!isObject(value)) {
      return { check: { lineKind, tokens: 0 }, issues: [notAnObject(value, lineKind)], textTrouble, value };
    }
    const form = formOf(value, lineKind, this.context.kind);
    if (form === undefined) {
      const issues = [otherDialect(lineKind, this.context.kind)];
      return { check: checkOf(value, lineKind, 0), issues, textTrouble, value };
    }
    const issues = this.linter.lint(value, form);
    return {
      check: checkOf(value, lineKind, this.linter.tokens),
      issues:
        form === lineForms['gemini-bare'] && severityOf('bare-request', this.context.rules) !== 'off'
          ? [bareRequest, ...issues]
          : issues,
      textTrouble,
      value,
    };
  }

  /** The places of what the verdict on that text has found. */
  locate(text: string, { issues, textTrouble, value }: LineVerdict): readonly Problem[] {
    const { rules } = this.context;
    if (value === undefined) {
      const faults = syntaxFaults(text);
      return this.faults(faults.length > 0 ? faults : [unexplained(text)]);
    }
    const tree = treeOf(text);
    const located = locateIssues(tree, issues, rules, this.wordless);
    if (!textTrouble) return located;
    // Whole pairs that are escaped, as some writers do with all beyond ASCII, are no fault.
    const characters = maySplitSurrogates(text) ? this.faults(syntaxFaults(text)) : [];
    return [...located, ...duplicateProperties(tree, rules), ...characters].sort((a, b) => a.start - b.start);
  }

  private faults(faults: readonly SyntaxFault[]): Problem[] {
    return faults.flatMap((fault) => {
      const severity = severityOf(fault.code, this.context.rules);
      return severity === 'off' ? [] : [{ ...fault, severity }];
    });
  }
}

/** Everything wrong with one line, with exact places. Never throws. For many lines make one {@link LineChecker}. */
export function checkLine(text: string, context: CheckContext): LineCheck {
  return new LineChecker(context).check(text);
}

const noProblems: readonly Problem[] = Object.freeze([]);
const blankLine: LineVerdict = Object.freeze({
  check: Object.freeze({ lineKind: 'other', tokens: 0 }),
  issues: Object.freeze([]),
  textTrouble: false,
  value: undefined,
});

/** Without a spread: this is made for every line that is parsed. */
function checkOf(value: JsonObject, lineKind: LineKind, tokens: number): LineVerdict['check'] {
  const key = value.key ?? value.custom_id;
  const { body } = value;
  const model = isObject(body) ? body.model : undefined;
  const check: { lineKind: LineKind; tokens: number; key?: string; model?: string; endpoint?: string } = {
    lineKind,
    tokens,
  };
  if (typeof key === 'string' && key !== '') check.key = key;
  if (typeof model === 'string') check.model = model;
  if (lineKind === 'openai' && isEndpoint(value.url)) check.endpoint = value.url;
  return check;
}

function notAnObject(value: unknown, lineKind: LineKind): Issue {
  return {
    code: 'line-not-object',
    path: [],
    at: 'value',
    message: () =>
      l10n.t(
        'A line must be an object such as {0}; this is {1}.',
        '{"key":"…","request":{…}}',
        typeWords(jsonType(value)),
      ),
    ...(typeof value === 'string' &&
      lineKind !== 'other' && {
        mend: { kind: 'replace', json: value.trim(), title: l10n.t('Write as JSON, not as text') },
      }),
    ...(Array.isArray(value) && value.length === 1 && isObject(value[0]) && { mend: { kind: 'unwrap' } }),
  };
}

const bareRequest: Issue = {
  code: 'bare-request',
  path: [],
  at: 'owner',
  message: () =>
    l10n.t(
      'A bare request has no key, so its result could not be told from others. Put it into {0}.',
      '{"key":"…","request":{…}}',
    ),
  mend: { kind: 'wrapLine' },
};

function lineWords(kind: LineKind): string {
  switch (kind) {
    case 'gemini':
      return l10n.t('a Gemini request');
    case 'gemini-bare':
      return l10n.t('a bare Gemini request');
    case 'gemini-embed':
      return l10n.t('a Gemini embedding request');
    case 'openai':
      return l10n.t('an OpenAI request');
    case 'results':
      return l10n.t('a result');
    case 'other':
      return l10n.t('something else');
  }
}

/** By which property a line of another dialect is recognised. */
const tellingPath: Readonly<Record<LineKind, readonly string[]>> = {
  gemini: ['request'],
  'gemini-bare': ['contents'],
  'gemini-embed': ['request'],
  openai: ['body'],
  results: ['response'],
  other: [],
};

function otherDialect(lineKind: LineKind, kind: CheckContext['kind']): Issue {
  const mend: Mend | undefined =
    kind === 'openai'
      ? { kind: 'convert', to: 'openai' }
      : lineKind === 'openai'
        ? { kind: 'convert', to: 'gemini' }
        : undefined;
  return {
    code: 'line-dialect',
    path: tellingPath[lineKind],
    at: 'name',
    message: () =>
      l10n.t(
        'This line is {0}, but the file consists of {1}. One job takes one kind: move it to a file of its own or convert it.',
        lineWords(lineKind),
        linesWords(kind),
      ),
    ...(mend && { mend }),
  };
}

function linesWords(kind: CheckContext['kind']): string {
  switch (kind) {
    case 'gemini':
    case 'gemini-bare':
      return l10n.t('Gemini requests');
    case 'gemini-embed':
      return l10n.t('Gemini embedding requests');
    case 'openai':
      return l10n.t('OpenAI requests');
  }
}

/** JSON.parse refuses the line and our own reader does not know why: say so rather than nothing. */
function unexplained(text: string): SyntaxFault {
  return {
    code: 'json-syntax',
    start: 0,
    end: Math.min(1, text.length),
    message: l10n.t('This line is not valid JSON.'),
  };
}
