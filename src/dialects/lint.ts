import { compiledMessage, type CompiledMessage } from './compiled';
import { nameList, placeName, type Issue } from './issue';
import { isUnset, type JsonObject } from './json';
import { meaningRules, type MeaningContext } from './meaning';
import type { CheckContext, PathSegment } from './problem';
import { rules, type RuleCode } from './rules';
import { estimateMessage } from './tokens';
import { violationIssue, type RequestPlace } from './wording';
import { suggestionFor } from './homes';
import { Walker, type ViolationDetails, type ViolationKind, type WalkListener } from './walk';

/** How a line of one kind is checked. */
export interface LineForm {
  readonly message: CompiledMessage;
  readonly request: RequestPlace;
  /** Name of the property that correlates, absent on bare lines. */
  readonly keyName?: 'key' | 'custom_id';
}

export const lineForms = {
  gemini: form('GeminiLine', ['request'], 'GenerateContentRequest', 'key'),
  'gemini-embed': form('GeminiEmbedLine', ['request'], 'EmbedContentRequest', 'key'),
  'gemini-bare': form('GenerateContentRequest', [], 'GenerateContentRequest'),
  'openai-chat': form('OpenAiChatLine', ['body'], 'ChatCompletionBody', 'custom_id'),
  'openai-embeddings': form('OpenAiEmbeddingsLine', ['body'], 'EmbeddingsBody', 'custom_id'),
} as const;

function form(
  message: string,
  path: readonly string[],
  request: string,
  keyName?: LineForm['keyName'],
): LineForm {
  return {
    message: compiledMessage(message),
    request: { path, message: request },
    ...(keyName && { keyName }),
  };
}

/**
 * Gathers what is wrong with one parsed line after another. Reused for a whole file, so that a good line costs no allocation.
 */
export class Linter implements WalkListener, MeaningContext {
  readonly fileState: MeaningContext['fileState'];
  /** Input tokens of the last line, by the local estimate. */
  tokens = 0;
  private issues: Issue[] = [];
  private readonly walker = new Walker(this);
  private form: LineForm = lineForms.gemini;
  private requestMissing = false;
  private readonly silent: ReadonlySet<RuleCode>;

  constructor(context: CheckContext) {
    this.fileState = context.fileState;
    this.silent = silentRules(context.rules ?? {});
  }

  /** Where the walker is; copy it before it is kept. */
  get path(): readonly PathSegment[] {
    return this.walker.path;
  }

  /** Everything wrong with a line of that form, in document order. The result is the caller's. */
  lint(value: JsonObject, lineForm: LineForm): readonly Issue[] {
    this.form = lineForm;
    this.issues = [];
    this.tokens = 0;
    this.walker.path.length = 0;
    this.requestMissing = isUnset(value[lineForm.request.path[0] ?? '']);
    this.walker.message(lineForm.message, value);
    return this.issues;
  }

  report(issue: Issue): void {
    if (!this.silent.has(issue.code)) this.issues.push(issue);
  }

  message(message: CompiledMessage, value: JsonObject): void {
    const { name } = message.descriptor;
    this.tokens += estimateMessage(name, value);
    meaningRules.get(name)?.(value, this);
    if (message === this.form.message) this.line(value);
  }

  violation(kind: ViolationKind, walker: Walker, details: ViolationDetails): void {
    // Without the field the walk would cost a copy of the path for a rule that is nearly always off.
    if (kind === 'deprecated' && this.silent.has('deprecated-field')) return;
    const path = [...walker.path];
    if (kind === 'missingField' && this.isMisspelt(path, details)) return;
    if (details.message === this.form.message && this.form.keyName !== undefined) {
      const issue = this.rowIssue(kind, path, details);
      if (issue === 'none') return;
      if (issue !== undefined) {
        this.report(issue);
        return;
      }
    }
    this.report(violationIssue(kind, path, details, this.form.request));
  }

  /** Whether the field that is missing from the object at `path` is there under a name that was reported as a slip. */
  private isMisspelt(path: readonly PathSegment[], { field }: ViolationDetails): boolean {
    return this.issues.some(
      ({ mend, path: slip }) =>
        mend?.kind === 'rename' &&
        (mend.name === field?.descriptor.name || mend.name === field?.descriptor.snake) &&
        slip.length === path.length + 1 &&
        path.every((segment, index) => slip[index] === segment),
    );
  }

  /** What is special about the row around the request. `none`: said elsewhere; undefined: nothing special. */
  private rowIssue(
    kind: ViolationKind,
    path: readonly PathSegment[],
    details: ViolationDetails,
  ): Issue | 'none' | undefined {
    const name = path.at(-1);
    if (kind === 'unknownField') return this.besideRequest(path, String(name), details.value);
    if (kind === 'wrongType' && name === this.form.keyName) {
      return {
        code: 'key-type',
        path,
        at: 'value',
        message: `"${name}" must be a string, so that the result can be found by it. Write it in quotes.`,
        ...(typeof details.value === 'number' && {
          mend: { kind: 'wrap', before: '"', after: '"', title: 'Write as a string' },
        }),
      };
    }
    // What replaces a missing key or request is said in line(), which sees the whole row.
    const missing = details.field?.descriptor.name;
    return kind === 'missingField' && (missing === this.form.keyName || missing === this.form.request.path[0])
      ? 'none'
      : undefined;
  }

  private besideRequest(path: readonly PathSegment[], name: string, value: unknown): Issue | 'none' {
    // Another service's name for the key, or a request without its wrapping: said once, in line().
    if (keyNames.has(name)) return 'none';
    const { request } = this.form;
    const requestName = request.path[0] ?? '';
    const home = suggestionFor(compiledMessage(request.message), request.message, name, value)?.home;
    // The request itself lies beside its own name: said once, as the missing request.
    if (this.requestMissing && home?.path.length === 0) return 'none';
    if (home === undefined || name === 'model' || name === 'input' || name === 'prompt') {
      return {
        code: 'ignored-field',
        path,
        at: 'name',
        message: `"${name}" beside "${requestName}" is ignored by the service. Only "${this.form.keyName ?? ''}" and "${requestName}" count${name === 'metadata' ? '; what you want to find again belongs into the key' : ''}.`,
      };
    }
    const target = [...request.path, ...home.path];
    const wanted = name.includes('_') ? home.field.descriptor.snake : home.field.descriptor.name;
    return {
      code: 'ignored-field',
      path,
      at: 'name',
      message: `"${name}" beside "${requestName}" is ignored by the service. ${name === 'config' ? 'Its fields belong in' : 'It belongs in'} ${placeName(target)}.`,
      mend: name === 'config' ? { kind: 'hoist' } : { kind: 'move', to: target, name: wanted },
    };
  }

  /** The key and the request of the row. */
  private line(value: JsonObject): void {
    const { keyName, request } = this.form;
    if (keyName === undefined) return;
    this.key(value, keyName);
    const requestName = request.path[0] ?? '';
    if (!this.requestMissing) return;
    const bare = Object.keys(value).filter((name) => compiledMessage(request.message).fields.has(name));
    this.report({
      code: 'missing-request',
      path: [],
      at: 'owner',
      message:
        bare.length === 0
          ? `The line has no "${requestName}". A line is {"${keyName}":"…","${requestName}":{…}}.`
          : `The line has no "${requestName}". Put ${nameList(bare)} into one.`,
      ...(bare.length > 0 && { mend: { kind: 'wrapLine' } }),
    });
  }

  private key(value: JsonObject, keyName: string): void {
    const key = value[keyName];
    if (typeof key === 'string') {
      if (key.trim() === '') {
        this.report({
          code: 'empty-key',
          path: [keyName],
          at: 'value',
          message: `"${keyName}" is empty; its result could not be told from others. Write a name that no other line has.`,
          mend: { kind: 'newKey', name: keyName },
        });
      }
      this.secondKeys(value, keyName);
      return;
    }
    if (!isUnset(key)) return;
    const other = Object.keys(value).find((name) => name !== keyName && keyNames.has(name));
    if (other === undefined) {
      this.report({
        code: 'missing-key',
        path: [],
        at: 'owner',
        message: `The line has no "${keyName}", so its result could not be told from others. Give every line one of its own.`,
        mend: { kind: 'newKey', name: keyName },
      });
      return;
    }
    this.report({
      code: 'key-name',
      path: [other],
      at: 'name',
      message: `"${other}" is not read here; the key of a line is called "${keyName}".`,
      mend: { kind: 'rename', name: keyName },
    });
  }

  private secondKeys(value: JsonObject, keyName: string): void {
    for (const name in value) {
      if (name === keyName || !keyNames.has(name)) continue;
      this.report({
        code: 'ignored-field',
        path: [name],
        at: 'name',
        message: `"${name}" is not read by the service, which finds rows by "${keyName}" alone.`,
      });
    }
  }
}

/** What other services call the key. */
const keyNames: ReadonlySet<string> = new Set([
  'key',
  'custom_id',
  'customId',
  'custom-id',
  'id',
  'request_id',
  'requestId',
  'recordId',
]);

function silentRules(settings: NonNullable<CheckContext['rules']>): ReadonlySet<RuleCode> {
  return new Set(
    (Object.keys(rules) as RuleCode[]).filter((code) => (settings[code] ?? rules[code].severity) === 'off'),
  );
}
