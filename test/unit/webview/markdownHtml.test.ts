import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeHtml, isWebLink, looksLikeMarkdown, markdownToHtml } from '../../../src/webview/markdownHtml';

/** Elements that the HTML text holds, and their attributes. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<([a-z][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)].map(
    (match) => `${match[1] ?? ''}${match[2] ?? ''}`,
  );
}

const harmless =
  /^(?:a href="(?:https?|mailto):[^"]*"|(?:blockquote|br|code|del|em|h[1-6]|hr|li|ol|p|pre|strong|table|tbody|td|th|thead|tr|ul)(?: (?:class="language-[^"]*"|align="\w+"|start="\d+"))*)\/?$/;

describe('markdownToHtml', () => {
  const hostile: [string, string][] = [
    ['scripts', '<script>alert(1)</script>'],
    ['event handlers', '<img src=x onerror=alert(1)>'],
    ['SVG', '<svg onload=alert(1)><animate/></svg>'],
    ['styles', '<style>*{display:none}</style>'],
    ['frames', '<iframe src="https://evil.example"></iframe>'],
    ['forms', '<form action="https://evil.example"><input></form>'],
    ['comments and CDATA', '<!-- x --><![CDATA[<script>]]>'],
    ['HTML inside inline text', 'a <b onclick=x>b</b> c'],
    ['images, which would be loaded', '![alt](https://evil.example/pixel.png)'],
    ['images in links', '[![alt](https://evil.example/a.png)](https://example.org)'],
    ['command links', '[quit](command:workbench.action.quit)'],
    ['script links', '[x](javascript:alert(1))'],
    ['script links in disguise', '[x](JaVaScRiPt&#58;alert(1))\n\n[y](java\tscript:alert(1))'],
    ['data links', '[x](data:text/html,<script>alert(1)</script>)'],
    ['file links', '[x](file:///etc/passwd)'],
    ['VS Code links', '[x](vscode://a.b/c)'],
    ['autolinks', '<javascript:alert(1)> <vscode:x>'],
    ['references', '[x][1]\n\n[1]: javascript:alert(1) "t"'],
    ['attributes out of titles', '[x](https://e.example "\\" onmouseover=\\"alert(1)")'],
    ['attributes out of code fences', '```js" onload="alert(1)\nx\n```'],
    ['attributes out of addresses', '[x](https://e.example/"onmouseover="alert)'],
    ['cells of tables', '| a | b |\n|:-:|---|\n| <img src=x onerror=y> | [c](javascript:d) |'],
  ];
  for (const [name, text] of hostile) {
    it(`lets no ${name} through`, () => {
      for (const tag of tagsOf(markdownToHtml(text))) assert.match(tag, harmless, tag);
    });
  }

  it('lets nothing through, whatever is thrown at it', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '[',
      ']',
      '(',
      ')',
      '!',
      '`',
      '\n',
      '|',
      'script',
      'onerror=',
      'javascript:',
      'https://e',
      'x',
      ' ',
      '*',
      '#',
      '\\',
      '<!--',
      'a:',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        for (const tag of tagsOf(markdownToHtml(parts.join('')))) assert.match(tag, harmless, tag);
      }),
      { numRuns: 2000 },
    );
  });

  it('shows hidden characters by their number', () => {
    assert.match(markdownToHtml('a\u202eb'), /a\[U\+202E\]b/);
  });

  it('renders what Markdown is for', () => {
    const html = markdownToHtml('# T\n\n**b** and `c`\n\n- [x] done\n\n[l](https://example.org/a?b=1&c=2)');
    for (const piece of [
      '<h1>T</h1>',
      '<strong>b</strong>',
      '<code>c</code>',
      '☑',
      'href="https://example.org/a?b=1&#38;c=2"',
    ]) {
      assert.ok(html.includes(piece), `${piece} in ${html}`);
    }
  });

  it('survives what is enormous or deeply nested', () => {
    assert.ok(markdownToHtml('x'.repeat(200_000)).length >= 200_000);
    assert.ok(markdownToHtml('> '.repeat(300) + 'x').includes('x'));
    assert.ok(markdownToHtml('*'.repeat(3000)).length > 0);
  });
});

describe('isWebLink', () => {
  const table: [string, boolean][] = [
    ['https://example.org', true],
    ['http://example.org', true],
    ['mailto:a@example.org', true],
    ['HTTPS://EXAMPLE.ORG', true],
    ['javascript:alert(1)', false],
    [' javascript:alert(1)', false],
    ['command:x', false],
    ['vscode://x', false],
    ['data:text/html,x', false],
    ['file:///x', false],
    ['/relative', false],
    ['', false],
  ];
  for (const [address, expected] of table)
    it(`${JSON.stringify(address)} ${expected ? 'may' : 'may not'}`, () =>
      assert.equal(isWebLink(address), expected));
});

describe('looksLikeMarkdown', () => {
  const table: [string, boolean][] = [
    ['# Title', true],
    ['a\n- b', true],
    ['1. b', true],
    ['**b**', true],
    ['[a](b)', true],
    ['| a | b |', true],
    ['plain words, 2 * 3 * 4', false],
    ['', false],
    [`Title\n${'-'.repeat(200)}\n**bold**`, true],
  ];
  for (const [text, expected] of table)
    it(JSON.stringify(text.slice(0, 40)), () => assert.equal(looksLikeMarkdown(text), expected));

  const tooMuch: [string, string][] = [
    ['quotes inside one another', `# x\n${'> '.repeat(20_000)}`],
    ['lists inside one another', `# x\n${'1. '.repeat(10_000)}`],
    [
      'lists that go ever further in',
      Array.from({ length: 200 }, (_, at) => `${' '.repeat(at * 2)}- x`).join('\n'),
    ],
    ['emphasis without end', `# x\n${'_a'.repeat(20_000)}`],
    ['tables of millions of cells', `|${'a|'.repeat(5000)}\n|${'-|'.repeat(5000)}\n${'|a|\n'.repeat(3000)}`],
    ['what is longer than anybody reads', `# x\n${'word '.repeat(20_000)}`],
  ];
  for (const [name, text] of tooMuch) {
    it(`does not offer ${name}, and says so at once`, () => {
      const start = performance.now();
      assert.equal(looksLikeMarkdown(text), false);
      assert.ok(performance.now() - start < 200);
    });
  }

  it('decides fast about what was written to be slow', () => {
    const start = performance.now();
    for (const text of ['['.repeat(60_000), '[a'.repeat(30_000), '*_`[<'.repeat(12_000), '|'.repeat(60_000)])
      looksLikeMarkdown(text);
    assert.ok(performance.now() - start < 200);
  });
});

describe('escapeHtml', () => {
  it('leaves no character that means something', () =>
    assert.equal(escapeHtml(`<a b="c">&'`), '&#60;a b=&#34;c&#34;&#62;&#38;&#39;'));
});
