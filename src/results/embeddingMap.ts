import { outcomes } from '../shared/outcome';
import type { Neighbour, ResultsResult } from '../shared/resultsMessages';
import type { ResultSet } from './resultSet';
import { readPieces } from './rowPieces';
import { contentKind } from '../shared/contentKinds';
import { readResultLine } from './resultLine';
import { principalPlane, project, similarity } from './vectors';

export interface MapOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

/** Numbers that the plane is computed from; 64 MB. */
const maxSampleNumbers = 16 << 20;
/** Points that a picture of this size can tell apart. */
const maxPoints = 20_000;
const maxNeighbours = 12;

/** A picture of all embeddings of a file: their places in the plane in which they spread most. */
export async function embeddingMap(set: ResultSet, options: MapOptions = {}): Promise<ResultsResult<'map'>> {
  const rows = embeddingRows(set);
  const first = rows[0];
  const dimension = first === undefined ? 0 : ((await vectorOf(set, first))?.length ?? 0);
  if (dimension === 0) return emptyMap;
  const drawn = everyNth(rows, maxPoints);
  const sampled = new Set(everyNth(drawn, Math.max(2, Math.floor(maxSampleNumbers / dimension))));
  const sample = new Float32Array(sampled.size * dimension);
  let filled = 0;
  for await (const [row, vector] of vectors(set, sampled, { ...options, onProgress: half(options, 0) })) {
    if (vector.length !== dimension) continue;
    sample.set(vector, filled);
    filled += dimension;
    sampled.delete(row);
  }
  const plane = await principalPlane({ dimension, values: sample.subarray(0, filled) }, options.signal);
  const found: number[] = [];
  const points: number[] = [];
  for await (const [row, vector] of vectors(set, new Set(drawn), {
    ...options,
    onProgress: half(options, 1),
  })) {
    if (vector.length !== dimension) continue;
    found.push(row);
    points.push(...project(plane, vector));
  }
  return {
    rows: Int32Array.from(found),
    keys: found.map((row) => set.keyOf(row) ?? ''),
    points: Float32Array.from(points),
    outcomes: Uint8Array.from(found, (row) => outcomes.indexOf(set.outcomeOf(row))),
    dimension,
    explained: plane.explained,
    total: rows.length,
  };
}

const emptyMap: ResultsResult<'map'> = {
  rows: new Int32Array(0),
  keys: [],
  points: new Float32Array(0),
  outcomes: new Uint8Array(0),
  dimension: 0,
  explained: 0,
  total: 0,
};

/** The rows whose embeddings point most nearly where this row's does, nearest first. */
export async function nearest(set: ResultSet, row: number, options: MapOptions = {}): Promise<Neighbour[]> {
  const own = await vectorOf(set, row);
  if (own === undefined) return [];
  const best: { row: number; similarity: number }[] = [];
  for await (const [other, vector] of vectors(set, new Set(embeddingRows(set)), options)) {
    if (other === row || vector.length !== own.length) continue;
    const value = similarity(own, vector);
    const least = best.length < maxNeighbours ? undefined : best.at(-1);
    // Written so that what is no number is not near either.
    if (!(value > (least?.similarity ?? Number.NEGATIVE_INFINITY))) continue;
    best.push({ row: other, similarity: value });
    best.sort((a, b) => b.similarity - a.similarity);
    best.splice(maxNeighbours);
  }
  return Promise.all(
    best.map(async (each) => {
      const key = set.keyOf(each.row);
      const text = await set.requestPreview(each.row);
      return { ...each, ...(key === undefined ? {} : { key }), text };
    }),
  );
}

function embeddingRows(set: ResultSet): number[] {
  const rows: number[] = [];
  for (let row = 0; row < set.results.rows; row += 1) {
    if ((set.results.classOf(row).kinds & contentKind.embedding) !== 0) rows.push(row);
  }
  return rows;
}

function everyNth(rows: readonly number[], limit: number): readonly number[] {
  if (rows.length <= limit) return rows;
  return Array.from({ length: limit }, (_, at) => rows[Math.floor((at * rows.length) / limit)] ?? 0);
}

function half(options: MapOptions, part: 0 | 1): (fraction: number) => void {
  return (fraction) => options.onProgress?.((part + fraction) / 2);
}

async function vectorOf(set: ResultSet, row: number): Promise<readonly number[] | undefined> {
  return readResultLine(await set.resultLines.text(set.results.span(row)))?.embedding;
}

/** The embeddings of some rows, in the order of the file. */
async function* vectors(
  set: ResultSet,
  wanted: ReadonlySet<number>,
  options: MapOptions,
): AsyncGenerator<readonly [row: number, vector: readonly number[]], void, void> {
  for await (const piece of readPieces(set.resultLines, set.results, { signal: options.signal })) {
    for (let row = piece.fromRow; row < piece.toRow; row += 1) {
      if (!wanted.has(row)) continue;
      const vector = readResultLine(piece.text(row))?.embedding;
      if (vector !== undefined) yield [row, vector];
    }
    options.onProgress?.(piece.toRow / Math.max(1, set.results.rows));
  }
}
