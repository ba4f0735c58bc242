import type { AnswerContext } from '../answers/answer';
import type { Disk } from '../disk';
import type { FileService } from '../files';
import type { JobService } from '../jobs';
import type { SandboxModel } from '../models';
import type { Limits } from '../options';
import type { Router } from '../router';
import type { SandboxClock } from '../sandboxClock';
import { openAiBatchRoutes } from './batches';
import { openAiCallRoutes } from './calls';
import { standaloneBase } from './errors';
import { openAiFileRoutes } from './files';

/**
 * OpenAI's API twice: as Gemini's compatible layer (`/v1beta/openai`, files by the Files API), and as a service of its own
 * (`/openai/v1`, with its own files, any model name).
 */
export function openAiRoutes(
  router: Router,
  parts: {
    readonly jobs: JobService;
    readonly files: FileService;
    readonly disk: Disk;
    readonly clock: SandboxClock;
    readonly limits: Limits;
    readonly contextFor: (model: SandboxModel) => AnswerContext;
  },
): void {
  const { jobs, files, limits, clock } = parts;
  const common = { jobs, files, jobLifetimeMs: limits.jobLifetimeMs };
  openAiBatchRoutes(router, { ...common, base: standaloneBase, standalone: true });
  openAiBatchRoutes(router, { ...common, base: '/{version}/openai', standalone: false });
  openAiFileRoutes(router, files, parts.disk);
  openAiCallRoutes(router, parts.contextFor, () => clock.now());
}
