import assert from 'node:assert/strict';
import { resultsPage } from '../../../../src/views/results/page';
import { resultsStrings } from '../../../../src/views/results/strings';

const parts = {
  nonce: 'abc123',
  source: 'https://*.vscode-cdn.net',
  script: 'https://host/results.js',
  style: 'https://host/results.css',
  language: 'en',
  title: 'Batch Results',
  strings: resultsStrings(),
};
const html = resultsPage(parts);

describe('the page of the results editor', () => {
  const policy =
    /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#39;', "'") ?? '';
  const directives = new Map(
    policy.split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]),
  );

  const expected: [string, string][] = [
    ['default-src', "'none'"],
    ['script-src', "'nonce-abc123'"],
    ['style-src', 'https://*.vscode-cdn.net'],
    ['img-src', 'blob:'],
    ['media-src', 'blob:'],
    ['base-uri', "'none'"],
    ['form-action', "'none'"],
  ];
  it('allows its own script and style, pictures it made itself, and nothing else', () => {
    assert.deepEqual([...directives], expected);
    assert.doesNotMatch(policy, /unsafe|data:|\*(?!\.vscode)/);
  });

  it('gives the nonce to its scripts only', () => {
    assert.deepEqual([...html.matchAll(/<script/g)].length, 2);
    assert.deepEqual([...html.matchAll(/nonce="abc123"/g)].length, 2);
    assert.doesNotMatch(html, /\son\w+=|style=/);
  });

  it('cannot be left by a translation', () => {
    const hostile = resultsPage({
      ...parts,
      title: '"><script>',
      strings: { ...parts.strings, ok: '</script><script>alert(1)' },
    });
    assert.equal([...hostile.matchAll(/<script/g)].length, 2);
    assert.equal([...hostile.matchAll(/<\/script>/g)].length, 2);
  });

  it('has a text for every place that the strings leave for a value', () => {
    for (const [id, text] of Object.entries<string>({ ...parts.strings })) {
      assert.notEqual(text, '', id);
      const places = [...text.matchAll(/\{(\d)\}/g)].map((match) => Number(match[1]));
      assert.deepEqual(
        places,
        places.map((_, at) => at),
        id,
      );
    }
  });
});
