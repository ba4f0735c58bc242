import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitControls, withVisibleControls } from '../../../src/shared/controls';
import { isRawAudio, wavOf } from '../../../src/shared/rawAudio';
import { mediaKind } from '../../../src/webview/media';
import { Host, HostError } from '../../../src/webview/rpc';
import {
  clampOffset,
  contentHeight,
  maxOffset,
  maxScrollHeight,
  offsetOf,
  offsetShowing,
  scrollHeight,
  topOf,
  visibleRows,
} from '../../../src/webview/scrollMap';
import { isFiltered, readState } from '../../../src/webview/state';
import { formatBytes, formatDuration, formatNumber, loadStrings, t } from '../../../src/webview/strings';
import {
  allRows,
  noSearch,
  type ClientMessage,
  type ResultsEvent,
} from '../../../src/shared/resultsMessages';

describe('splitControls', () => {
  const table: [string, string, string][] = [
    ['plain text', 'plain', 'plain'],
    ['an override of direction', 'a\u202eb', 'a[U+202E]b'],
    ['isolates', '\u2066x\u2069', '[U+2066]x[U+2069]'],
    ['zero width', 'a\u200bb\u2060c\ufeff', 'a[U+200B]b[U+2060]c[U+FEFF]'],
    ['tags', `a${String.fromCodePoint(0xe0041)}`, 'a[U+E0041]'],
    ['control characters', 'a\u0000\u001b[31m', 'a[U+0000][U+001B][31m'],
    ['soft hyphens', 'a\u00adb', 'a[U+00AD]b'],
    ['floods, counted', `a${'\u202e\u2066'.repeat(50_000)}b`, 'a[U+202E … ×100000]b'],
    ['tabs and line breaks stay', 'a\tb\nc\r\n', 'a\tb\nc\r\n'],
    [
      'joined emoji and marks of Arabic and Hebrew stay',
      '👩\u200d💻 \u200f\u200e',
      '👩\u200d💻 \u200f\u200e',
    ],
  ];
  for (const [name, text, expected] of table)
    it(name, () => assert.equal(withVisibleControls(text), expected));

  it('loses nothing but the characters it names', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/[\p{Cc}\p{Cf}]{9}/u.test(text));
        const pieces = splitControls(text);
        const back = pieces.map((piece) =>
          typeof piece === 'string' ? piece : String.fromCodePoint(Number.parseInt(piece.label.slice(2), 16)),
        );
        assert.equal(back.join(''), text);
      }),
    );
  });
});

describe('media', () => {
  const kinds: [string, string][] = [
    ['image/png', 'image'],
    ['IMAGE/JPEG; charset=x', 'image'],
    ['image/svg+xml', 'file'],
    ['text/html', 'file'],
    ['audio/mpeg', 'audio'],
    ['audio/L16;codec=pcm;rate=24000', 'audio'],
    ['application/pdf', 'file'],
    ['', 'file'],
  ];
  for (const [mimeType, kind] of kinds)
    it(`${mimeType || '(none)'} is shown as ${kind}`, () => assert.equal(mediaKind(mimeType), kind));

  it('makes a WAV file of bare samples', () => {
    assert.equal(isRawAudio('audio/pcm'), true);
    const file = wavOf('audio/L16;codec=pcm;rate=16000;channels=2', new Uint8Array(1000).fill(7));
    const view = new DataView(file.buffer);
    assert.equal(Buffer.from(file.subarray(0, 16)).toString('latin1').slice(8), 'WAVEfmt ');
    assert.equal(view.getUint32(4, true), 1036);
    assert.equal(view.getUint16(22, true), 2);
    assert.equal(view.getUint32(24, true), 16_000);
    assert.equal(view.getUint32(28, true), 64_000);
    assert.equal(view.getUint32(40, true), 1000);
    assert.deepEqual([file.length, file[43], file[44], file[1043]], [1044, 0, 7, 7]);
  });

  it('takes 24,000 samples a second where the type does not say', () => {
    assert.equal(new DataView(wavOf('audio/L16', new Uint8Array(2)).buffer).getUint32(24, true), 24_000);
  });
});

describe('scrollMap', () => {
  const small = { rows: 100, rowHeight: 20, viewport: 200 };
  const huge = { rows: 10_000_000, rowHeight: 24, viewport: 600 };

  it('is exact for lists that fit', () => {
    assert.equal(scrollHeight(small), 2000);
    for (const offset of [0, 17, 1800]) {
      assert.equal(topOf(small, offset), offset);
      assert.equal(offsetOf(small, offset), offset);
    }
  });

  it('never makes an element too high, and reaches both ends', () => {
    assert.ok(contentHeight(huge) > maxScrollHeight);
    assert.equal(scrollHeight(huge), maxScrollHeight);
    assert.equal(offsetOf(huge, 0), 0);
    assert.equal(offsetOf(huge, maxScrollHeight - huge.viewport), maxOffset(huge));
    assert.equal(topOf(huge, maxOffset(huge)), maxScrollHeight - huge.viewport);
    const { first, count } = visibleRows(huge, maxOffset(huge));
    assert.equal(first + count, huge.rows);
  });

  it('goes there and back within a row, wherever', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, part) => {
          const map = { rows, rowHeight: 24, viewport: 500 };
          const offset = part * maxOffset(map);
          assert.ok(Math.abs(offsetOf(map, topOf(map, offset)) - offset) < 1);
        },
      ),
    );
  });

  it('brings a row wholly into view with the least movement', () => {
    assert.equal(offsetShowing(small, 0, 5), 0);
    assert.equal(offsetShowing(small, 0, 10), 20);
    assert.equal(offsetShowing(small, 400, 5), 100);
    assert.equal(offsetShowing(small, 0, 99), 1800);
    assert.equal(clampOffset(small, -5), 0);
  });

  it('has no rows for an empty list', () => {
    const none = { rows: 0, rowHeight: 20, viewport: 200 };
    assert.deepEqual(visibleRows(none, 0), { first: 0, count: 0 });
    assert.equal(offsetOf(none, 10), 0);
  });
});

describe('Host', () => {
  function world() {
    const sent: ClientMessage[] = [];
    const events: ResultsEvent[] = [];
    const host = new Host(
      (message) => sent.push(message),
      (event) => events.push(event),
    );
    return { host, sent, events };
  }

  it('resolves with the answer to its own question', async () => {
    const { host, sent } = world();
    const first = host.call('positionOf', { row: 1 });
    const second = host.call('positionOf', { row: 2 });
    assert.deepEqual(
      sent.map((message) => message.id),
      [1, 2],
    );
    host.receive({ type: 'result', id: 2, value: { position: 20 } });
    host.receive({ type: 'result', id: 1, value: { position: 10 } });
    assert.deepEqual([await first, await second], [{ position: 10 }, { position: 20 }]);
  });

  it('rejects with what the host says, and with answers that are not as agreed', async () => {
    const { host } = world();
    const refused = host.call('positionOf', { row: 1 });
    host.receive({ type: 'error', id: 1, message: 'no', cancelled: true });
    await assert.rejects(refused, (error: HostError) => error.cancelled && error.message === 'no');
    const odd = host.call('positionOf', { row: 1 });
    host.receive({ type: 'result', id: 2, value: { position: 'far' } });
    await assert.rejects(odd, HostError);
    const unreadable = host.call('positionOf', { row: 1 });
    host.receive({ type: 'resalt', id: 3 });
    await assert.rejects(unreadable, /"positionOf" cannot be read/);
  });

  it('begins to count where it is told, so that answers to an earlier page are not taken for its own', () => {
    const sent: ClientMessage[] = [];
    const host = new Host(
      (message) => sent.push(message),
      () => undefined,
      5000,
    );
    void host.call('positionOf', { row: 1 });
    assert.equal(sent[0]?.id, 5000);
  });

  it('ignores strangers, hears events, and passes cancelling on', () => {
    const { host, sent, events } = world();
    for (const data of [
      undefined,
      'x',
      { type: 'result', id: 5, value: {} },
      { type: 'event', event: { name: 'other' } },
    ])
      host.receive(data);
    host.receive({ type: 'event', event: { name: 'select', row: 3, asked: true } });
    assert.deepEqual(events, [{ name: 'select', row: 3, asked: true }]);
    const stop = new AbortController();
    void host.call('map', {}, stop.signal);
    stop.abort();
    assert.deepEqual(sent.at(-1), { type: 'cancel', id: 1 });
  });
});

describe('the saved state', () => {
  it('is read back, and anything else is a new beginning', () => {
    const start = readState(undefined);
    assert.deepEqual(readState(JSON.parse(JSON.stringify({ ...start, selected: -3 }))), {
      ...start,
      selected: -3,
    });
    for (const odd of [null, 'x', { mode: 'rows' }, { ...start, split: 7 }])
      assert.deepEqual(readState(odd), start);
  });

  it('of a version that knew no comparisons is read', () => {
    const { compared, ...older } = readState(undefined);
    assert.equal(compared, false);
    assert.deepEqual(readState({ ...older, mode: 'table' }), { ...older, mode: 'table', compared: false });
  });

  it('begins folded where there is little room', () => {
    assert.equal(readState(undefined, false).unfolded, false);
    assert.equal(readState({ ...readState(undefined), unfolded: true }, false).unfolded, true);
  });

  it('knows whether anything is filtered', () => {
    assert.equal(isFiltered(allRows, noSearch), false);
    assert.equal(isFiltered({ ...allRows, key: 'a' }, noSearch), true);
    assert.equal(isFiltered(allRows, { ...noSearch, text: 'a' }), true);
    assert.equal(isFiltered({ ...allRows, sort: 'key', descending: true }, noSearch), false);
  });
});

describe('strings', () => {
  it('put values in and fall back to their id', () => {
    loadStrings('{"rowsOf":"{0} of {1}"}');
    assert.equal(t('rowsOf', 1, 2), '1 of 2');
    assert.equal(t('rowsOf', 1), '1 of {1}');
    assert.equal(t('noRows'), 'noRows');
  });

  it('write numbers and sizes as the display language does', () => {
    loadStrings('{}', 'de');
    assert.deepEqual([formatNumber(1234.5), formatBytes(1500)], ['1.234,5', '1,5 kB']);
    loadStrings('{}', 'en');
  });

  it('write sizes, costs and times for people', () => {
    assert.deepEqual([0, 999, 1500, 123_456, 2_500_000_000].map(formatBytes), [
      '0 B',
      '999 B',
      '1.5 kB',
      '123 kB',
      '2.5 GB',
    ]);
    assert.deepEqual([10, 40_000, 600_000, 7_500_000].map(formatDuration), [
      '1 s',
      '1 min',
      '10 min',
      '2 h 5 min',
    ]);
  });
});
