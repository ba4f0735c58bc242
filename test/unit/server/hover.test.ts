import assert from 'node:assert/strict';
import type { MarkupContent } from 'vscode-languageserver';
import { hoverAt } from '../../../src/server/hover';
import { inlineMedia } from '../../../src/server/inlineMedia';
import { markedDocument } from '../../support/markedDocument';

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const row = (request: string) => `{"key":"a","request":{${request}}}`;

function hover(marked: string, mediaLinks = false): string | undefined {
  const { checked, position } = markedDocument(marked);
  const found = hoverAt(checked, position, { mediaLinks });
  return found === null ? undefined : (found.contents as MarkupContent).value;
}

describe('hover', () => {
  const cases: [name: string, marked: string, patterns: RegExp[]][] = [
    [
      'the meaning, type, default and limits of a field',
      row('"contents":[],"generationConfig":{"temper|ature":1}'),
      [/^\*\*temperature\*\*/, /Type: number/, /Range: 0 to 2/],
    ],
    [
      'the other spelling',
      row('"contents":[],"generation_config":{"max_|output_tokens":1}'),
      [/maxOutputTokens/, /`max_output_tokens`/],
    ],
    [
      'the meaning of a value',
      row('"contents":[],"generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_L|OW"}'),
      [/^\*\*MEDIA_RESOLUTION_LOW\*\*\n\n./],
    ],
    [
      'the tokens of a line',
      `{"key":"a","requ|est":{"contents":[{"parts":[{"text":"${'word '.repeat(400)}"}]}]}}`,
      [/About \d{3} input tokens in this line/],
    ],
    [
      'the tokens of a text',
      row(`"contents":[{"parts":[{"text":"one two| ${'word '.repeat(400)}"}]}]`),
      [/About \d{3} tokens, 2,0\d\d characters/],
    ],
    [
      'what a picture is',
      row(`"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBO|${png.slice(4)}"}}]}]`),
      [/image\/png · 1 × 1 · 70 B/, /!\[preview\]\(data:image\/png;base64,iVBO/],
    ],
    [
      'the tokens of a line on its key',
      `{"key":"a|bc","request":{"contents":[{"parts":[{"text":"Hi"}]}]}}`,
      [/^\*\*key\*\*: ./, /About \d input tokens/],
    ],
    [
      'the meaning of a keyword in a JSON Schema',
      row('"contents":[],"generationConfig":{"responseJsonSchema":{"properties":{"a":{"mini|mum":1}}}}'),
      [/^\*\*minimum\*\*\n\nSmallest value/, /Type: number/],
    ],
    ['that a field is required', row('"cont|ents":[]'), [/Required/]],
  ];
  for (const [name, marked, patterns] of cases) {
    it(`tells ${name}`, () => {
      const text = hover(marked);
      for (const pattern of patterns) assert.match(text ?? '', pattern);
    });
  }

  it('takes nothing for Markdown that a file says', () => {
    const picture = '![x](https://example.com/seen.png)';
    const text = hover(
      row(`"contents":[{"parts":[{"inlineData":{"mimeType":"${picture}","data":"iVBO|${png.slice(4)}"}}]}]`),
    );
    assert.match(text ?? '', /\n\n1 × 1 · 70 B$/);
  });

  const silent: [string, string][] = [
    ['a bracket', row('"contents":|[]')],
    ['an unknown name', row('"contents":[],"unkn|own":1')],
    ['a foreign file', '{"te|xt":1}\n{"text":2}'],
    ['a free object', row('"contents":[{"parts":[{"functionCall":{"args":{"te|xt":1}}}]}]')],
  ];
  for (const [name, marked] of silent) {
    it(`says nothing on ${name}`, () => assert.equal(hover(marked), undefined));
  }
});

describe('hover on a picture that is too large for a link that holds it', () => {
  const large = 'iVBORw0KGgo' + 'A'.repeat(200_000);
  const marked = row(`"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"${large}|"}}]}]`);
  const start = marked.indexOf(large);

  it('says where it is to a client that can look there', () => {
    assert.match(
      hover(marked, true) ?? '',
      new RegExp(`!\\[preview\\]\\(batchwright-media:0,${start},${start + large.length}\\)`),
    );
  });

  it('has no picture for other clients', () => assert.doesNotMatch(hover(marked) ?? '', /preview/));
});

describe('inline media', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
    );
  const zeros = (count: number) => new Array<number>(count).fill(0);
  const pictures: [string, Buffer, string | undefined][] = [
    ['PNG', bytes([0x89], 'PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 2, 0], [0, 0, 1, 0]), '512 × 256'],
    ['GIF', bytes('GIF89a', [0x20, 0x03, 0x58, 0x02], zeros(4)), '800 × 600'],
    [
      'JPEG',
      bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 17, 8, 0, 100, 0, 200], zeros(8)),
      '200 × 100',
    ],
    ['WebP, lossy', bytes('RIFF', zeros(4), 'WEBPVP8 ', zeros(10), [64, 0, 48, 0]), '64 × 48'],
    [
      'WebP, lossless',
      bytes('RIFF', zeros(4), 'WEBPVP8L', zeros(4), [0x2f, 63, 0xc0, 11, 0], zeros(8)),
      '64 × 48',
    ],
    ['WebP, extended', bytes('RIFF', zeros(4), 'WEBPVP8X', zeros(8), [63, 0, 0, 47, 0, 0]), '64 × 48'],
    ['something else', bytes('%PDF-1.7 and more text than that'), undefined],
    ['a cut JPEG', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 40]), undefined],
  ];
  for (const [name, picture, dimensions] of pictures) {
    it(`knows the size of ${name}`, () => {
      const media = inlineMedia(picture.toString('base64'), 'image/png');
      assert.equal(media.dimensions, dimensions);
      assert.equal(media.bytes, picture.length);
    });
  }

  it('shows URL-safe base64 in the alphabet of data URIs', () => {
    assert.equal(inlineMedia('-_-_', 'image/png').preview, 'data:image/png;base64,+/+/');
  });

  it('shows nothing that is no picture, no base64, or too large for a hover', () => {
    assert.equal(inlineMedia(png, 'application/pdf').preview, undefined);
    assert.equal(inlineMedia('a) [x](command:evil', 'image/png').preview, undefined);
    assert.equal(inlineMedia('A'.repeat(200_000), 'image/png').preview, undefined);
  });
});
