import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../host/until';
import type { FlowContext, FlowStep } from './flow';

const requests = 'reviews.jsonl';
const results = 'reviews.results.jsonl';
const earlier = 'reviews.earlier.jsonl';
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** Half a second of silence, as speech models answer it. */
const samples = Buffer.alloc(24_000).toString('base64');
const enormous = 'All work and no play. '.repeat(100_000);

/** What a model may answer that wants out of its box. Each would call `hit`, load from `evil.example`, or hide something. */
const hostile = [
  '# Title <script>window.hit = 1</script> <img src="https://evil.example/a.png" onerror="window.hit = 1">',
  '<svg onload="window.hit = 1"><script>window.hit = 1</script></svg> <style>* { display: none }</style>',
  '![picture](https://evil.example/b.png) [quit](command:workbench.action.quit) [js](javascript:window.hit=1)',
  '<iframe src="https://evil.example"></iframe> <a href="data:text/html,<script>1</script>">data</a>',
  'invoice\u202Egnp.exe \u2066isolated\u2069 zero\u200Bwidth',
].join('\n\n');

/** Hidden characters by the ten thousand, a fence that never ends, and JSON without a bottom: each made to keep the window busy. */
const floods = [
  '\u202E\u2066'.repeat(90_000),
  `\`\`\`${'\n'.repeat(150_000)}x`,
  '['.repeat(80_000) + ']'.repeat(80_000),
];
const sources = [
  { web: { title: 'https://search.example/', uri: 'https://search.example@evil.example/page' } },
  { web: { title: 'run me', uri: 'command:workbench.action.quit' } },
];

const request = (key: string, text: string, generationConfig?: object) => ({
  key,
  request: { contents: [{ role: 'user', parts: [{ text }] }], ...(generationConfig && { generationConfig }) },
});
const answer = (key: string, parts: unknown[], finishReason = 'STOP') => ({
  key,
  response: {
    candidates: [{ content: { role: 'model', parts }, finishReason }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 3 },
  },
});

async function writeFiles(folder: string): Promise<void> {
  const schema = { type: 'OBJECT', properties: { score: { type: 'NUMBER', maximum: 1 } } };
  const asked = [
    ...Array.from({ length: 60 }, (_, row) => request(`review-${row + 1}`, `Review ${row + 1}`)),
    request('scored', 'How good?', { responseSchema: schema }),
    request('hostile', 'Say something.'),
    request('picture', 'Draw.'),
    request('speech', 'Say it.'),
    request('sourced', 'Who won?'),
    request('flood', 'Go on.'),
    request('endless', 'Go on.'),
    request('lost', 'Anybody there?'),
  ];
  const answered = [
    ...Array.from({ length: 60 }, (_, row) =>
      answer(`review-${row + 1}`, [{ text: `Opinion ${row + 1}` }]),
    ).reverse(),
    answer('scored', [{ text: '{"score": 1.4}' }]),
    answer('hostile', [{ text: hostile }]),
    answer('picture', [{ text: 'Here.' }, { inlineData: { mimeType: 'image/png', data: picture } }]),
    answer('speech', [{ inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: samples } }]),
    grounded(answer('sourced', [{ text: 'The home side.' }])),
    answer(
      'flood',
      floods.map((text) => ({ text })),
    ),
    answer('endless', [{ text: enormous }], 'MAX_TOKENS'),
    { key: 'stranger', error: { code: 13, message: 'An internal error has occurred.' } },
    '{"key":"cut","resp',
  ];
  const lines = (values: unknown[]) =>
    values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');
  await writeFile(path.join(folder, requests), lines(asked));
  await writeFile(path.join(folder, results), lines(answered));
  const before = [answer('review-1', [{ text: 'Another opinion' }]), answer('gone', [{ text: 'Then.' }])];
  await writeFile(path.join(folder, earlier), lines(before));
}

function grounded(line: ReturnType<typeof answer>): object {
  const [candidate] = line.response.candidates;
  return {
    ...line,
    response: { candidates: [{ ...candidate, groundingMetadata: { groundingChunks: sources } }] },
  };
}

/** The page of the results editor in front, inside VS Code's frames. */
function webview({ workbench }: FlowContext) {
  return workbench.page.frameLocator('iframe.webview.ready >> visible=true').frameLocator('#active-frame');
}

async function select(context: FlowContext, key: string): Promise<void> {
  const page = webview(context);
  await page.locator('.key-input').fill(key);
  await page.locator('.key-input').press('Enter');
  await until(`only ${key} in the list`, async () => {
    const keys = await page.locator('.row .cell-key').allTextContents();
    return keys.length === 1 && keys[0] === key;
  });
  await page.locator('.row').first().click();
  await page.locator('.detail .key', { hasText: key }).waitFor();
}

/** What the page holds after a hostile answer was shown. */
interface Inspection {
  readonly hit: boolean;
  readonly handlers: readonly string[];
  readonly elements: number;
  readonly drawings: number;
  readonly addresses: number;
  readonly links: number;
  readonly text: string;
}

/** Runs in the page; as text, because tests are no browser code. */
const inspect = `(() => {
  const all = (selector) => [...document.body.querySelectorAll(selector)];
  return {
    hit: 'hit' in window,
    handlers: all('*').flatMap((one) => [...one.attributes].map(({ name }) => name).filter((name) => name.startsWith('on'))),
    elements: all('.detail :is(script, style, iframe, img, object, embed, form, link, meta)').length,
    drawings: all('.part svg').length,
    addresses: all('[href], [src]').length,
    links: all('[data-link]').length,
    text: all('.detail').map((one) => one.textContent).join(''),
  };
})()`;

/** The results editor as a person uses it, on answers that no person would want to meet. */
export const resultsFlow: readonly FlowStep[] = [
  {
    title: 'Open a results file: outcomes, in the order of the requests',
    run: async (context) => {
      const { workbench, folder } = context;
      await writeFiles(folder);
      await workbench.openFile(results);
      const page = webview(context);
      await page.locator('.row .cell-key').first().waitFor();
      return until('all outcomes', async () => {
        const chips = (await page.locator('.summary .chip').allTextContents()).join(', ');
        const keys = await page.locator('.row .cell-key').allTextContents();
        const expected = ['66 ok', '1 failed', '1 truncated', '1 missing', '1 unexpected'];
        return keys[0] === 'review-1' && expected.every((chip) => chips.includes(chip)) ? chips : undefined;
      });
    },
  },
  {
    title: 'Go to the definition of a key: its row, also where a filter hid it',
    run: async (context) => {
      const { workbench } = context;
      const page = webview(context);
      await select(context, 'scored');
      await workbench.openFile(requests);
      await workbench.goTo(30, 12);
      await workbench.page.keyboard.press('F12');
      await workbench.editors.waitActive(results);
      await page.locator('.detail .key', { hasText: 'review-30' }).waitFor();
      await page.locator('.row.selected', { hasText: 'review-30' }).waitFor();
      await workbench.page.keyboard.press('ArrowDown');
      await page.locator('.detail .key', { hasText: 'review-31' }).waitFor();
      return 'review-30, and on by the arrow keys';
    },
  },
  {
    title: 'Go through the list by keyboard: end, home, next failure, search',
    run: async (context) => {
      const page = webview(context);
      const { keyboard } = context.workbench.page;
      const selected = () => page.locator('.row.selected .cell-key').textContent();
      await page.locator('.row').first().click();
      const seen: string[] = [];
      for (const [key, expected] of [
        ['End', /stranger|no key/],
        ['Home', /^review-1$/],
        ['PageDown', /^review-\d\d?$/],
        ['f', /^endless$/],
        ['f', /^lost$/],
        ['Shift+F', /^endless$/],
      ] as const) {
        await keyboard.press(key);
        seen.push(
          `${key}: ${await until(`the row after ${key}`, async () => {
            const now = (await selected()) ?? '';
            return expected.test(now) ? now : undefined;
          })}`,
        );
      }
      await keyboard.press('/');
      await keyboard.type('OPINION 17');
      await until('the row found', async () => (await page.locator('.row').count()) === 1);
      await page.getByRole('button', { name: 'Clear Filters' }).click();
      return seen.join('; ');
    },
  },
  {
    title: 'Look at an answer that breaks its schema, and at a picture',
    run: async (context) => {
      const page = webview(context);
      await select(context, 'scored');
      const violation = await page.locator('.banner.warn').textContent();
      assert.match(violation ?? '', /score.*1\.4, more than 1/);
      await select(context, 'picture');
      const loaded = "document.querySelector('.picture img')?.naturalWidth === 1";
      const drawn = await until('the picture', () => page.locator('body').evaluate<boolean, unknown>(loaded));
      assert.ok(drawn);
      return violation ?? '';
    },
  },
  {
    title: 'Look at a hostile answer: shown, not obeyed',
    run: async (context) => {
      const page = webview(context);
      const reached: string[] = [];
      const listen = (request: { url(): string }) => {
        if (request.url().includes('evil.example')) reached.push(request.url());
      };
      context.workbench.page.on('request', listen);
      await select(context, 'hostile');
      for (const look of ['Markdown', 'Text']) {
        await page.locator('.detail').getByRole('button', { name: look, exact: true }).click();
        const found = await page.locator('body').evaluate<Inspection, unknown>(inspect);
        assert.equal(found.hit, false, 'no script ran');
        assert.deepEqual(found.handlers, [], 'no event handlers');
        assert.equal(found.elements, 0, 'no active elements');
        assert.equal(found.drawings, 0, 'no SVG of the answer');
        assert.equal(found.addresses, 1, 'nothing refers anywhere but the page to its own script');
        assert.equal(found.links, 0, 'no link that could be followed');
        for (const character of ['U+202E', 'U+2066', 'U+200B'])
          assert.ok(found.text.includes(character), character);
      }
      context.workbench.page.off('request', listen);
      assert.deepEqual(reached, []);
      return 'no script, no handler, no request, hidden characters by number';
    },
  },
  {
    title: 'Look at an answer made to keep the window busy: shown at once',
    run: async (context) => {
      const start = Date.now();
      await select(context, 'flood');
      const elements = await webview(context).locator('.detail *').count();
      assert.ok(elements < 500, `${elements} elements`);
      return `${Date.now() - start} ms, ${elements} elements`;
    },
  },
  {
    title: 'Listen to an answer of bare samples',
    run: async (context) => {
      const page = webview(context);
      await select(context, 'speech');
      await page.locator('audio').waitFor();
      const listen = `(async () => {
        const player = document.querySelector('audio');
        player.muted = true;
        await player.play();
        return player.duration;
      })()`;
      const seconds = await page.locator('body').evaluate<number, unknown>(listen);
      assert.equal(seconds, 0.5);
      return `${seconds} s`;
    },
  },
  {
    title: 'Follow a source: it says whose it is, and asks',
    run: async (context) => {
      const page = webview(context);
      const { dialog } = context.workbench;
      await select(context, 'sourced');
      const links = page.locator('.sources button');
      assert.equal(await links.count(), 1, 'commands are no links');
      await links.first().click();
      const question = await dialog.waitOpen();
      assert.match(question, /leads to evil\.example\./);
      await dialog.click('Cancel');
      return question;
    },
  },
  {
    title: 'Look at an enormous answer: its beginning, and how long it is',
    run: async (context) => {
      await select(context, 'endless');
      const note = await webview(context).locator('.part .note').first().textContent();
      assert.match(note ?? '', /2,200,000/);
      return note ?? '';
    },
  },
  {
    title: 'Requests and results in step, both ways, also when the file was edited',
    run: async (context) => {
      const { workbench, folder } = context;
      const page = webview(context);
      await page.getByRole('button', { name: 'Clear Filters' }).click();
      await page.locator('.row', { hasText: 'review-5' }).first().click();
      await page.getByRole('button', { name: 'Go to Request' }).click();
      await workbench.editors.waitActive(requests);
      const file = path.join(folder, requests);
      await writeFile(
        file,
        `${JSON.stringify(request('new', 'First now.'))}\n${await readFile(file, 'utf8')}`,
      );
      await until('the unexpected request among the missing', async () =>
        (await page.locator('.summary').textContent())?.includes('2 missing'),
      );
      await workbench.goTo(4, 1);
      return until('the row of line 4', async () => {
        const key = await page.locator('.detail .key').textContent();
        return key === 'review-3' ? key : undefined;
      });
    },
  },
  {
    title: 'Go to the definition of a key beside its results: there, not in another editor',
    run: async (context) => {
      const { workbench } = context;
      const page = webview(context);
      await page.locator('.row', { hasText: 'review-7' }).first().click();
      await page.locator('.detail .key', { hasText: 'review-7' }).waitFor();
      await workbench.page.keyboard.press('Control+2');
      await workbench.goTo(6, 12);
      await workbench.page.keyboard.press('F12');
      await page.locator('.detail .key', { hasText: 'review-5' }).waitFor();
      const focused = "document.hasFocus() && document.activeElement?.role === 'listbox'";
      await until('the keyboard in the list', () => page.locator('body').evaluate<boolean, unknown>(focused));
      await workbench.page.keyboard.press('ArrowDown');
      await page.locator('.detail .key', { hasText: 'review-6' }).waitFor();
      const open = await workbench.page.locator(`.tab[data-resource-name="${results}"]`).count();
      assert.equal(open, 1, 'editors of the results');
      return 'review-5';
    },
  },
  {
    title: 'Hand the answers to Data Wrangler, where it is installed',
    run: async (context) => {
      const { workbench, folder } = context;
      const page = webview(context);
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Open in Data Wrangler' }).click();
      await workbench.editors.waitActive('reviews.csv');
      await page.getByText('Stand-in for Data Wrangler').waitFor();
      const [head = ''] = (await readFile(path.join(folder, 'reviews.csv'), 'utf8')).split('\r\n');
      assert.match(head, /key,.*score/);
      await workbench.command('View: Revert and Close Editor');
      await page.locator('.detail .key', { hasText: 'review-6' }).waitFor();
      return head;
    },
  },
  {
    title: 'Compare with an earlier run',
    run: async (context) => {
      const page = webview(context);
      const { quickInput } = context.workbench;
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await page.getByRole('menuitem', { name: /^Compare/ }).click();
      await quickInput.waitOpen();
      await quickInput.pickFile(path.join(context.folder, earlier));
      return until('the comparison', async () => {
        const found = (await page.locator('.compare-head').innerText()).replaceAll(/\s+/g, ' ');
        return found.includes('1 changed') && found.includes('1 removed') ? found : undefined;
      });
    },
  },
  {
    title: 'Reload the window: the same row, filter and comparison',
    run: async (context) => {
      await webview(context).getByRole('tab', { name: 'Rows' }).click();
      await select(context, 'scored');
      await context.workbench.reload();
      const page = webview(context);
      await page.locator('.detail .key', { hasText: 'scored' }).waitFor();
      await page.getByRole('tab', { name: 'Comparison' }).click();
      await page.locator('.compare-head', { hasText: '1 changed' }).waitFor();
      await page.getByRole('tab', { name: 'Rows' }).click();
      return (await page.locator('.status').textContent()) ?? '';
    },
  },
  {
    title: 'Lines come before the row that is shown, then the file goes: the row stays, and it says so',
    run: async (context) => {
      const page = webview(context);
      const file = path.join(context.folder, results);
      const late = answer('lost', [{ text: 'Here I am.' }]);
      await writeFile(file, `${JSON.stringify(late)}\n${await readFile(file, 'utf8')}`);
      await until('the late answer', async () =>
        (await page.locator('.summary').textContent())?.includes('67 ok'),
      );
      await page.locator('.detail .key', { hasText: 'scored' }).waitFor();
      await rm(file);
      const notice = page.locator('.notice', { hasText: 'deleted' });
      await notice.waitFor();
      return (await notice.textContent()) ?? '';
    },
  },
];
