import assert from 'node:assert/strict';
import { clipText, messageText } from '../../../../src/shared/messageText';
import { linkTarget } from '../../../../src/views/results/openLink';
import { prettyJson } from '../../../../src/views/results/textDocuments';

describe('messageText', () => {
  const table: [string, string, string][] = [
    ['plain names stay', 'a (2).results.jsonl', 'a (2).results.jsonl'],
    [
      'links to commands are text',
      '[x](command:workbench.action.quit)',
      '[x] (command:workbench.action.quit)',
    ],
    ['direction', 'invoice\u202egnp.exe', 'invoice[U+202E]gnp.exe'],
    ['one line', 'a\r\nb\tc', 'a b c'],
  ];
  for (const [name, text, expected] of table) it(name, () => assert.equal(messageText(text), expected));

  it('is never longer than can be read', () => assert.equal(messageText('x'.repeat(1_000_000)).length, 601));
  it('titles are as short as asked', () => assert.equal(clipText('x'.repeat(100), 10), `${'x'.repeat(10)}…`));
});

describe('linkTarget', () => {
  const table: [string, string, { address: string; site: string } | undefined][] = [
    ['the web', 'https://example.com/a?b#c', { address: 'https://example.com/a?b#c', site: 'example.com' }],
    [
      'a name before the host',
      'https://google.com@evil.example/x',
      { address: 'https://google.com@evil.example/x', site: 'evil.example' },
    ],
    [
      'letters that look like others',
      'https://\u0430\u0440\u0440\u04cf\u0435.com/',
      { address: 'https://xn--80ak6aa92e.com/', site: 'xn--80ak6aa92e.com' },
    ],
    [
      'direction',
      'https://e.example/\u202egpj.exe',
      { address: 'https://e.example/%E2%80%AEgpj.exe', site: 'e.example' },
    ],
    ['mail', 'mailto:a@b.example', { address: 'mailto:a@b.example', site: '' }],
    ['scripts', 'javascript:alert(1)', undefined],
    ['scripts in disguise', ' java\nscript:alert(1)', undefined],
    ['commands', 'command:workbench.action.quit', undefined],
    ['VS Code', 'vscode://a.b/c', undefined],
    ['files', 'file:///etc/passwd', undefined],
    ['data', 'data:text/html,x', undefined],
    ['nonsense', 'example', undefined],
  ];
  for (const [name, address, expected] of table)
    it(name, () => assert.deepEqual(linkTarget(address), expected));
});

describe('prettyJson', () => {
  it('lays JSON out', () => assert.equal(prettyJson('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}\n'));
  it('keeps numbers as they were written', () =>
    assert.equal(
      prettyJson('{"id":12345678901234567891,"a":1.0}'),
      '{\n  "id": 12345678901234567891,\n  "a": 1.0\n}\n',
    ));
  it('leaves other text alone', () => assert.equal(prettyJson('{"a":'), '{"a":'));
  it('leaves alone what would be too much laid out', () => {
    const text = `${'['.repeat(3000)}${'1,'.repeat(10_000)}1${']'.repeat(3000)}`;
    assert.equal(prettyJson(text), text);
  });
});
