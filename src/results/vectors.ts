import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../util/async';

/** Vectors of one dimension, one after another. */
export interface VectorSet {
  readonly dimension: number;
  readonly values: Float32Array;
}

/** Two directions and what is needed to project onto them. */
export interface Plane {
  readonly mean: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Share of the variance that lies in the plane, 0 to 1. */
  readonly explained: number;
}

const rounds = 24;
/** Numbers that are gone through without a pause: some milliseconds. */
const atOnce = 2 << 20;

/**
 * The plane in which the vectors spread most (principal component analysis, by orthogonal iteration on the centred vectors).
 * Deterministic. Yields every few milliseconds; rejects with CancelledError when `signal` fires.
 */
export async function principalPlane(set: VectorSet, signal?: AbortSignal): Promise<Plane> {
  const { dimension } = set;
  const mean = await meanOf(set, signal);
  let [first, second] = [seed(dimension, 1), seed(dimension, 2)];
  let spread = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const [a, b] = await multiply(set, mean, first, second, signal);
    first = normalised(a);
    const rest = withoutDirection(b, first);
    spread = [length(a), length(rest)];
    second = normalised(rest);
  }
  const total = await variance(set, mean, signal);
  const [x = 0, y = 0] = spread;
  return {
    mean,
    first: oriented(first),
    second: oriented(second),
    explained: total === 0 ? 0 : Math.min(1, (x + y) / total),
  };
}

/** Coordinates of a vector in the plane. */
export function project(plane: Plane, vector: ArrayLike<number>): [x: number, y: number] {
  let x = 0;
  let y = 0;
  for (let at = 0; at < plane.mean.length; at += 1) {
    const value = (vector[at] ?? 0) - (plane.mean[at] ?? 0);
    x += value * (plane.first[at] ?? 0);
    y += value * (plane.second[at] ?? 0);
  }
  return [x, y];
}

/** Cosine of the angle between two vectors; 0 where one is zero. */
export function similarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let at = 0; at < a.length; at += 1) {
    const x = a[at] ?? 0;
    const y = b[at] ?? 0;
    dot += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  const lengths = Math.sqrt(lengthA) * Math.sqrt(lengthB);
  return lengths === 0 ? 0 : dot / lengths;
}

/** Calls `visit` with the start of every vector, pausing now and then. */
async function forEachVector(
  { dimension, values }: VectorSet,
  signal: AbortSignal | undefined,
  visit: (start: number) => void,
): Promise<void> {
  let pause = atOnce;
  for (let start = 0; start < values.length; start += dimension) {
    if (start >= pause) {
      pause = start + atOnce;
      await nextTurn();
    }
    visit(start);
  }
  await nextTurn();
  throwIfCancelled(signal);
}

async function meanOf(set: VectorSet, signal: AbortSignal | undefined): Promise<Float64Array> {
  const { dimension, values } = set;
  const sum = new Float64Array(dimension);
  await forEachVector(set, signal, (start) => {
    for (let at = 0; at < dimension; at += 1) sum[at] = (sum[at] ?? 0) + (values[start + at] ?? 0);
  });
  const rows = values.length / Math.max(1, dimension);
  return sum.map((value) => value / rows);
}

/** Sum of the squared distances from the mean. */
async function variance(
  set: VectorSet,
  mean: Float64Array,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { dimension, values } = set;
  let sum = 0;
  await forEachVector(set, signal, (start) => {
    for (let at = 0; at < dimension; at += 1) sum += ((values[start + at] ?? 0) - (mean[at] ?? 0)) ** 2;
  });
  return sum;
}

/** The (unscaled) covariance matrix times two vectors, without ever building the matrix. */
async function multiply(
  set: VectorSet,
  mean: Float64Array,
  first: Float64Array,
  second: Float64Array,
  signal: AbortSignal | undefined,
): Promise<[Float64Array, Float64Array]> {
  const { dimension, values } = set;
  const a = new Float64Array(dimension);
  const b = new Float64Array(dimension);
  await forEachVector(set, signal, (start) => {
    let x = 0;
    let y = 0;
    for (let at = 0; at < dimension; at += 1) {
      const value = (values[start + at] ?? 0) - (mean[at] ?? 0);
      x += value * (first[at] ?? 0);
      y += value * (second[at] ?? 0);
    }
    for (let at = 0; at < dimension; at += 1) {
      const value = (values[start + at] ?? 0) - (mean[at] ?? 0);
      a[at] = (a[at] ?? 0) + value * x;
      b[at] = (b[at] ?? 0) + value * y;
    }
  });
  return [a, b];
}

/** Some direction that is not special, the same every time. */
function seed(dimension: number, salt: number): Float64Array {
  return normalised(Float64Array.from({ length: dimension }, (_, at) => Math.sin((at + 1) * 12.9898 * salt)));
}

function length(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

function normalised(vector: Float64Array): Float64Array {
  const size = length(vector);
  return size === 0 ? vector : vector.map((value) => value / size);
}

function withoutDirection(vector: Float64Array, direction: Float64Array): Float64Array {
  let dot = 0;
  for (let at = 0; at < vector.length; at += 1) dot += (vector[at] ?? 0) * (direction[at] ?? 0);
  return vector.map((value, at) => value - dot * (direction[at] ?? 0));
}

/** A direction and its opposite are equally right; the one whose largest part is positive is shown. */
function oriented(vector: Float64Array): Float64Array {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? vector.map((value) => -value) : vector;
}
