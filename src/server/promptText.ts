/**
 * The beginning of what a request asks or a result answers, for outlines and lists. Takes the parsed line, whatever it is;
 * empty when there is no text.
 */
export function beginningOf(row: unknown, characters = 80): string {
  // A prompt may have megabytes; white space beyond this is not worth looking behind.
  const start =
    firstText(row)
      ?.trimStart()
      .slice(0, 20 * characters) ?? '';
  const text = start.replace(/\s+/g, ' ').trim();
  return text.length <= characters ? text : `${text.slice(0, characters - 1).trimEnd()}…`;
}

function firstText(row: unknown): string | undefined {
  return (
    textOfGemini(get(row, 'request')) ??
    textOfGemini(row) ??
    textOfOpenAi(get(row, 'body')) ??
    textOfResult(row)
  );
}

function textOfGemini(request: unknown): string | undefined {
  return textOfTurns(list(get(request, 'contents'))) ?? textOfParts(get(request, 'content'));
}

function textOfOpenAi(body: unknown): string | undefined {
  const messages = list(get(body, 'messages'));
  const asked = messages.find((message) => get(message, 'role') === 'user') ?? messages[0];
  const content = get(asked, 'content');
  const input = get(body, 'input');
  return (
    string(content) ??
    firstOf(list(content), (part) => string(get(part, 'text'))) ??
    string(input) ??
    string(list(input)[0])
  );
}

function textOfResult(row: unknown): string | undefined {
  const response = get(row, 'response');
  const choices = list(get(get(response, 'body'), 'choices'));
  return (
    textOfParts(get(list(get(response, 'candidates'))[0], 'content')) ??
    string(get(get(choices[0], 'message'), 'content')) ??
    string(get(get(row, 'error'), 'message'))
  );
}

/** The first turn of the user; a conversation may begin with the model. */
function textOfTurns(turns: readonly unknown[]): string | undefined {
  const asked = turns.filter((turn) => get(turn, 'role') !== 'model');
  return firstOf(asked, textOfParts) ?? firstOf(turns, textOfParts);
}

function textOfParts(content: unknown): string | undefined {
  return firstOf(list(get(content, 'parts')), (part) => string(get(part, 'text')));
}

function firstOf(items: readonly unknown[], find: (item: unknown) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function get(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
