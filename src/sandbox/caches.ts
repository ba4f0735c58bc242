import { estimateText } from '../dialects';
import * as z from 'zod';
import type { Logger } from '../util/logger';
import { readPrompt } from './answers/prompt';

import { RecordStore, type Disk } from './disk';
import { ApiError, badRequest, invalid } from './errors';
import { json, page, pageQuery, param, readJson } from './exchange';
import type { JsonObject } from '../util/json';
import { arrayField, field, objectField, stringField } from './protoFields';
import { requireModel } from './models';
import { bodyViolations } from './protoCheck';
import { microTime, randomId } from './random';
import type { Router } from './router';
import type { SandboxClock } from './sandboxClock';
import { unknownNames } from './batchInput';

const cacheRecord = z.object({
  id: z.string(),
  sequence: z.number(),
  model: z.string(),
  displayName: z.string().optional(),
  tokens: z.number(),
  createTime: z.string(),
  updateTime: z.string(),
  expiresAt: z.number(),
});
type CacheRecord = z.infer<typeof cacheRecord>;

const usualLifetimeMs = 3_600_000;
const cacheFields = [
  'name',
  'model',
  'displayName',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'ttl',
  'expireTime',
  'createTime',
  'updateTime',
  'usageMetadata',
];

/** Cached contents: only what is reckoned of them is kept, not their text. */
export class CacheService {
  private sequence: number;

  private constructor(
    private readonly records: RecordStore<CacheRecord>,
    private readonly clock: SandboxClock,
  ) {
    this.sequence = Math.max(0, ...records.all().map((cache) => cache.sequence));
  }

  static async open(disk: Disk, clock: SandboxClock, log: Logger): Promise<CacheService> {
    return new CacheService(await RecordStore.open(disk, 'caches', cacheRecord, log), clock);
  }

  /** Newest first. */
  list(): CacheRecord[] {
    return this.records
      .all()
      .filter((cache) => cache.expiresAt > this.clock.now())
      .sort((a, b) => b.sequence - a.sequence);
  }

  /** @param name `cachedContents/…` */
  tokensOf(name: string): number | undefined {
    const cache = this.records.get(name.replace(/^cachedContents\//, ''));
    return cache !== undefined && cache.expiresAt > this.clock.now() ? cache.tokens : undefined;
  }

  find(id: string): CacheRecord {
    const cache = this.records.get(id);
    if (cache === undefined || cache.expiresAt <= this.clock.now())
      throw new ApiError('PERMISSION_DENIED', 'CachedContent not found (or permission denied)');
    return cache;
  }

  async create(body: JsonObject, version: string): Promise<CacheRecord> {
    const violations = unknownNames(body, cacheFields, '');
    const { contents, systemInstruction, tools, toolConfig } = body;
    const request = { contents: contents ?? [], systemInstruction, tools, toolConfig };
    violations.push(...bodyViolations('GenerateContentRequest', withoutUndefined(request)));
    if (violations.length > 0) throw badRequest(violations);
    const model = requireModel(
      (stringField(body, 'model') ?? '').replace(/^models\//, ''),
      'createCachedContent',
      version,
    );
    const prompt = readPrompt(arrayField(body, 'contents'), objectField(body, 'systemInstruction'));
    const now = this.clock.now();
    const displayName = stringField(body, 'displayName');
    const cache: CacheRecord = {
      id: randomId(24),
      sequence: ++this.sequence,
      model: model.id,
      ...(displayName === undefined ? {} : { displayName }),
      tokens: prompt.tokens.total + (tools === undefined ? 0 : estimateText(JSON.stringify(tools))),
      createTime: microTime(now),
      updateTime: microTime(now),
      expiresAt: readExpiry(body, now) ?? now + usualLifetimeMs,
    };
    await this.records.put(cache);
    return cache;
  }

  async extend(id: string, body: JsonObject): Promise<CacheRecord> {
    const now = this.clock.now();
    const cache = this.find(id);
    const changed = {
      ...cache,
      expiresAt: readExpiry(body, now) ?? cache.expiresAt,
      updateTime: microTime(now),
    };
    await this.records.put(changed);
    return changed;
  }

  remove(id: string): Promise<void> {
    return this.records.delete(this.find(id).id);
  }
}

function withoutUndefined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** When `ttl` ("300s") or `expireTime` says it ends. */
function readExpiry(body: JsonObject, now: number): number | undefined {
  const ttl = stringField(body, 'ttl');
  if (ttl !== undefined) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(ttl)?.[1];
    if (seconds === undefined)
      throw invalid(`Invalid value at 'ttl' (type.googleapis.com/google.protobuf.Duration), "${ttl}"`);
    return now + Number(seconds) * 1000;
  }
  const time = field(body, 'expireTime');
  if (typeof time !== 'string') return undefined;
  const at = Date.parse(time);
  if (Number.isNaN(at))
    throw invalid(
      `Invalid value at 'expire_time' (type.googleapis.com/google.protobuf.Timestamp), "${time}"`,
    );
  return at;
}

function cacheResource(cache: CacheRecord): Record<string, unknown> {
  return {
    name: `cachedContents/${cache.id}`,
    model: `models/${cache.model}`,
    ...(cache.displayName === undefined ? {} : { displayName: cache.displayName }),
    createTime: cache.createTime,
    updateTime: cache.updateTime,
    expireTime: microTime(cache.expiresAt),
    usageMetadata: { totalTokenCount: cache.tokens },
  };
}

export function cacheRoutes(router: Router, caches: CacheService): void {
  router.add('POST', '/{version}/cachedContents', async (exchange) => {
    const body = await readJson(exchange);
    return json(cacheResource(await caches.create(body, param(exchange, 'version'))));
  });
  router.add('GET', '/{version}/cachedContents', (exchange) => {
    const { items, nextPageToken } = page(caches.list(), pageQuery(exchange, { size: 50, max: 1000 }));
    return json({
      ...(items.length > 0 ? { cachedContents: items.map(cacheResource) } : {}),
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
  });
  const path = '/{version}/cachedContents/{id}';
  router.add('GET', path, (exchange) => json(cacheResource(caches.find(param(exchange, 'id')))));
  router.add('PATCH', path, async (exchange) =>
    json(cacheResource(await caches.extend(param(exchange, 'id'), await readJson(exchange)))),
  );
  router.add('DELETE', path, async (exchange) => {
    await caches.remove(param(exchange, 'id'));
    return json({});
  });
}
