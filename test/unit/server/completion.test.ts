import assert from 'node:assert/strict';
import type { CompletionItem, TextEdit } from 'vscode-languageserver';
import { completionItems } from '../../../src/server/completion';
import { plainText } from '../../../src/server/snippets';
import { applyEdits, markedDocument } from '../../support/markedDocument';

const before =
  '{"key": "request-16", "request": {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}}\n';
const inConfig = (text: string) =>
  `{"key":"a","request":{"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":{${text}}}}`;

/** What the snippet `batch-search` makes. */
function searchLine(key: string): string {
  return `{"key": "${key}", "request": {"contents": [{"role": "user", "parts": [{"text": "Who won the last FIFA World Cup?"}]}], "tools": [{"googleSearch": {}}]}}`;
}

function complete(marked: string, snippets = true): CompletionItem[] {
  const { checked, position } = markedDocument(marked);
  return completionItems(checked, position, { snippets });
}

function labels(marked: string): string[] {
  return complete(marked).map(({ label }) => label);
}

/** The line with the mark after the item was chosen by a client without snippets. */
function chosen(marked: string, label: string): string {
  const item = complete(marked, false).find((candidate) => candidate.label === label);
  assert.ok(item, `${label} is not offered, but ${labels(marked).join(', ')}`);
  const line = marked.split('\n').findIndex((text) => text.includes('|'));
  return applyEdits(marked.replace('|', ''), [
    item.textEdit as TextEdit,
    ...(item.additionalTextEdits ?? []),
  ]).split('\n')[line]!;
}

describe('completion', () => {
  const insertions: [name: string, marked: string, label: string, line: string][] = [
    ['a property in a line that just began', `${before}{|`, 'key', '{"key":"request-17"'],
    [
      'a property behind a quote',
      `${before}{"|`,
      'request',
      '{"request":{"contents":[{"role":"user","parts":[{"text":""}]}]}',
    ],
    ['a property in closed quotes', `${before}{"|"}`, 'key', '{"key":"request-17"}'],
    ['a property half typed', inConfig('"temp|"'), 'temperature', inConfig('"temperature":')],
    ['a name that has a value', inConfig('"tmp|":1'), 'temperature', inConfig('"temperature":1')],
    ['a property before another', inConfig('"top|" "seed":1'), 'topP', inConfig('"topP":, "seed":1')],
    [
      'a property without its comma',
      inConfig('"seed":1 "temp|"'),
      'temperature',
      inConfig('"seed":1, "temperature":'),
    ],
    [
      'a property without comma and quotes',
      inConfig('"seed":1 temp|'),
      'temperature',
      inConfig('"seed":1, "temperature":'),
    ],
    [
      'a property right behind a value',
      inConfig('"stopSequences":["x"]"temp|"'),
      'temperature',
      inConfig('"stopSequences":["x"],"temperature":'),
    ],
    [
      'a property that has a value, without its comma',
      inConfig('"thinkingConfig":{} "tmp|":1'),
      'temperature',
      inConfig('"thinkingConfig":{}, "temperature":1'),
    ],
    [
      'blanks as the line has them',
      `${before}{"key": "a", "request": {"|"}}`,
      'contents',
      '{"key": "a", "request": {"contents": [{"role": "user", "parts": [{"text": ""}]}]}}',
    ],
    [
      'the casing of the line',
      inConfig('"top_p":1,"|"').replace('generationConfig', 'generation_config'),
      'max_output_tokens',
      inConfig('"top_p":1,"max_output_tokens":').replace('generationConfig', 'generation_config'),
    ],
    [
      'the casing of the lines before, where the line has none yet',
      `${before.replace('"contents"', '"system_instruction": {"parts": []}, "contents"')}\n{"key": "a", "request": {"|"}}`,
      'generation_config',
      '{"key": "a", "request": {"generation_config": {}}}',
    ],
    ['a key of the file’s form', `${before}{"key": "|"}`, 'request-17', '{"key": "request-17"}'],
    [
      'an enum value',
      inConfig('"mediaResolution":"|"'),
      'MEDIA_RESOLUTION_LOW',
      inConfig('"mediaResolution":"MEDIA_RESOLUTION_LOW"'),
    ],
    [
      'an enum value without quotes',
      inConfig('"mediaResolution":|'),
      'MEDIA_RESOLUTION_HIGH',
      inConfig('"mediaResolution":"MEDIA_RESOLUTION_HIGH"'),
    ],
    ['a truth value', inConfig('"responseLogprobs":t|'), 'true', inConfig('"responseLogprobs":true')],
    [
      'a MIME type',
      inConfig('"responseMimeType":"app|"'),
      'application/json',
      inConfig('"responseMimeType":"application/json"'),
    ],
    [
      'a type in a schema',
      inConfig('"responseSchema":{"properties":{"a":{"type":"|"}}}'),
      'STRING',
      inConfig('"responseSchema":{"properties":{"a":{"type":"STRING"}}}'),
    ],
    [
      'a keyword of a nested schema',
      inConfig('"responseSchema":{"properties":{"a":{"|"}}}'),
      'minItems',
      inConfig('"responseSchema":{"properties":{"a":{"minItems":}}}'),
    ],
    [
      'a whole value',
      `${before}{"key":"a","request":{"contents":|`,
      '[{"role":"user","parts":[{"text":""}]}]',
      '{"key":"a","request":{"contents":[{"role":"user","parts":[{"text":""}]}]',
    ],
  ];
  insertions.push(
    ['the first name of a new file', '{"|"}', 'key', '{"key":"request-1"}'],
    ['the first name of a new OpenAI file', '{|', 'custom_id', '{"custom_id":"request-1"'],
    [
      'the request of a new file',
      '{"key":"a",|',
      'request',
      '{"key":"a","request":{"contents":[{"role":"user","parts":[{"text":""}]}]}',
    ],
    [
      'the content of a new file that may be one of embeddings',
      '{"key":"a","request":{"con|"}}',
      'content',
      '{"key":"a","request":{"content":{"role":"user","parts":[{"text":""}]}}}',
    ],
    [
      'a chat message with a place for what is said',
      '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"|"}}',
      'messages',
      '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":""}]}}',
    ],
    [
      'a keyword of a JSON Schema',
      inConfig('"responseJsonSchema":{"properties":{"a":{"|"}}}'),
      'items',
      inConfig('"responseJsonSchema":{"properties":{"a":{"items":{}}}}'),
    ],
    [
      'a type of a JSON Schema',
      inConfig('"responseJsonSchema":{"anyOf":[{"type":"|"}]}'),
      'boolean',
      inConfig('"responseJsonSchema":{"anyOf":[{"type":"boolean"}]}'),
    ],
    ['a line by the beginning of its name', `${before}batch-t|`, 'batch-search', searchLine('request-17')],
  );
  for (const [name, marked, label, line] of insertions) {
    it(`inserts ${name}`, () => assert.equal(chosen(marked, label), line));
  }

  const offers: [name: string, marked: string, expected: string[]][] = [
    ['roles', inConfig('').replace('[{"parts"', '[{"role":"|","parts"'), ['user', 'model']],
    [
      'properties that a schema requires',
      inConfig('"responseSchema":{"properties":{"a":{},"b":{}},"required":["a","|"]}'),
      ['b'],
    ],
    [
      'modalities that are not there yet',
      inConfig('"responseModalities":["TEXT",|]'),
      ['IMAGE', 'AUDIO', 'VIDEO'],
    ],
    [
      'the row of an OpenAI file',
      '{"custom_id":"a","method":"POST","|"}\n{"custom_id":"b","method":"POST","url":"/v1/chat/completions","body":{}}',
      ['url', 'body'],
    ],
    ['nothing inside a prompt', inConfig('').replace('Hi', 'Hi "|'), []],
    ['nothing before a value that is there', inConfig('"seed": | 17'), []],
    ['nothing behind a value that is complete', inConfig('"stopSequences":["a"]|'), []],
    ['nothing behind an element that is complete', inConfig('"stopSequences":["a" |]'), []],
    ['the fields of a row as they are typed', '{|', ['key', 'request', 'custom_id', 'method', 'url', 'body']],
    ['what fits the names that are there', '{"custom_id":"a","m|"}', ['method', 'url', 'body']],
    ['nothing where the first name is a foreign one', '{"prompt":"a","|"}', []],
    ['nothing for a word in a foreign file', '{"id":1}\nba|', []],
    [
      'no value that says nothing',
      inConfig('').replace('"request":{', '"request":{"serviceTier":"|",'),
      ['standard', 'flex', 'priority'],
    ],
    [
      'names that the JSON Schema has',
      inConfig('"responseJsonSchema":{"properties":{"a":{},"b":{}},"required":["b",|]}'),
      ['a'],
    ],
    ['nothing for a name in a JSON Schema', inConfig('"responseJsonSchema":{"properties":{"|"}}'), []],
    [
      'the endpoint of a first OpenAI line',
      '{"custom_id":"a","method":"POST","url":"|"}',
      ['/v1/chat/completions', '/v1/embeddings'],
    ],
    ['nothing in a foreign file', '{"id":1,"|"}\n{"id":2}', []],
    [
      'nothing in a free object',
      inConfig('').replace('{"text":"Hi"}', '{"functionCall":{"args":{"|"}}}'),
      [],
    ],
  ];
  for (const [name, marked, expected] of offers) {
    it(`offers ${name}`, () => assert.deepEqual(labels(marked), expected));
  }

  it('offers only what is not there yet, and no second kind of data', () => {
    const found = labels(inConfig('').replace('{"text":"Hi"}', '{"text":"Hi","|"}'));
    assert.ok(found.includes('thought'));
    for (const name of ['text', 'inlineData', 'fileData', 'functionCall'])
      assert.ok(!found.includes(name), name);
  });

  it('has what is usual first, and what has to be there in the order of a line', () => {
    const inOrder = (marked: string, count: number) =>
      complete(marked)
        .sort((a, b) => (a.sortText! < b.sortText! ? -1 : 1))
        .slice(0, count)
        .map(({ label }) => label);
    assert.deepEqual(inOrder(inConfig('').replace('{"text":"Hi"}', '{|}'), 3), [
      'text',
      'inlineData',
      'fileData',
    ]);
    assert.deepEqual(inOrder('{|}', 4), ['key', 'request', 'custom_id', 'method']);
    assert.deepEqual(inOrder('{"custom_id":"a",|}', 3), ['method', 'url', 'body']);
    assert.deepEqual(inOrder(inConfig('|'), 2), ['temperature', 'maxOutputTokens']);
  });

  it('says what a field takes in plain text, where it cannot be Markdown', () => {
    const item = complete(`${before}{"key":"a","request":{|}}`).find(({ label }) => label === 'contents');
    assert.equal(item?.detail, 'list of Content');
  });

  it('keeps silent where a person says that the file is none', () => {
    const { checked, position } = markedDocument('{"|"}');
    checked.configure({ kind: 'none' });
    assert.deepEqual(completionItems(checked, position, { snippets: true }), []);
  });

  it('offers functions that the request declares', () => {
    const line = `{"key":"a","request":{"contents":[],"tools":[{"functionDeclarations":[{"name":"f"},{"name":"g"}]}],"toolConfig":{"functionCallingConfig":{"allowedFunctionNames":["f","|"]}}}}`;
    assert.deepEqual(labels(line), ['g']);
  });

  it('offers models for where they are used', () => {
    const openAi = (url: string, body: string) =>
      `{"custom_id":"a","method":"POST","url":"${url}","body":{${body}}}`;
    const chat = labels(openAi('/v1/chat/completions', '"messages":[],"model":"|"'));
    assert.ok(
      chat.length > 3 && chat.every((model) => model.startsWith('gemini-') && !model.includes('embed')),
    );
    const embeddings = labels(openAi('/v1/embeddings', '"input":"a","model":"|"'));
    assert.ok(embeddings.length > 0 && embeddings.every((model) => model.includes('embed')));
  });

  it('offers whole lines on an empty one, with the next key', () => {
    const items = complete(`${before}|`);
    assert.ok(items.some(({ label }) => label === 'batch-text'));
    assert.ok(!items.some(({ label }) => label.startsWith('batch-openai')));
    for (const { textEdit } of items)
      assert.match((textEdit as TextEdit).newText, /^\{"key": "\$\{1:request-17\}"/);
    assert.ok(labels('|').includes('batch-openai-chat'));
    assert.deepEqual(labels('{"id":1}\n|'), []);
  });

  it('continues the keys around a line in the middle, without taking one twice', () => {
    const row = (key: string) => before.replace('request-16', key).trim();
    assert.deepEqual(labels([row('row-007'), '{"key":"|"}', row('row-008'), row('row-009')].join('\n')), [
      'row-010',
    ]);
  });

  it('asks the client to suggest again where a value is chosen from a list', () => {
    const { checked, position } = markedDocument(inConfig('"|"'));
    const items = completionItems(checked, position, {
      snippets: true,
      suggestCommand: 'suggest',
    });
    const commandOf = (name: string) => items.find(({ label }) => label === name)!.command?.command;
    assert.equal(commandOf('mediaResolution'), 'suggest');
    assert.equal(commandOf('seed'), undefined);
  });

  it('leaves lines alone that nest too deeply to be read', () => {
    assert.deepEqual(labels(`${before}{"key":"a","request":${'['.repeat(10_000)}|`), []);
  });

  it('completes in a document that is a single request, over its lines', () => {
    const text = '{\n  "key": "a",\n  "request": {\n    "contents": [],\n    "|"\n  }\n}';
    const { checked, position } = markedDocument(text, 'batchwright-request:/a.json');
    const items = completionItems(checked, position, { snippets: true });
    const item = items.find(({ label }) => label === 'generationConfig')!;
    assert.deepEqual((item.textEdit as TextEdit).range, {
      start: { line: 4, character: 4 },
      end: { line: 4, character: 6 },
    });
    assert.ok(!items.some(({ label }) => label === 'contents'));
  });

  it('knows what stands below a name that is just being typed', () => {
    const text = '{\n  "key": "a",\n  "request": {\n    "|"\n    "contents": [],\n    "tools": []\n  }\n}';
    const { checked, position } = markedDocument(text, 'batchwright-request:/a.json');
    const found = completionItems(checked, position, { snippets: true }).map(({ label }) => label);
    assert.ok(found.includes('systemInstruction'));
    for (const name of ['contents', 'tools', 'content', 'taskType']) assert.ok(!found.includes(name), name);
  });

  it('turns snippets into plain text', () => {
    assert.equal(plainText('a ${1:b} ${2|c,d|} $3\\$\\}$0'), 'a b c $}');
  });
});
