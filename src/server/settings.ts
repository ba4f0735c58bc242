import * as z from 'zod';
import { ruleCodes, type RuleSettings, type Severity } from '../dialects';

const ruleSetting = z.enum(['off', 'error', 'warning', 'information', 'hint']);
const known: ReadonlySet<string> = new Set(ruleCodes);

/** The `batchwright` section of the client's settings, as far as the server reads it. */
const section = z.object({
  validation: z.object({ rules: z.record(z.string(), z.unknown()).optional() }).optional(),
});

/** Severities by rule from settings of any shape; what is not understood is left out. */
export function readRules(settings: unknown): RuleSettings {
  const parsed = section.safeParse(settings);
  const given = parsed.success ? (parsed.data.validation?.rules ?? {}) : {};
  const rules: Record<string, Severity | 'off'> = {};
  for (const [code, value] of Object.entries(given)) {
    const severity = ruleSetting.safeParse(value);
    if (known.has(code) && severity.success) rules[code] = severity.data;
  }
  return rules;
}
