import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { outDirectory } from '../host/paths';
import { runCommand } from '../host/process';
import type { Step } from './step';

interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface AuditReport {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
}

/**
 * No package that lands in a bundle may have a known vulnerability. Everything is a development dependency, because everything
 * is bundled; so what is shipped is what esbuild says went in.
 */
export const auditStep: Step = {
  name: 'audit of the bundled packages',
  async run() {
    const bundled = await bundledPackages();
    if (bundled.size === 0) throw new Error('The metafiles of the bundles name no package.');
    const { output } = await runCommand('npm', ['audit', '--json', '--audit-level', 'none'], {
      timeout: 120_000,
    });
    const report = parse(output);
    if (report?.vulnerabilities === undefined) {
      const remark = `The registry gives no answer to an audit here, so ${bundled.size} bundled packages were not checked.`;
      return { passed: 1, failed: 0, remark };
    }
    const bad = Object.entries(report.vulnerabilities).filter(([name]) => bundled.has(name));
    const remark = `${bundled.size} bundled packages checked.`;
    if (bad.length === 0) return { passed: 1, failed: 0, remark };
    const details = bad.map(([name, { severity, range }]) => `${name} ${range}: ${severity}`).join('\n');
    return { passed: 0, failed: 1, remark, details };
  },
};

async function bundledPackages(): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const file of globSync(path.join(outDirectory, 'meta', '*.json'))) {
    const { inputs } = JSON.parse(await readFile(file, 'utf8')) as Metafile;
    for (const input of Object.keys(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (name !== undefined) names.add(name);
    }
  }
  return names;
}

/** npm prints its warnings around the JSON. */
function parse(output: string): AuditReport | undefined {
  const [begin, end] = [output.indexOf('{'), output.lastIndexOf('}')];
  try {
    return JSON.parse(output.slice(begin, end + 1)) as AuditReport;
  } catch {
    return undefined;
  }
}
