import { closeSync, openSync, writeSync } from 'node:fs';

/** Kinds of request lines that real files consist of. */
export type LineMix = 'short' | 'mid' | 'image' | 'mixed' | 'broken' | 'varied' | 'comma' | 'openai' | 'tiny';

const words =
  'the quick review of a product says that its battery lasts two days and the screen is bright but shipping was slow so classify this by mood and topic';

/** Numbers from 0 to 1, the same in every run. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Writes a request file of at least `bytes` bytes; returns how many lines it has. The same arguments give the same file. */
export function writeRequestFile(path: string, bytes: number, mix: LineMix): number {
  const lines = requestLines(mix);
  const file = openSync(path, 'w');
  let written = 0;
  let count = 0;
  let block: string[] = [];
  let blockLength = 0;
  const flush = () => {
    written += writeSync(file, block.join(''));
    block = [];
    blockLength = 0;
  };
  try {
    while (written + blockLength < bytes) {
      const line = `${lines(count)}\n`;
      block.push(line);
      blockLength += line.length;
      count += 1;
      if (blockLength > 1 << 20) flush();
    }
    flush();
  } finally {
    closeSync(file);
  }
  return count;
}

/** Line number -> line. */
function requestLines(mix: LineMix): (index: number) => string {
  const random = sequence(17);
  const text = (length: number) => {
    const start = Math.floor(random() * words.length);
    return words.repeat(Math.ceil((length + start) / words.length)).slice(start, start + length);
  };
  const image = base64(random, 380_000);
  const short = (index: number) =>
    JSON.stringify({
      key: `request-${index}`,
      request: {
        contents: [{ role: 'user', parts: [{ text: text(120) }] }],
        generationConfig: { temperature: 0.2, maxOutputTokens: 8192 },
      },
    });
  const mid = (index: number) =>
    JSON.stringify({
      key: `request-${index}`,
      request: {
        contents: [
          { role: 'user', parts: [{ text: text(1500) }] },
          { role: 'model', parts: [{ text: text(600) }] },
          { role: 'user', parts: [{ text: `${text(700)} “quoted” \n ${text(100)}` }] },
        ],
        systemInstruction: { parts: [{ text: text(400) }] },
        generationConfig: {
          responseMimeType: 'application/json',
          responseSchema: {
            type: 'OBJECT',
            properties: {
              mood: { type: 'STRING', enum: ['good', 'bad'] },
              topics: { type: 'ARRAY', items: { type: 'STRING' } },
            },
            required: ['mood'],
          },
          stopSequences: ['END'],
        },
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_ONLY_HIGH' }],
      },
    });
  const picture = (index: number) =>
    `{"key":"request-${index}","request":{"contents":[{"role":"user","parts":[{"text":${JSON.stringify(text(80))}},{"inlineData":{"mimeType":"image/png","data":"${image}"}}]}]}}`;
  const broken = (index: number) => short(index).replace('"maxOutputTokens"', '"max_token"');
  /** Wrong like the others, but no two lines are alike. */
  const varied = (index: number) => broken(index).replace(':8192', `:${8192 + index}`);
  const comma = (index: number) => short(index).replace('8192}', '8192,}');
  const openAi = (index: number) =>
    JSON.stringify({
      custom_id: `request-${index}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: {
        model: 'gemini-2.5-flash',
        messages: [
          { role: 'system', content: text(200) },
          { role: 'user', content: text(300) },
        ],
        temperature: 0.2,
        max_tokens: 1024,
      },
    });
  switch (mix) {
    case 'tiny':
      return (index) => `{"key":"request-${index}","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`;
    case 'short':
      return short;
    case 'mid':
      return mid;
    case 'image':
      return picture;
    case 'broken':
      return broken;
    case 'varied':
      return varied;
    case 'comma':
      return comma;
    case 'openai':
      return openAi;
    case 'mixed':
      return (index) => {
        if (index % 997 === 996) return broken(index);
        if (index % 400 === 399) return picture(index);
        return index % 4 === 0 ? mid(index) : short(index);
      };
  }
}

function base64(random: () => number, length: number): string {
  const bytes = Buffer.alloc((length / 4) * 3);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.floor(random() * 256);
  return bytes.toString('base64');
}
