import * as z from 'zod';
import { outcomes } from './outcome';

/**
 * What the results editor's browser side and its host say to each other. The browser asks, by name and with a number; every
 * question gets exactly one answer, a value or an error. The host tells events besides. Both sides check what they receive.
 *
 * A *row* is a number that stays the same as long as the files do: a line of the results file, or, negative, the complement of
 * a request line that has no result. A *position* is a place in the list as filtered and sorted now.
 */
const row = z.number().int();
const count = z.number().nonnegative();
const outcome = z.enum(outcomes);

export const sortKeys = [
  'request',
  'file',
  'key',
  'outcome',
  'reason',
  'input',
  'output',
  'thinking',
  'size',
] as const;
export type SortKey = (typeof sortKeys)[number];

export const rowQuery = z.object({
  /** Empty: all. */
  outcomes: z.array(outcome),
  /** Finish and block reasons; empty: all. */
  reasons: z.array(z.string()),
  /** Part of the key, in any case; empty: all. */
  key: z.string(),
  /** Only duplicates and broken lines. */
  trouble: z.boolean(),
  sort: z.enum(sortKeys),
  descending: z.boolean(),
});
export type RowQuery = z.infer<typeof rowQuery>;
/** Everything, as the requests are ordered. */
export const allRows: RowQuery = {
  outcomes: [],
  reasons: [],
  key: '',
  trouble: false,
  sort: 'request',
  descending: false,
};

export const searchQuery = z.object({
  /** Empty: no search. */
  text: z.string(),
  matchCase: z.boolean(),
  regex: z.boolean(),
});
export type SearchQuery = z.infer<typeof searchQuery>;
export const noSearch: SearchQuery = { text: '', matchCase: false, regex: false };

export const rowSummary = z.object({
  row,
  /** Absent when the line has none. */
  key: z.string().optional(),
  outcome,
  /** Finish or block reason, empty for none. */
  reason: z.string(),
  /** google.rpc code or HTTP status, 0 for none. */
  errorCode: z.number(),
  preview: z.string(),
  /** Bits of `contentKind`. */
  kinds: z.number(),
  input: count,
  output: count,
  thinking: count,
  bytes: count,
  duplicate: z.boolean(),
  broken: z.boolean(),
  /** Zero-based request row, -1 for none. */
  request: z.number().int(),
});
export type RowSummary = z.infer<typeof rowSummary>;

const usage = z.object({ input: count, output: count, thinking: count, cached: count });

/** The header: what the whole batch was worth. Grows while the files are being indexed. */
export const resultsSummary = z.object({
  complete: z.boolean(),
  /** 0 to 1. */
  progress: z.number(),
  resultRows: count,
  requestRows: count.optional(),
  resultBytes: count,
  counts: z.record(outcome, count),
  reasons: z.array(z.object({ name: z.string(), rows: count })),
  /** Failed rows by what the service said, most frequent first; only the frequent ones. */
  failures: z.array(z.object({ message: z.string(), code: z.number(), search: z.string(), rows: count })),
  usage,
  joinedBy: z.enum(['key', 'position']).optional(),
  duplicateResults: count,
  duplicateRequests: count,
  brokenRows: count,
  kinds: z.number(),
  /** The results file was deleted or moved away since it was opened. */
  gone: z.boolean(),
  /** What is known of the job, where it is known. */
  job: z.object({
    resultsName: z.string(),
    requestsName: z.string().optional(),
    model: z.string().optional(),
    /** USD at the batch rate. */
    cost: z.number().optional(),
    /** From creation to end, milliseconds. */
    duration: count.optional(),
    /** The request file is not what was submitted any more. */
    requestsChanged: z.boolean(),
    canRetry: z.boolean(),
    hasDataWrangler: z.boolean(),
  }),
});
export type ResultsSummary = z.infer<typeof resultsSummary>;

/** How much of a text is sent; the rest is a click away in a real editor. */
const shownText = z.object({
  text: z.string(),
  /** Characters of the whole; absent when this is the whole. */
  total: count.optional(),
});
export type ShownText = z.infer<typeof shownText>;

export const detailPart = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), thought: z.boolean(), content: shownText }),
  z.object({ kind: z.literal('code'), language: z.string(), content: shownText }),
  z.object({ kind: z.literal('codeResult'), outcome: z.string(), content: shownText }),
  z.object({ kind: z.literal('call'), name: z.string(), content: shownText }),
  z.object({ kind: z.literal('callResponse'), name: z.string(), content: shownText }),
  z.object({
    kind: z.literal('media'),
    mimeType: z.string(),
    bytes: count,
    /** Number of the media part in its row, for `media` and `saveMedia`. */
    media: z.number().int(),
  }),
  z.object({ kind: z.literal('file'), uri: z.string(), mimeType: z.string() }),
  z.object({ kind: z.literal('json'), content: shownText }),
]);
export type DetailPart = z.infer<typeof detailPart>;

const schemaViolation = z.object({ path: z.string(), message: z.string() });
export type SchemaViolation = z.infer<typeof schemaViolation>;

const source = z.object({ title: z.string(), uri: z.string() });

export const detailCandidate = z.object({
  finishReason: z.string(),
  finishMessage: z.string().optional(),
  parts: z.array(detailPart),
  safety: z.array(z.object({ category: z.string(), probability: z.string(), blocked: z.boolean() })),
  sources: z.array(source),
  searches: z.array(z.string()),
  /** The answer against the response schema of its request; absent when there is none to check. */
  schema: z.object({ violations: z.array(schemaViolation), unreadable: z.boolean() }).optional(),
});
export type DetailCandidate = z.infer<typeof detailCandidate>;

export const requestDetail = z.object({
  /** Zero-based line among the requests. */
  line: count,
  turns: z.array(z.object({ role: z.string(), parts: z.array(detailPart) })),
  /** Name and value of settings, as text. */
  settings: z.array(z.object({ name: z.string(), value: z.string() })),
  broken: z.boolean(),
});
export type RequestDetail = z.infer<typeof requestDetail>;

export const rowDetail = z.object({
  summary: rowSummary,
  request: requestDetail.optional(),
  error: z.object({ code: z.number().optional(), message: z.string() }).optional(),
  blockReason: z.string().optional(),
  candidates: z.array(detailCandidate),
  embedding: z.object({ dimension: count, norm: z.number(), first: z.array(z.number()) }).optional(),
  /** Counts by their name on the wire. */
  usage: z.array(z.object({ name: z.string(), value: z.string() })),
  model: z.string().optional(),
  responseId: z.string().optional(),
  /** The line as it is, when it could not be read. */
  brokenLine: shownText.optional(),
});
export type RowDetail = z.infer<typeof rowDetail>;

export const tableColumn = z.object({ path: z.string(), rows: count });
export type TableColumn = z.infer<typeof tableColumn>;

export const neighbour = z.object({
  row,
  key: z.string().optional(),
  /** Cosine of the angle between the embeddings, -1 to 1. */
  similarity: z.number(),
  /** The beginning of its request, empty where that is not known. */
  text: z.string(),
});
export type Neighbour = z.infer<typeof neighbour>;

export const changes = ['better', 'worse', 'changed', 'same', 'added', 'removed'] as const;
const change = z.enum(changes);
export type Change = z.infer<typeof change>;

export const comparedRow = z.object({
  /** Row in this file, absent when only the other has the key. */
  row: row.optional(),
  key: z.string(),
  change,
  before: outcome.optional(),
  after: outcome.optional(),
});
export type ComparedRow = z.infer<typeof comparedRow>;

export const exportKinds = ['merged', 'csv', 'failed', 'images', 'embeddings'] as const;

/** Characters of a link; longer ones are shown as text. */
export const longestAddress = 8192;

/** A row to go to. Where somebody `asked` for it, filters that hide it give way. */
const wantedRow = z.object({ row, asked: z.boolean() });
export type WantedRow = z.infer<typeof wantedRow>;

/** What the browser may ask: parameters and answer of each method. */
export const resultsMethods = {
  /** The first call; the host sends no events before it. */
  ready: {
    params: z.object({}),
    /** `wanted` is the row to begin with, where somebody went to one. */
    result: z.object({ summary: resultsSummary, wanted: wantedRow.optional() }),
  },
  /** Filters, sorts and, where text is given, searches. A later view cancels an earlier one that is still searching. */
  view: {
    params: z.object({ query: rowQuery, search: searchQuery, keep: row.optional() }),
    /** `position` is where the row to keep is now, -1 when it is filtered out. */
    result: z.object({ view: z.number().int(), total: count, position: z.number().int() }),
  },
  rows: {
    params: z.object({ view: z.number().int(), from: count, count: z.number().int().min(1).max(500) }),
    result: z.object({ rows: z.array(rowSummary) }),
  },
  detail: { params: z.object({ row }), result: rowDetail },
  media: {
    params: z.object({ row, media: z.number().int().nonnegative(), request: z.boolean() }),
    result: z.object({ mimeType: z.string(), bytes: z.instanceof(Uint8Array) }),
  },
  /** The next position behind (or before) one whose row is not ok, -1 for none. */
  nextFailure: {
    params: z.object({ from: z.number().int(), backwards: z.boolean() }),
    result: z.object({ position: z.number().int() }),
  },
  /** Where a row is after the files have changed: by its key, by its number where it has none. Absent: it is gone. */
  findRow: {
    params: z.object({ row, key: z.string().optional() }),
    result: z.object({ row: row.optional() }),
  },
  positionOf: { params: z.object({ row }), result: z.object({ position: z.number().int() }) },
  /** Columns that the JSON answers have. */
  columns: { params: z.object({}), result: z.object({ columns: z.array(tableColumn) }) },
  cells: {
    params: z.object({
      view: z.number().int(),
      from: count,
      count: z.number().int().min(1).max(500),
      columns: z.array(z.string()).max(200),
    }),
    result: z.object({
      rows: z.array(z.object({ row, key: z.string().optional(), outcome, cells: z.array(z.string()) })),
    }),
  },
  /** Puts positions of the table, headings first, on the clipboard as TSV. */
  copyTable: {
    params: z.object({ from: count, count: z.number().int().min(1), columns: z.array(z.string()).max(200) }),
    result: z.object({ rows: count }),
  },
  /** A picture of all embeddings in two dimensions; coordinates are pairs. */
  map: {
    params: z.object({}),
    result: z.object({
      rows: z.instanceof(Int32Array),
      /** Keys of the rows, empty for none. */
      keys: z.array(z.string()),
      points: z.instanceof(Float32Array),
      outcomes: z.instanceof(Uint8Array),
      dimension: count,
      /** How much of the spread the picture shows, 0 to 1. */
      explained: z.number(),
      /** Embeddings in the file; more than `rows` when only a sample is drawn. */
      total: count,
    }),
  },
  neighbours: { params: z.object({ row }), result: z.object({ neighbours: z.array(neighbour) }) },
  /**
   * Compares another results file, as the run before, with this one: the one that the person chooses or, again, the one that
   * was compared last. Empty name: there is none.
   */
  compare: {
    params: z.object({ again: z.boolean() }),
    result: z.object({ name: z.string(), counts: z.record(change, count) }),
  },
  compared: {
    params: z.object({ changes: z.array(change), from: count, count: z.number().int().min(1).max(500) }),
    result: z.object({ total: count, rows: z.array(comparedRow) }),
  },
  /** VS Code's diff of a row in both runs. */
  diff: { params: z.object({ key: z.string() }), result: z.object({}) },
  /** The request line of the row comes into view in its editor. */
  revealRequest: { params: z.object({ row, focus: z.boolean() }), result: z.object({}) },
  /** The whole line, or one of its texts, in an editor of its own. */
  openRaw: { params: z.object({ row, what: z.enum(['result', 'request']) }), result: z.object({}) },
  saveMedia: {
    params: z.object({ row, media: z.number().int().nonnegative(), request: z.boolean() }),
    result: z.object({}),
  },
  openLink: { params: z.object({ uri: z.string().max(longestAddress) }), result: z.object({}) },
  /** Puts the whole answer on the clipboard, however much of it is shown. */
  copyAnswer: { params: z.object({ row }), result: z.object({ characters: count }) },
  export: { params: z.object({ kind: z.enum(exportKinds) }), result: z.object({}) },
  retry: { params: z.object({ outcomes: z.array(outcome) }), result: z.object({}) },
  openInDataWrangler: { params: z.object({}), result: z.object({}) },
  chooseRequestFile: { params: z.object({}), result: z.object({}) },
} as const;

export type ResultsMethod = keyof typeof resultsMethods;
export type ResultsParams<M extends ResultsMethod> = z.infer<(typeof resultsMethods)[M]['params']>;
export type ResultsResult<M extends ResultsMethod> = z.infer<(typeof resultsMethods)[M]['result']>;

export const methodNames = Object.keys(resultsMethods) as [ResultsMethod, ...ResultsMethod[]];

/** Browser to host. */
export const clientMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('request'),
    id: z.number().int(),
    method: z.enum(methodNames),
    params: z.unknown(),
  }),
  /** The answer to a request is not wanted any more. It still gets one: an error that says so. */
  z.object({ type: z.literal('cancel'), id: z.number().int() }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

export const resultsEvent = z.discriminatedUnion('name', [
  z.object({ name: z.literal('summary'), summary: resultsSummary }),
  /** Rows of the current view became more, while indexing. */
  z.object({ name: z.literal('grown'), view: z.number().int(), total: count }),
  z.object({ name: z.literal('searchProgress'), fraction: z.number(), found: count }),
  /** Somebody went to a request line: its row is to be selected. */
  z.object({ name: z.literal('select'), ...wantedRow.shape }),
  /** The files changed on disk and are indexed anew: everything known is stale. */
  z.object({ name: z.literal('reset'), summary: resultsSummary }),
  z.object({ name: z.literal('focusSearch') }),
  /** The person chose to compare outside the webview. */
  z.object({ name: z.literal('compare') }),
]);
export type ResultsEvent = z.infer<typeof resultsEvent>;

/** Host to browser. */
export const hostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id: z.number().int(), value: z.unknown() }),
  z.object({ type: z.literal('error'), id: z.number().int(), message: z.string(), cancelled: z.boolean() }),
  z.object({ type: z.literal('event'), event: resultsEvent }),
]);
export type HostMessage = z.infer<typeof hostMessage>;
