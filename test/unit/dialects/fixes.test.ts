import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkLine, fixLine, fixesFor, applyEdits, type FixContext } from '../../../src/dialects';
import { anyLine, mutatedLine, validLine } from './arbitraries';

const request = (members: string) => `{"key":"a","request":{${members}}}`;
const hi = '"contents":[{"parts":[{"text":"Hi"}]}]';
const beside = (members: string) => request(`${hi},${members}`);
const config = (members: string) => beside(`"generationConfig":{${members}}`);
const turn = (members: string) => request(`"contents":[{${members}}]`);

const context: FixContext = { kind: 'gemini', newKey: () => 'new' };

describe('fixes', () => {
  /** Name -> the line before and after all that is wrong with it is mended. */
  const cases: Record<string, readonly [before: string, after: string]> = {
    'rename a slip': [config('"temperatur":1'), config('"temperature":1')],
    'rename a name with a blank': [
      beside('"tools":[{"google_search ":{}}]'),
      beside('"tools":[{"google_search":{}}]'),
    ],
    "rename another service's key": [`{"custom_id":"a","request":{${hi}}}`, `{"key":"a","request":{${hi}}}`],
    'move a field up': [
      config('"topK":1,"safetySettings":[]'),
      beside('"generationConfig":{"topK":1},"safetySettings":[]'),
    ],
    'leave no settings behind that have nothing in them': [
      config('"safetySettings":[]'),
      beside('"safetySettings":[]'),
    ],
    'move a field down': [
      beside('"temperature":1,"generationConfig":{"topK":1}'),
      beside('"generationConfig":{"topK":1,"temperature":1}'),
    ],
    'move a field into an object that is not there': [
      beside('"temperature":1'),
      beside('"generationConfig":{"temperature":1}'),
    ],
    'move a field into an object inside its own': [
      config('"thinkingBudget":0'),
      config('"thinkingConfig":{"thinkingBudget":0}'),
    ],
    'move a field into an object with the other spelling': [
      beside('"top_k":1,"generation_config":{"seed":1}'),
      beside('"generation_config":{"seed":1,"top_k":1}'),
    ],
    'keep the spelling of what is moved': [beside('"top_k":1'), beside('"generation_config":{"top_k":1}')],
    'move what is beside the request': [
      `{"key":"a","generationConfig":{"topK":1},"request":{${hi}}}`,
      `{"key":"a","request":{${hi},"generationConfig":{"topK":1}}}`,
    ],
    'move a field into an object below its own': [
      beside('"toolConfig":{"mode":"ANY"}'),
      beside('"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}'),
    ],
    'give names from elsewhere our spelling': [
      beside('"max_tokens":100'),
      beside('"generationConfig":{"maxOutputTokens":100}'),
    ],
    'make turns of a chat': [
      request('"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]'),
      request(
        '"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"Hello"}]}]',
      ),
    ],
    'take a cache out of the tools, which are nothing without it': [
      beside('"tools":[{"cachedContent":"cachedContents/a"}]'),
      beside('"cachedContent":"cachedContents/a"'),
    ],
    'leave tools that are meant': [
      beside('"tools":[{"topK":1},{"googleSearch":{}}]'),
      beside('"tools":[{"googleSearch":{}}],"generationConfig":{"topK":1}'),
    ],
    'name a thinking budget as it is called here': [
      config('"thinking":{"budget_tokens":1024}'),
      config('"thinkingConfig":{"thinkingBudget":1024}'),
    ],
    'make a level of an effort': [
      config('"reasoning_effort":"low"'),
      config('"thinkingConfig":{"thinkingLevel":"LOW"}'),
    ],
    'take a request out of its body': [request(`"body":{${hi}}`), request(hi)],
    'take a line out of a list': [`[${request(hi)}]`, request(hi)],
    'write a MIME type for the ending of a name': [
      turn('"parts":[{"inlineData":{"mimeType":"JPG","data":"/9j/"}}]'),
      turn('"parts":[{"inlineData":{"mimeType":"image/jpeg","data":"/9j/"}}]'),
    ],
    'refer to a file as it is done here': [
      turn('"parts":[{"file":{"uri":"files/abc"}}]'),
      turn('"parts":[{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}}]'),
    ],
    'make arguments of their text': [
      turn('"parts":[{"functionCall":{"name":"f","arguments":"{\\"a\\":1}"}}]'),
      turn('"parts":[{"functionCall":{"name":"f","args":{"a":1}}}]'),
    ],
    'write seconds as a text with their unit': [
      turn('"parts":[{"fileData":{"fileUri":"https://youtu.be/a"},"videoMetadata":{"startOffset":10}}]'),
      turn('"parts":[{"fileData":{"fileUri":"https://youtu.be/a"},"videoMetadata":{"startOffset":"10s"}}]'),
    ],
    "write Python's types as a schema's": [
      config(
        '"responseMimeType":"application/json","responseSchema":{"type":"dict","properties":{"a":"string"}}',
      ),
      config(
        '"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"a":{"type":"STRING"}}}',
      ),
    ],
    'name a tool by its type': [
      beside('"tools":[{"type":"google_search"}]'),
      beside('"tools":[{"googleSearch":{}}]'),
    ],
    'separate with commas and colons': [`{"key"="a";"request"=>{${hi}}}`, `{"key":"a","request":{${hi}}}`],
    'write out a switch': [
      beside('"tools":[{"googleSearch":true}]'),
      beside('"tools":[{"googleSearch":{}}]'),
    ],
    'join broken base64': [
      turn('"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA\\nBBBB"}}]'),
      turn('"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAABBBB"}}]'),
    ],
    'not move an object into itself': [config('"config":{"seed":1}'), config('"config":{"seed":1}')],
    'make a chat of system, user and pictures into turns': [
      request(
        '"messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]',
      ),
      request(
        '"contents":[{"role":"user","parts":[{"text":"x"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}],"systemInstruction":{"parts":[{"text":"S"}]}',
      ),
    ],
    "turn another service's tool into a declaration": [
      beside(
        '"tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,"parameters":{"type":"object","properties":{"a":{"type":["string","null"]}},"additionalProperties":false}}}]',
      ),
      beside(
        '"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}}}}]}]',
      ),
    ],
    'wrap a bare function': [
      beside('"tools":[{"name":"f","description":"d"}]'),
      beside('"tools":[{"functionDeclarations":[{"name":"f","description":"d"}]}]'),
    ],
    'put a tool into the list of tools': [
      config('"google_search":{}'),
      beside('"generationConfig":{},"tools":[{"google_search":{}}]'),
    ],
    'put a tool into a list that is there': [
      beside('"tools":[{"codeExecution":{}}],"urlContext":{}'),
      beside('"tools":[{"codeExecution":{}},{"urlContext":{}}]'),
    ],
    'write out the name of a tool': [
      beside('"tools":["google_search"]'),
      beside('"tools":[{"google_search":{}}]'),
    ],
    'take a request out of itself': [`{"key":"a","request":{"request":{${hi}}}}`, request(hi)],
    'read JSON that is text': [
      `{"key":"a","request":${JSON.stringify(`{${hi}}`)}}`,
      `{"key":"a","request":{${hi}}}`,
    ],
    'read arguments that are text': [
      turn('"parts":[{"functionCall":{"name":"f","args":"{\\"a\\":1}"}}]'),
      turn('"parts":[{"functionCall":{"name":"f","args":{"a":1}}}]'),
    ],
    'read a line that is text': [JSON.stringify(request(hi)), request(hi)],
    'name the request as it is called': [`{"key":"a","Requests":{${hi}}}`, request(hi)],
    'take the key out of the metadata': [`{"metadata":{"key":"a"},"request":{${hi}}}`, request(hi)],
    'take the key out of the request': [`{"request":{"key":"a",${hi}}}`, `{"request":{${hi}},"key":"a"}`],
    'bring two configs together': [
      `{"key":"a","generationConfig":{"topK":1},"request":{${hi},"generationConfig":{"seed":1}}}`,
      config('"seed":1,"topK":1'),
    ],
    'keep apart what says two things': [
      `{"key":"a","generationConfig":{"seed":2},"request":{${hi},"generationConfig":{"seed":1}}}`,
      `{"key":"a","generationConfig":{"seed":2},"request":{${hi},"generationConfig":{"seed":1}}}`,
    ],
    'leave out what only an SDK reads': [
      beside('"config":{"seed":1,"http_options":{"timeout":1}}'),
      beside('"generationConfig":{"seed":1}'),
    ],
    'write a picture with its type': [
      turn('"parts":[{"inlineData":"data:image/png;base64,AAAA"}]'),
      turn('"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]'),
    ],
    'tell the type of a picture by its bytes': [
      turn('"parts":[{"inline_data":{"data":"iVBORw0KGgo="}}]'),
      turn('"parts":[{"inline_data":{"data":"iVBORw0KGgo=","mime_type":"image/png"}}]'),
    ],
    'write bytes as base64': [
      turn('"parts":[{"inlineData":{"mimeType":"image/png","data":{"type":"Buffer","data":[0,255]}}}]'),
      turn('"parts":[{"inlineData":{"mimeType":"image/png","data":"AP8="}}]'),
    ],
    'write an upload as a file reference': [
      turn('"parts":[{"name":"files/a","uri":"https://x/files/a","mimeType":"image/png"}]'),
      turn('"parts":[{"fileData":{"mimeType":"image/png","fileUri":"https://x/files/a"}}]'),
    ],
    'put bytes where bytes belong': [
      turn('"parts":[{"fileData":{"fileUri":"data:image/png;base64,AAAA"}}]'),
      turn('"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]'),
    ],
    'write safety settings as a list': [
      beside('"safetySettings":{"HARM_CATEGORY_HARASSMENT":"OFF"}'),
      beside('"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}]'),
    ],
    "write another service's form of the answer": [
      config('"responseFormat":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}'),
      config('"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}'),
    ],
    'write a constant as an enum': [
      config('"responseMimeType":"application/json","responseSchema":{"const":"x"}'),
      config('"responseMimeType":"application/json","responseSchema":{"type":"STRING","enum":["x"]}'),
    ],
    'write a limit that is not reached': [
      config(
        '"responseMimeType":"application/json","responseSchema":{"type":"INTEGER","exclusiveMinimum":0}',
      ),
      config('"responseMimeType":"application/json","responseSchema":{"type":"INTEGER","minimum":1}'),
    ],
    'remove null from a list': [turn('"parts":[{"text":"x"},null]'), turn('"parts":[{"text":"x"}]')],
    'remove what is said twice': [config('"topK":1,"top_k":1'), config('"topK":1')],
    'remove a name that stands twice with one value': [
      beside('"store":true,"store":true'),
      beside('"store":true'),
    ],
    'give seconds their unit': [
      turn('"parts":[{"text":"x","videoMetadata":{"startOffset":"5"}}]'),
      turn('"parts":[{"text":"x","videoMetadata":{"startOffset":"5s"}}]'),
    ],
    'give a cache its whole name': [
      beside('"cachedContent":"abc"'),
      beside('"cachedContent":"cachedContents/abc"'),
    ],
    'write the size and shape of pictures': [
      config('"responseModalities":["TEXT","IMAGE"],"imageConfig":{"imageSize":"2k","aspectRatio":"16x9"}'),
      config('"responseModalities":["TEXT","IMAGE"],"imageConfig":{"imageSize":"2K","aspectRatio":"16:9"}'),
    ],
    'make a Gemini line of an OpenAI line': [
      '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"Hi"}]}}',
      '{"key":"a","request":{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}}',
    ],
    'remove NUL characters': [request(hi).replace(/./g, '$&\u0000'), request(hi)],
    'change a bracket': [
      request('"contents":[{"parts":[{"text":"Hi"}}}]'),
      request('"contents":[{"parts":[{"text":"Hi"}]}]'),
    ],
    'insert a bracket': [request('"contents":[{"parts":[{"text":"Hi"}]}'), request(hi)],
    'write a decimal comma as a point': [config('"topP":0,5'), config('"topP":0.5')],
    'remove what litters the end of a line': [`${request(hi)}};`, request(hi)],
    'leave it to the author to close brackets': [request(hi).slice(0, -2), request(hi).slice(0, -2)],
    'leave it to the author to take something away': [
      beside('"frobnicate":1,"cachedContent":"cachedContents/a","tools":[]'),
      beside('"frobnicate":1,"cachedContent":"cachedContents/a","tools":[]'),
    ],
    'not make a number a role': [
      turn('"role":17,"parts":[{"text":"x"}]'),
      turn('"role":17,"parts":[{"text":"x"}]'),
    ],
    'leave quotes inside a text to the author': [
      turn('"parts":[{"text":"say "hi" now"}]'),
      turn('"parts":[{"text":"say "hi" now"}]'),
    ],
    "hoist the SDK's config": [
      beside(
        '"config":{"temperature":1,"systemInstruction":"Be brief.","thinkingConfig":{"thinkingBudget":0}}',
      ),
      beside(
        '"systemInstruction":{"parts":[{"text":"Be brief."}]},"generationConfig":{"temperature":1,"thinkingConfig":{"thinkingBudget":0}}',
      ),
    ],
    'hoist a config beside the request': [
      `{"key":"a","request":{${hi}},"config":{"temperature":1,"tools":[]}}`,
      request(`${hi},"tools":[],"generationConfig":{"temperature":1}`),
    ],
    'wrap a text for contents': [
      request('"contents":"Hi"'),
      request('"contents":[{"role":"user","parts":[{"text":"Hi"}]}]'),
    ],
    'wrap one content': [request('"contents":{"parts":[{"text":"Hi"}]}'), request(hi)],
    'wrap a text for a system instruction': [
      beside('"systemInstruction":"x"'),
      beside('"systemInstruction":{"parts":[{"text":"x"}]}'),
    ],
    'wrap texts for a system instruction': [
      beside('"systemInstruction":["x","y"]'),
      beside('"systemInstruction":{"parts":[{"text":"x"},{"text":"y"}]}'),
    ],
    'take a system instruction out of a list': [
      beside('"systemInstruction":[{"parts":[{"text":"x"}]}]'),
      beside('"systemInstruction":{"parts":[{"text":"x"}]}'),
    ],
    'wrap a text for parts': [turn('"parts":"x"'), turn('"parts":[{"text":"x"}]')],
    'quote a key': [`{"key":17,"request":{${hi}}}`, `{"key":"17","request":{${hi}}}`],
    'unquote a number': [config('"temperature":"0.50"'), config('"temperature":0.50')],
    'unquote a flag': [beside('"store":"false"'), beside('"store":false')],
    'change the case of an enum': [
      config('"mediaResolution":"media_resolution_low"'),
      config('"mediaResolution":"MEDIA_RESOLUTION_LOW"'),
    ],
    'change the case of a schema type': [
      config('"responseMimeType":"application/json","responseSchema":{"type":"string"}'),
      config('"responseMimeType":"application/json","responseSchema":{"type":"STRING"}'),
    ],
    'change a role': [
      turn('"role":"assistant","parts":[{"text":"x"}]'),
      turn('"role":"model","parts":[{"text":"x"}]'),
    ],
    'move a system turn': [
      request('"contents":[{"role":"system","parts":[{"text":"s"}]},{"parts":[{"text":"u"}]}]'),
      request('"contents":[{"parts":[{"text":"u"}]}],"systemInstruction":{"parts":[{"text":"s"}]}'),
    ],
    'split a part': [
      turn('"parts":[{"text":"x","inlineData":{"mimeType":"image/png","data":"AAAA"}}]'),
      turn('"parts":[{"text":"x"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]'),
    ],
    'remove an empty part': [turn('"parts":[{"text":"x"},{}]'), turn('"parts":[{"text":"x"}]')],
    'strip a data URI': [
      turn('"parts":[{"inlineData":{"data":"data:image/png;base64,AAAA"}}]'),
      turn('"parts":[{"inlineData":{"data":"AAAA","mimeType":"image/png"}}]'),
    ],
    'strip a data URI and keep the type': [
      turn('"parts":[{"inlineData":{"mimeType":"image/webp","data":"data:image/png;base64,AAAA"}}]'),
      turn('"parts":[{"inlineData":{"mimeType":"image/webp","data":"AAAA"}}]'),
    ],
    'add a MIME type': [
      config('"responseSchema":{"type":"STRING"}'),
      config('"responseSchema":{"type":"STRING"},"responseMimeType":"application/json"'),
    ],
    'change a MIME type': [
      config('"responseSchema":{"type":"STRING"},"responseMimeType":"text/plain"'),
      config('"responseSchema":{"type":"STRING"},"responseMimeType":"application/json"'),
    ],
    'switch on what logprobs need': [config('"logprobs":1'), config('"logprobs":1,"responseLogprobs":true')],
    'remove a schema keyword': [
      config(
        '"responseMimeType":"application/json","responseSchema":{"type":"STRING","additionalProperties":false}',
      ),
      config('"responseMimeType":"application/json","responseSchema":{"type":"STRING"}'),
    ],
    'write out the URI of a file': [
      turn('"parts":[{"fileData":{"fileUri":"files/abc"}}]'),
      turn('"parts":[{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}}]'),
    ],
    'wrap a bare request': [`{${hi}}`, `{"key":"new","request":{${hi}}}`],
    'wrap a request that lies beside its key': [`{"key":"a",${hi}}`, request(hi)],
    'give a key': [`{"request":{${hi}}}`, `{"key":"new","request":{${hi}}}`],
    'replace an empty key': [`{"key":"","request":{${hi}}}`, `{"key":"new","request":{${hi}}}`],
    'mend quotes, words and commas': [
      `{'key': 'it\\'s "a"', "request": {${hi}, store: True,},},`,
      `{"key": "it's \\"a\\"", "request": {${hi}, "store": true}}`,
    ],
    'leave alone what has no one way': [config('"topK":1,"top_k":2'), config('"topK":1,"top_k":2')],
    'not overwrite what is there': [
      beside('"temperature":1,"generationConfig":{"temperature":0}'),
      beside('"temperature":1,"generationConfig":{"temperature":0}'),
    ],
    'not touch hints': [config('"responseModalities":["IMAGE"]'), config('"responseModalities":["IMAGE"]')],
  };
  const row = (body: string, url = '/v1/chat/completions') =>
    `{"custom_id":"a","method":"POST","url":"${url}","body":{"model":"m",${body}}}`;
  const ask = '"messages":[{"role":"user","content":"Hi"}]';
  /** The same for OpenAI lines. */
  const openAi: Record<string, readonly [before: string, after: string]> = {
    'make a turn of a prompt': [row('"prompt":"Hi"'), row(ask)],
    'make text parts of texts': [
      row(ask.replace('"Hi"', '["Hi"]')),
      row(ask.replace('"Hi"', '[{"type":"text","text":"Hi"}]')),
    ],
    'give a part the name of this endpoint': [
      row(ask.replace('"Hi"', '[{"type":"input_text","text":"Hi"}]')),
      row(ask.replace('"Hi"', '[{"type":"text","text":"Hi"}]')),
    ],
    'give a role its name': [row(ask.replace('user', 'human')), row(ask)],
    'write out a form of the answer': [
      row(`${ask},"response_format":"json"`),
      row(`${ask},"response_format":{"type":"json_object"}`),
    ],
    'take what is to be embedded out of a message': [
      row(ask, '/v1/embeddings'),
      row('"input":"Hi"', '/v1/embeddings'),
    ],
    'make a list of what is to be embedded': [
      row('"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]', '/v1/embeddings'),
      row('"input":["a","b"]', '/v1/embeddings'),
    ],
    'call the request as it is called here': [row(ask).replace('"body"', '"request"'), row(ask)],
  };
  for (const [name, [before, after]] of Object.entries(openAi)) {
    it(name, () => assert.equal(fixLine(before, { ...context, kind: 'openai' }), after));
  }

  for (const [name, [before, after]] of Object.entries(cases)) {
    it(name, () => assert.equal(fixLine(before, context), after));
  }

  /** Name -> a line, and what the one fix makes of it that a person has to ask for. */
  const careful: Record<string, readonly [before: string, after: string]> = {
    'an unknown field': [beside('"frobnicate":1'), request(hi)],
    'a number that is too large': [config('"topP":7'), config('"topP":1')],
    'a list that is too long': [
      config('"stopSequences":["a","b","c","d","e","f"]'),
      config('"stopSequences":["a","b","c","d","e"]'),
    ],
    'quotes inside a text': [
      turn('"parts":[{"text":"say "hi" now"}]'),
      turn('"parts":[{"text":"say \\"hi\\" now"}]'),
    ],
    'brackets that are open': [request(hi).slice(0, -2), request(hi)],
    'text behind the object': [`${request(hi)}and more`, request(hi)],
    NaN: [config('"topP":NaN'), config('"topP":null')],
    'fields that exclude each other': [
      config('"thinkingConfig":{"thinkingBudget":0,"thinkingLevel":"LOW"}'),
      config('"thinkingConfig":{"thinkingBudget":0}'),
    ],
    'a limit that is too low': [
      config('"maxOutputTokens":100,"thinkingConfig":{"thinkingLevel":"HIGH"}'),
      config('"maxOutputTokens":4096,"thinkingConfig":{"thinkingLevel":"HIGH"}'),
    ],
    'a property that stands twice': [beside('"store":true,"store":false'), beside('"store":true')],
  };
  for (const [name, [before, after]] of Object.entries(careful)) {
    it(`offer, but do not choose: ${name}`, () => {
      const [problem, ...more] = checkLine(before, context).problems;
      assert.ok(problem);
      assert.deepEqual(more, []);
      const [fix] = fixesFor(before, problem, context);
      assert.equal(fix?.preferred, false);
      assert.equal(applyEdits(before, fix.edits), after);
      assert.equal(fixLine(before, context), before);
    });
  }

  it('mend a line that has the same mistake in many places', () => {
    const schema = (type: string) =>
      config(
        `"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{${Array.from({ length: 250 }, (_, index) => `"p${index}":{"type":"${type}"}`).join()}}}`,
      );
    assert.equal(fixLine(schema('string'), context), schema('STRING'));
  });

  it('need somebody who makes keys to give one', () => {
    const line = `{"request":{${hi}}}`;
    assert.equal(fixLine(line, { kind: 'gemini' }), line);
  });

  it('have titles and leave the file without that problem', () => {
    for (const [before] of Object.values(cases)) {
      for (const problem of checkLine(before, context).problems) {
        for (const { title, edits } of fixesFor(before, problem, context)) {
          assert.match(title, /^[A-Z]\S+ \S/);
          // What the mend uncovers may be wrong too, but of this problem there is one less.
          const count = (line: string) =>
            checkLine(line, context).problems.filter(
              ({ code, message }) => code === problem.code && message === problem.message,
            ).length;
          assert.ok(count(applyEdits(before, edits)) < count(before), `${title}: ${before}`);
        }
      }
    }
  });

  it('change nothing about a correct line', () => {
    fc.assert(
      fc.property(validLine, (line) => {
        assert.deepEqual(
          checkLine(line, context).problems.filter(
            ({ severity }) => severity === 'error' || severity === 'warning',
          ),
          [],
        );
        assert.equal(fixLine(line, context), line);
      }),
      { numRuns: 500 },
    );
  });

  it('reach a fixed point on any line, with no more errors than before', () => {
    const errors = (line: string) =>
      checkLine(line, context).problems.filter(({ severity }) => severity === 'error').length;
    fc.assert(
      fc.property(fc.oneof(anyLine, mutatedLine), (line) => {
        const fixed = fixLine(line, context);
        assert.equal(fixLine(fixed, context), fixed);
        for (const problem of checkLine(fixed, context).problems) {
          if (problem.severity !== 'error') continue;
          for (const { edits, preferred } of fixesFor(fixed, problem, context)) {
            if (!preferred || edits.some(({ newText }) => newText.includes('\n'))) continue;
            assert.equal(applyEdits(fixed, edits), fixed, `${problem.code} is left in ${fixed}`);
          }
        }
        if (errors(line) === 0) assert.equal(errors(fixed), 0);
      }),
      { numRuns: 1000 },
    );
  });
});
