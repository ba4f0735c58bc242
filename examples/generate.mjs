// Writes the request files of this folder. They are checked in; run `node examples/generate.mjs` after changing this script.
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const here = new URL('.', import.meta.url);

/** A repeatable stream of numbers from 0 up to 1 (mulberry32), so that the files are the same on every machine. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function writeLines(name, rows) {
  writeFileSync(
    new URL(name, here),
    rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''),
  );
}

const text = (value) => ({ text: value });
const user = (...parts) => ({ role: 'user', parts });

// --- the two requests of the API's guide -----------------------------------------------------------------------------

const guide = [
  {
    key: 'request-1',
    request: {
      contents: [{ parts: [text('Describe the process of photosynthesis.')] }],
      generationConfig: { temperature: 0.7 },
    },
  },
  {
    key: 'request-2',
    request: { contents: [{ parts: [text('What are the main ingredients in a Margherita pizza?')] }] },
  },
];

// --- a thousand support tickets to classify --------------------------------------------------------------------------

const products = ['washing machine', 'e-bike', 'router', 'coffee grinder', 'headset', 'tent', 'office chair', 'printer'];
const openings = [
  'Hello, I bought the {p} three weeks ago.',
  'Good morning! Order {n} was the {p}.',
  'I am writing about my {p} (order {n}).',
  'Second message about the {p}, the first one got no answer.',
  'My {p} arrived yesterday.',
];
const troubles = [
  ['It stopped working after two days and now shows error E{e}.', 'Please tell me how to send it back.'],
  ['The invoice charges me twice, once on the 3rd and once on the 5th.', 'I would like one of them refunded.'],
  ['The parcel was left at a neighbour that I do not know.', 'Where is it?'],
  ['The manual is missing and I cannot find the reset button.', 'Is there a PDF of it?'],
  ['The colour is not the one in the pictures.', 'Can I swap it for the black one?'],
  ['It works wonderfully, even better than the old one.', 'I only wanted to say thank you.'],
  ['Since the update to version {v} it loses the connection every hour.', 'When will that be mended?'],
  ['I want to cancel the order before it is shipped.', 'Please confirm.'],
];
const closings = ['Regards', 'Thanks in advance', 'Kind regards from Ghent', 'Best, M.', 'Awaiting your answer'];

function tickets(count) {
  const random = randomNumbers(7);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const responseSchema = {
    type: 'OBJECT',
    properties: {
      category: { type: 'STRING', enum: ['defect', 'billing', 'delivery', 'question', 'praise', 'other'] },
      urgency: { type: 'INTEGER', minimum: 1, maximum: 5 },
      summary: { type: 'STRING' },
    },
    required: ['category', 'urgency', 'summary'],
    propertyOrdering: ['category', 'urgency', 'summary'],
  };
  return Array.from({ length: count }, (_, index) => {
    const [what, wish] = pick(troubles);
    const body = `${pick(openings)} ${what} ${wish} ${pick(closings)}`
      .replaceAll('{p}', pick(products))
      .replaceAll('{n}', String(100_000 + Math.floor(random() * 900_000)))
      .replaceAll('{e}', String(10 + Math.floor(random() * 80)))
      .replaceAll('{v}', `${1 + Math.floor(random() * 4)}.${Math.floor(random() * 10)}`);
    return {
      key: `ticket-${String(index + 1).padStart(4, '0')}`,
      request: {
        systemInstruction: {
          parts: [text('You sort support tickets of a shop. Judge only what the ticket says. The summary has one sentence.')],
        },
        contents: [user(text(body))],
        generationConfig: { temperature: 0, responseMimeType: 'application/json', responseSchema },
      },
    };
  });
}

// --- pictures --------------------------------------------------------------------------------------------------------

/** A PNG of `size` × `size` pixels; `colour(x, y)` gives red, green and blue, x and y run from 0 to 1. */
function png(size, colour) {
  const rows = [];
  for (let y = 0; y < size; y += 1) {
    rows.push(0);
    for (let x = 0; x < size; x += 1) rows.push(...colour((x + 0.5) / size, (y + 0.5) / size));
  }
  const chunk = (type, data) => {
    const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]).toString('base64');
}

const white = [250, 250, 247];
const within = (x, y, cx, cy, radius) => (x - cx) ** 2 + (y - cy) ** 2 < radius ** 2;

const pictures = {
  'traffic-light': (x, y) => {
    if (within(x, y, 0.5, 0.24, 0.11)) return [214, 40, 40];
    if (within(x, y, 0.5, 0.5, 0.11)) return [70, 62, 30];
    if (within(x, y, 0.5, 0.76, 0.11)) return [24, 62, 40];
    return x > 0.33 && x < 0.67 && y > 0.06 && y < 0.94 ? [38, 42, 48] : white;
  },
  sunset: (x, y) => {
    if (y < 0.62 && within(x, y, 0.5, 0.6, 0.2)) return [255, 209, 102];
    if (y >= 0.62) return [30 + 60 * (1 - y), 60 + 50 * (1 - y), 110].map(Math.round);
    return [255 - 90 * (0.62 - y), 120 + 60 * y, 90 + 130 * (0.62 - y)].map(Math.round);
  },
  'bar-chart': (x, y) => {
    if (x < 0.08 || y > 0.93) return [60, 60, 60];
    const bar = Math.floor((x - 0.08) / 0.184);
    const inside = ((x - 0.08) % 0.184) / 0.184;
    const heights = [0.35, 0.55, 0.42, 0.8, 0.65];
    return inside > 0.2 && inside < 0.85 && 0.93 - y < heights[bar] * 0.85 ? [62, 118, 196] : white;
  },
  chessboard: (x, y) => ((Math.floor(x * 8) + Math.floor(y * 8)) % 2 === 0 ? [238, 216, 184] : [118, 78, 52]),
  smiley: (x, y) => {
    if (within(x, y, 0.36, 0.4, 0.05) || within(x, y, 0.64, 0.4, 0.05)) return [40, 34, 20];
    if (y > 0.55 && within(x, y, 0.5, 0.52, 0.26) && !within(x, y, 0.5, 0.52, 0.21)) return [40, 34, 20];
    return within(x, y, 0.5, 0.5, 0.42) ? [255, 213, 64] : white;
  },
  flag: (x) => (x < 1 / 3 ? [0, 85, 164] : x < 2 / 3 ? [255, 255, 255] : [239, 65, 53]),
};

const images = Object.entries(pictures).map(([name, colour]) => ({
  key: name,
  request: {
    contents: [
      user(
        { inlineData: { mimeType: 'image/png', data: png(96, colour) } },
        text('Write an alternative text for this picture, at most twenty words.'),
      ),
    ],
    generationConfig: { temperature: 0.2, maxOutputTokens: 8192 },
  },
}));

// --- tools -----------------------------------------------------------------------------------------------------------

const tools = [
  {
    functionDeclarations: [
      {
        name: 'create_event',
        description: 'Puts an event into the calendar.',
        parameters: {
          type: 'OBJECT',
          properties: {
            title: { type: 'STRING', description: 'A few words.' },
            start: { type: 'STRING', description: 'Date and time, ISO 8601.' },
            minutes: { type: 'INTEGER', description: 'How long it takes.' },
            guests: { type: 'ARRAY', items: { type: 'STRING' } },
          },
          required: ['title', 'start'],
        },
      },
      {
        name: 'send_reminder',
        description: 'Reminds somebody of something.',
        parameters: {
          type: 'OBJECT',
          properties: { person: { type: 'STRING' }, message: { type: 'STRING' }, at: { type: 'STRING' } },
          required: ['person', 'message'],
        },
      },
    ],
  },
];
const wishes = [
  'Lunch with Ana on 12 January 2027 at 12:30, about an hour.',
  'Remind Tom tomorrow at nine that the report is due.',
  'Dentist, 3 February 2027, 8:15.',
  'Team meeting every Monday at ten with Li, Omar and Freya.',
  'Tell Ines that the parcel has arrived.',
  'Block Friday afternoon for the tax return.',
];
const withTools = wishes.map((wish, index) => ({
  key: `wish-${index + 1}`,
  request: {
    contents: [user(text(wish))],
    tools,
    toolConfig: { functionCallingConfig: { mode: 'ANY' } },
    generationConfig: { temperature: 0 },
  },
}));

// --- embeddings ------------------------------------------------------------------------------------------------------

const articles = [
  'Waterproof hiking boots, ankle high, for stony paths',
  'Light running shoes for the road',
  'Wool socks, three pairs',
  'Rain jacket with taped seams',
  'Two-person tent, 1.9 kg',
  'Sleeping bag, comfortable down to -5 °C',
  'Gas stove that folds into its own pot',
  'Head torch, rechargeable, 400 lumen',
  'Trekking poles of carbon fibre, pair',
  'Water filter for one thousand litres',
  'Map of the Alps, 1:50,000',
  'First-aid kit for four people',
];
const embeddings = articles.map((article, index) => ({
  key: `article-${index + 1}`,
  request: {
    content: { parts: [text(article)] },
    taskType: 'RETRIEVAL_DOCUMENT',
    outputDimensionality: 256,
  },
}));

// --- what everybody gets wrong once ----------------------------------------------------------------------------------

const ask = (value) => [{ role: 'user', parts: [text(value)] }];
const mistakes = [
  // The SDK's `config` does not exist on the wire; beside `request` it is ignored in silence.
  { key: 'config-beside', request: { contents: ask('Name three rivers.') }, config: { temperature: 0 } },
  { key: 'config-inside', request: { contents: ask('Name three lakes.'), config: { temperature: 0 } } },
  // Sampling options belong into generationConfig, safety settings do not.
  { key: 'loose-temperature', request: { contents: ask('Name three seas.'), temperature: 0.2 } },
  {
    key: 'safety-misplaced',
    request: {
      contents: ask('Name three capes.'),
      generationConfig: {
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_ONLY_HIGH' }],
      },
    },
  },
  { key: 'thinking-misplaced', request: { contents: ask('Name three bays.'), thinkingConfig: { thinkingBudget: 0 } } },
  // A system instruction is an object with parts.
  { key: 'system-text', request: { systemInstruction: 'Answer briefly.', contents: ask('Name three capitals.') } },
  { key: 'system-array', request: { system_instruction: [text('Answer briefly.')], contents: ask('Name three towns.') } },
  { key: 'system-typo', request: { systemInstructions: { parts: [text('Be brief.')] }, contents: ask('Name a city.') } },
  // Habits from another API.
  { custom_id: 'other-api', request: { contents: ask('Name three deserts.') } },
  { key: 'wrong-role', request: { contents: [{ role: 'assistant', parts: [text('Name three islands.')] }] } },
  { key: 'text-contents', request: { contents: 'Name three volcanoes.' } },
  // Keys are how answers find their questions.
  { key: 'twice', request: { contents: ask('Name three mountains.') } },
  { key: 'twice', request: { contents: ask('Name three valleys.') } },
  { request: { contents: ask('Name three glaciers.') } },
  { contents: ask('Name three caves.') },
  // Enums, numbers, and a budget that thinking eats up.
  {
    key: 'wrong-enum',
    request: { contents: ask('Name three forests.'), generationConfig: { responseModalities: ['TEXTS'] } },
  },
  { key: 'number-as-text', request: { contents: ask('Name three parks.'), generationConfig: { temperature: 'low' } } },
  { key: 'no-room', request: { contents: ask('Explain tides.'), generationConfig: { maxOutputTokens: 64 } } },
  // JSON itself.
  '{"key": "trailing-comma", "request": {"contents": [{"parts": [{"text": "Name three coasts."}]}],}}',
  '{"key": "cut-off", "request": {"contents": [{"parts": [{"text": "Name three',
];

writeLines('guide-two-requests.jsonl', guide);
writeLines('classify-tickets.jsonl', tickets(1000));
writeLines('describe-images.jsonl', images);
writeLines('calendar-tools.jsonl', withTools);
writeLines('embed-articles.jsonl', embeddings);
writeLines('classic-mistakes.jsonl', mistakes);
