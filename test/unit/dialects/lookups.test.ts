import assert from 'node:assert/strict';
import {
  commonFacts,
  estimateText,
  checkLine,
  findProtoViolations,
  lineMessage,
  locateKey,
  resolvePath,
  type PathSegment,
} from '../../../src/dialects';
import { marked } from './marked';

describe('resolvePath', () => {
  const at = (...path: PathSegment[]) => resolvePath('gemini', path);

  it('follows names in either spelling, elements and maps', () => {
    assert.equal(at()?.message?.name, 'GeminiLine');
    assert.equal(at('request')?.message?.name, 'GenerateContentRequest');
    assert.equal(at('request', 'generation_config', 'thinkingConfig')?.message?.name, 'ThinkingConfig');
    assert.equal(at('request', 'contents')?.shape?.type, 'list');
    assert.equal(at('request', 'contents', 0)?.message?.name, 'Content');
    assert.equal(
      at('request', 'contents', 0, 'parts', 1, 'inline_data', 'mime_type')?.field?.name,
      'mimeType',
    );
    const schema = at('request', 'generationConfig', 'responseSchema', 'properties', 'anything', 'items');
    assert.equal(schema?.message?.name, 'Schema');
    assert.equal(at('request', 'labels', 'x')?.shape?.type, 'string');
    const modality = at('request', 'generationConfig', 'responseModalities', 0);
    assert.ok(modality?.shape?.type === 'enum' && 'IMAGE' in modality.shape.values);
    assert.equal(at('request', 'generationConfig', 'topK')?.owner?.name, 'GenerationConfig');
  });

  it('knows nothing of unknown names and free values', () => {
    assert.equal(at('nonsense'), undefined);
    assert.equal(at('request', 'contents', 'x'), undefined);
    assert.equal(at('request', 'contents', 0, 'parts', 0, 'functionCall', 'args', 'x'), undefined);
    assert.equal(at('key', 'x'), undefined);
    assert.equal(at('request', 0), undefined);
  });

  it('follows OpenAI bodies by their endpoint', () => {
    assert.equal(resolvePath('openai', ['body'])?.message?.name, 'ChatCompletionBody');
    assert.equal(resolvePath('openai', ['body'], '/v1/embeddings')?.message?.name, 'EmbeddingsBody');
    const part = resolvePath('openai', ['body', 'messages', 0, 'content', 0]);
    assert.equal(part?.message?.name, 'ChatPart');
    assert.equal(lineMessage('results').name, 'ResultLine');
  });
});

describe('findProtoViolations', () => {
  it('finds what a strict reader refuses, in order, with both paths', () => {
    const request = {
      contents: [{ parts: [{ text: 1, inlineData: { mimeType: 'image/png', data: '*' } }] }],
      generationConfig: { topK: 1, top_k: 2, seed: 1.5, mediaResolution: 'SHARP', nonsense: 1 },
      systemInstruction: [],
      tools: [null],
      store: 'yes',
    };
    assert.deepEqual(
      findProtoViolations('GenerateContentRequest', request).map(
        ({ kind, path, protoPath, expected, found }) =>
          [kind, path.join('.'), protoPath.join('.'), expected.slice(0, 9), found].join(' '),
      ),
      [
        'wrongType contents.0.parts.0.text contents.0.parts.0.text string number',
        'badBytes contents.0.parts.0.inlineData.data contents.0.parts.0.inline_data.data string string',
        'duplicateField generationConfig.top_k generation_config.top_k object number',
        'badNumber generationConfig.seed generation_config.seed number number',
        'badEnum generationConfig.mediaResolution generation_config.media_resolution enum MEDI string',
        'unknownField generationConfig.nonsense generation_config.nonsense object number',
        'wrongType systemInstruction system_instruction object array',
        'wrongType tools.0 tools.0 object null',
        'wrongType store store boolean string',
      ],
    );
  });

  it('shrugs at what the service takes', () => {
    assert.deepEqual(
      findProtoViolations('GenerateContentRequest', { generationConfig: { seed: '1', temperature: 9 } }),
      [],
    );
  });

  it('takes objects only', () => {
    assert.deepEqual(findProtoViolations('GenerateContentRequest', []), [
      { kind: 'wrongType', path: [], protoPath: [], field: '', expected: 'object', found: 'array' },
    ]);
  });
});

describe('locateKey', () => {
  const cases: Record<string, string> = {
    'the key': '{"key":«"a"»,"request":{"key":"b"}}',
    'a key behind the request': '{"request":{"key":"b","x":[{"key":"c"}]},"key":«"a\\u0031"»}',
    'the custom_id': '{"method":"POST","custom_id":«"a"»}',
    'the key of inline results': '{"response":{},"metadata":{"key":«"a"»}}',
    'a key in a broken line': '{"key":«"a"»,"request":{"contents":[',
    'the last of two': '{"key":"a","key":«"b"»}',
    'a key behind a byte order mark': '\ufeff{"key":«"a"»}',
    'no key in a number': '{"key":1}',
    'no key in a list': '[{"key":"a"}]',
  };
  for (const [name, source] of Object.entries(cases)) {
    it(`finds ${name}`, () => {
      const { text, spans } = marked(source);
      const located = locateKey(text);
      assert.deepEqual(located && { start: located.start, end: located.end }, spans[0]);
    });
  }

  it('decodes, and finds models too', () => {
    assert.equal(locateKey('{"key":"a\\u0031"}')?.value, 'a1');
    assert.equal(commonFacts.model.locate('{"body":{"messages":[],"model":"m"}}')?.value, 'm');
  });
});

describe('token estimates', () => {
  it('weigh characters by their kind', () => {
    assert.equal(estimateText(''), 0);
    assert.equal(estimateText('a'), 1);
    const english = 'The quick brown fox jumps over the lazy dog. '.repeat(50);
    assert.ok(Math.abs(estimateText(english) - english.length / 4.2) < english.length / 20);
    assert.ok(estimateText('漢字仮名交じり文') > estimateText('kanji kana'));
    assert.ok(estimateText('1234567890') > estimateText('abcdefghij'));
  });

  it('count tools, schemas, calls and media', () => {
    const tokens = (members: string) =>
      checkLine(`{"key":"a","request":{"contents":[{"parts":[{"text":"x"}${members}`, { kind: 'gemini' })
        .tokens;
    const plain = tokens(']}]}}');
    assert.equal(plain, 1);
    assert.ok(
      tokens(
        ']}],"tools":[{"functionDeclarations":[{"name":"weather","description":"Tells the weather of a city."}]}]}}',
      ) > 8,
    );
    assert.ok(
      tokens(
        ']}],"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"city":{"type":"STRING","description":"The city."}}}}}}',
      ) > 4,
    );
    assert.equal(tokens(',{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}]}}'), plain + 258);
    const data = 'A'.repeat(160_000);
    const media = (type: string) =>
      tokens(`,{"inlineData":{"mimeType":"${type}","data":"${data}"}}]}]}}`) - plain;
    assert.equal(media('audio/mp3'), 480);
    assert.equal(media('application/pdf'), 3 * 258);
    assert.equal(media('text/plain'), 28_800);
  });
});
