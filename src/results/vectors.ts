import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../util/async';

/** Vectors of one dimension, one after another. */
export interface VectorSet {
  readonly dimension: number;
  readonly values: Float32Array;
}

/** Two directions and what is needed to project onto them. */
export interface Plane {
  readonly mean: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Share of the variance that lies in the plane, 0 to 1. */
  readonly explained: number;
}

const rounds = 24;

/**
 * The plane in which the vectors spread most (principal component analysis, by orthogonal iteration on the centred vectors).
 * Deterministic. Yields between rounds.
 */
export async function principalPlane(set: VectorSet, signal?: AbortSignal): Promise<Plane> {
  const { dimension } = set;
  const mean = meanOf(set);
  let [first, second] = [seed(dimension, 1), seed(dimension, 2)];
  let spread = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    throwIfCancelled(signal);
    const [a, b] = multiply(set, mean, first, second);
    spread = [length(a), length(b)];
    first = normalised(a);
    second = normalised(withoutDirection(b, first));
    await nextTurn();
  }
  const total = variance(set, mean);
  const rows = set.values.length / Math.max(1, dimension);
  const [x = 0, y = 0] = spread;
  const explained = total === 0 ? 0 : Math.min(1, (x + y) / rows / total);
  return { mean, first: oriented(first), second: oriented(second), explained };
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

function meanOf({ dimension, values }: VectorSet): Float32Array {
  const sum = new Float64Array(dimension);
  const rows = values.length / Math.max(1, dimension);
  for (let at = 0; at < values.length; at += 1)
    sum[at % dimension] = (sum[at % dimension] ?? 0) + (values[at] ?? 0);
  return Float32Array.from(sum, (value) => value / rows);
}

function variance({ dimension, values }: VectorSet, mean: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += ((values[at] ?? 0) - (mean[at % dimension] ?? 0)) ** 2;
  return sum / (values.length / Math.max(1, dimension));
}

/** The (unscaled) covariance matrix times two vectors, without ever building the matrix. */
function multiply(
  { dimension, values }: VectorSet,
  mean: Float32Array,
  first: Float32Array,
  second: Float32Array,
): [Float32Array, Float32Array] {
  const a = new Float32Array(dimension);
  const b = new Float32Array(dimension);
  for (let start = 0; start < values.length; start += dimension) {
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
  }
  return [a, b];
}

/** Some direction that is not special, the same every time. */
function seed(dimension: number, salt: number): Float32Array {
  return normalised(Float32Array.from({ length: dimension }, (_, at) => Math.sin((at + 1) * 12.9898 * salt)));
}

function length(vector: Float32Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

function normalised(vector: Float32Array): Float32Array {
  const size = length(vector);
  return size === 0 ? vector : vector.map((value) => value / size);
}

function withoutDirection(vector: Float32Array, direction: Float32Array): Float32Array {
  let dot = 0;
  for (let at = 0; at < vector.length; at += 1) dot += (vector[at] ?? 0) * (direction[at] ?? 0);
  return vector.map((value, at) => value - dot * (direction[at] ?? 0));
}

/** A direction and its opposite are equally right; the one whose largest part is positive is shown. */
function oriented(vector: Float32Array): Float32Array {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? vector.map((value) => -value) : vector;
}
