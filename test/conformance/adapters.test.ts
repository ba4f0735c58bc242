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
});
