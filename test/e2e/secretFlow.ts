import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createSandbox, type Sandbox } from '../../src/sandbox';
import { until } from '../host/until';
import { Workbench } from '../host/workbench/workbench';
import type { FlowContext, FlowStep } from './flow';
import { submitActive } from './submitting';

/** What must be read nowhere but by the service. */
const key = 'canary-key-9f31c07ab2';
/** What must not leave the files that a person sees: requests and results. */
const prompt = 'canary-prompt-4471';
const requests = 'secret.jsonl';
const jobName = 'With a real key';

/** Runs in every frame, webviews' too, before anything else: keeps what the frame is told. */
const listen = `addEventListener('message', ({ data }) => (globalThis.heard ??= []).push(data))`;

/** Runs in a frame: what it shows, was told and keeps. The window's own store of secrets is none of an extension's. */
const confess = `(async () => {
  const stores = [];
  try {
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      for (const store of database.objectStoreNames) {
        const all = await new Promise((resolve, reject) => {
          const reading = database.transaction(store).objectStore(store).getAll();
          reading.onsuccess = () => resolve(reading.result);
          reading.onerror = () => reject(reading.error);
        });
        stores.push(all);
      }
      database.close();
    }
  } catch {
    // A frame that may keep nothing.
  }
  const local = (() => { try { return { ...localStorage }; } catch { return {}; } })();
  const seen = new WeakSet();
  const text = (value) => JSON.stringify(value, (_, part) => {
    if (typeof part === 'bigint') return String(part);
    if (typeof part !== 'object' || part === null) return part;
    if (part instanceof ArrayBuffer || ArrayBuffer.isView(part)) return new TextDecoder('latin1').decode(part);
    if (seen.has(part)) return 'again';
    seen.add(part);
    return part;
  });
  return [document.documentElement.outerHTML, text(globalThis.heard ?? []), text(stores), text(local)].join('\\n');
})()`;

interface Place {
  readonly name: string;
  readonly text: string;
}

/** Every file below a folder, as text; what is gone meanwhile and what is no file says nothing. */
async function filesBelow(folder: string): Promise<Place[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(`${path.sep}extensions${path.sep}`))
    .map(async (entry): Promise<Place[]> => {
      const name = path.join(entry.parentPath, entry.name);
      const text = await readFile(name, 'latin1').catch(() => undefined);
      return text === undefined ? [] : [{ name, text }];
    });
  return (await Promise.all(read)).flat();
}

/** Command line and environment of every process that may be looked at; nothing where the system has no /proc. */
async function processes(): Promise<Place[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const read = ids.map(async (id) => {
    const [line, environment] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${id}/${file}`, 'latin1').catch(() => '')),
    );
    return {
      name: `process ${id}: ${(line ?? '').replaceAll('\0', ' ')}`,
      text: `${line ?? ''}\0${environment ?? ''}`,
    };
  });
  return Promise.all(read);
}

/** Lets the connection Gemini lead to `url`, as an administrator would: in the settings of the machine. */
async function pointTo(url: string, { window, workbench }: FlowContext): Promise<Workbench> {
  const files = await readdir(window.profile, { recursive: true });
  const name = files.find((file) => file.endsWith(path.join('Machine', 'settings.json')));
  assert.ok(name, 'the profile has settings of the machine');
  const file = path.join(window.profile, name);
  const settings = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...settings, 'batchwright.gemini.baseUrl': url }));
  await workbench.reload();
  return new Workbench(window.page);
}

/** Stores the key, submits a file with it and opens the results. @returns what the results editor shows */
async function goThrough(context: FlowContext, sandbox: Sandbox): Promise<string> {
  const { folder, window } = context;
  const line = { key: 'only', request: { contents: [{ parts: [{ text: prompt }] }] } };
  await writeFile(path.join(folder, requests), `${JSON.stringify(line)}\n`);
  await window.page.addInitScript(listen);
  const workbench = await pointTo(sandbox.url, context);
  await workbench.command('Batchwright: Set API Key');
  await workbench.quickInput.waitOpen('API Key for Gemini');
  await workbench.quickInput.type(key);
  await workbench.quickInput.accept();
  await until('the key to be stored', async () =>
    (await workbench.statusBar()).some((text) => text.includes('is stored')),
  );
  await workbench.openFile(requests);
  await submitActive(workbench, jobName);
  const done = await workbench.notifications.waitFor(`“${jobName}” is done`, 60_000);
  await done.click('Open Results');
  return until('the row in the results editor', async () => {
    const text = await workbench.editors.webviewText();
    return text.includes('only') ? text : undefined;
  });
}

/** The places where a key or a prompt could stand in clear text. */
async function everywhere({ window, folder }: FlowContext) {
  const frames = await Promise.all(
    window.page.frames().map(async (frame) => ({
      name: `frame ${frame.url()}`,
      text: await frame.evaluate<string>(confess),
    })),
  );
  return {
    frames,
    files: [...(await filesBelow(window.profile)), ...(await filesBelow(folder))],
    processes: await processes(),
    printed: [{ name: 'what VS Code printed', text: window.log() }],
  };
}

function requireNowhere(word: string, places: readonly Place[]): void {
  const found = places.filter(
    ({ text }) => text.includes(word) || text.includes(Buffer.from(word).toString('base64').slice(0, -4)),
  );
  assert.deepEqual(
    found.map(({ name }) => name),
    [],
    `${word} stands in clear text in these places`,
  );
}

/** Whether anybody looked where there is something to see. */
function requireSeen(what: string, places: readonly Place[], mark: RegExp): void {
  assert.ok(
    places.some(({ name, text }) => mark.test(name) || mark.test(text)),
    `${what} was not among the ${places.length} places looked at`,
  );
}

/** A real submission with a key of its own, and then a look into every corner for it. */
export const secretFlow: readonly FlowStep[] = [
  {
    title: 'Submit with a real key: it stands nowhere in clear text afterwards',
    run: async (context) => {
      const sandbox = await createSandbox({ key, speed: 20 });
      try {
        const shown = await goThrough(context, sandbox);
        const { frames, files, processes, printed } = await everywhere(context);
        requireSeen('the page of the results', frames, /canary-prompt-4471/);
        requireSeen('the ledger', files, new RegExp(jobName));
        requireSeen('the log', files, /Batchwright\.log$/);
        if (processes.length > 0) requireSeen('the language server', processes, /dist\/server\.js/);
        requireNowhere(key, [...frames, ...files, ...processes, ...printed]);
        const { profile } = context.window;
        const ours = files.filter(
          ({ name }) => name.startsWith(profile) && /batchwright/i.test(name.slice(profile.length)),
        );
        requireNowhere(prompt, [...ours, ...processes, ...printed]);
        requireNowhere('upload_id=', [...frames, ...files, ...processes, ...printed]);
        return `“${shown.slice(0, 80)}…”; ${frames.length} frames, ${files.length} files, ${processes.length} processes: nothing`;
      } finally {
        await sandbox.close();
      }
    },
  },
];
