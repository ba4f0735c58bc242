// The peer: moves one file with the official client.
import { open } from 'node:fs/promises';
import { GoogleGenAI } from '@google/genai';
import { measure } from './transferMeasure';

void measure(async ({ direction, url, file, size }) => {
  const client = new GoogleGenAI({ apiKey: 'bench', httpOptions: { baseUrl: url, apiVersion: 'v1beta' } });
  if (direction === 'up') await client.files.upload({ file, config: { mimeType: 'application/jsonl' } });
  else await client.files.download({ file: `files/bytes-${size}`, downloadPath: file });
  if (direction === 'flushed') await flush(file);
});

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
