import { adapterSuite } from '../support/adapterSuite';

const gemini = (baseUrl: string) =>
  ({ id: 'g', label: 'G', family: 'gemini', baseUrl, apiVersion: 'v1beta' }) as const;
const key = (line: unknown) => (line as { key?: unknown }).key;

describe('adapters do alike', () => {
  adapterSuite({
    name: 'Gemini, content',
    connection: gemini,
    dialect: 'gemini',
    model: 'gemini-3.5-flash',
    line: (name) =>
      JSON.stringify({ key: name, request: { contents: [{ parts: [{ text: `Say ${name}` }] }] } }),
    keyOf: key,
    creationPath: ':batchGenerateContent',
    downloadPath: ':download',
    malformedRow: 'refused',
  });

  adapterSuite({
    name: 'Gemini, embeddings',
    connection: gemini,
    dialect: 'gemini-embed',
    model: 'gemini-embedding-001',
    line: (name) =>
      JSON.stringify({
        key: name,
        request: { content: { parts: [{ text: name }] }, outputDimensionality: 32 },
      }),
    keyOf: key,
    creationPath: ':asyncBatchEmbedContent',
    downloadPath: ':download',
    malformedRow: 'refused',
  });

  const openAiLine = (name: string) =>
    JSON.stringify({
      custom_id: name,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gemini-3.5-flash', messages: [{ role: 'user', content: `Say ${name}` }] },
    });
  const customId = (line: unknown) => (line as { custom_id?: unknown }).custom_id;

  adapterSuite({
    name: 'Gemini, OpenAI dialect',
    connection: gemini,
    dialect: 'openai',
    model: 'gemini-3.5-flash',
    line: openAiLine,
    keyOf: customId,
    creationPath: '/openai/batches',
    downloadPath: ':download',
    malformedRow: 'failsLater',
  });

  adapterSuite({
    name: 'OpenAI-compatible service',
    connection: (url) => ({
      id: 'o',
      label: 'O',
      family: 'openai',
      baseUrl: `${url}/openai`,
      apiVersion: 'v1',
    }),
    dialect: 'openai',
    model: 'simulated-large',
    line: openAiLine,
    keyOf: customId,
    creationPath: '/v1/batches',
    downloadPath: '/content',
    malformedRow: 'failsLater',
  });
});
