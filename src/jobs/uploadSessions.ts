import * as z from 'zod';
import type { UploadSession } from '../shared/batchService';
import type { SecretStore } from './api';

const sessionSchema = z.object({
  url: z.string(),
  mimeType: z.string(),
  sizeBytes: z.number(),
  modifiedAt: z.number(),
});

/** Open uploads, kept where secrets are kept: whoever has the address of one can write the file. */
export class UploadSessions {
  constructor(private readonly secrets: SecretStore) {}

  async remember(id: string, session: UploadSession): Promise<void> {
    await this.secrets.store(keyOf(id), JSON.stringify(session));
  }

  async recall(id: string): Promise<UploadSession | undefined> {
    const text = await this.secrets.get(keyOf(id));
    if (text === undefined) return undefined;
    try {
      return sessionSchema.parse(JSON.parse(text));
    } catch {
      await this.forget(id);
      return undefined;
    }
  }

  async forget(id: string): Promise<void> {
    await this.secrets.delete(keyOf(id));
  }
}

function keyOf(id: string): string {
  return `batchwright.upload.${id}`;
}
