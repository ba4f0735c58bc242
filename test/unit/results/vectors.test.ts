import assert from 'node:assert/strict';
import { principalPlane, project, similarity } from '../../../src/results/vectors';
import { CancelledError } from '../../../src/util/async';

/** Eigenvectors of the covariance matrix by Jacobi rotations: slow, and nothing in common with what is tested. */
function naivePlane(rows: readonly (readonly number[])[]): { explained: number; directions: number[][] } {
  const size = rows[0]?.length ?? 0;
  const mean = Array.from(
    { length: size },
    (_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length,
  );
  const cell = (matrix: number[][], a: number, b: number) => matrix[a]?.[b] ?? 0;
  let matrix = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size }, (__, b) =>
      rows.reduce((sum, row) => sum + ((row[a] ?? 0) - (mean[a] ?? 0)) * ((row[b] ?? 0) - (mean[b] ?? 0)), 0),
    ),
  );
  const times = (x: number[][], y: number[][]) =>
    x.map((line) =>
      Array.from({ length: size }, (_, b) =>
        line.reduce((sum, value, at) => sum + value * cell(y, at, b), 0),
      ),
    );
  const identity = (): number[][] =>
    Array.from({ length: size }, (_, a) => Array.from({ length: size }, (__, b) => (a === b ? 1 : 0)));
  const turned = (x: number[][]) => x.map((_, a) => x.map((__, b) => cell(x, b, a)));
  let vectors = identity();
  for (let sweep = 0; sweep < 30; sweep += 1) {
    for (let a = 0; a < size; a += 1) {
      for (let b = a + 1; b < size; b += 1) {
        const angle = Math.atan2(2 * cell(matrix, a, b), cell(matrix, b, b) - cell(matrix, a, a)) / 2;
        const rotation = identity();
        const [ra = [], rb = []] = [rotation[a], rotation[b]];
        ra[a] = rb[b] = Math.cos(angle);
        ra[b] = Math.sin(angle);
        rb[a] = -Math.sin(angle);
        matrix = times(times(turned(rotation), matrix), rotation);
        vectors = times(vectors, rotation);
      }
    }
  }
  const order = matrix.map((_, at) => at).sort((a, b) => cell(matrix, b, b) - cell(matrix, a, a));
  const total = matrix.reduce((sum, _, at) => sum + cell(matrix, at, at), 0);
  const [x = 0, y = 0] = order;
  return {
    explained: (cell(matrix, x, x) + cell(matrix, y, y)) / total,
    directions: [x, y].map((column) => vectors.map((line) => line[column] ?? 0)),
  };
}

describe('principalPlane', () => {
  /** Vectors that spread 10, 5, 2, 1, … in directions of their own. */
  const rows = Array.from({ length: 60 }, (_, row) => {
    const along = [10, 5, 2, 1, 0.5, 0.1].map((size, at) => size * Math.sin(1 + row * (at + 1) * 1.7));
    return along.map((value, at) => value + 0.6 * (along[(at + 1) % 6] ?? 0) + at);
  });
  const set = { dimension: 6, values: Float32Array.from(rows.flat()) };

  it('is the plane that the whole covariance matrix has', async () => {
    const plane = await principalPlane(set);
    const expected = naivePlane(rows);
    assert.ok(
      Math.abs(plane.explained - expected.explained) < 1e-4,
      `${plane.explained} ${expected.explained}`,
    );
    for (const [found, direction = []] of [
      [plane.first, expected.directions[0]],
      [plane.second, expected.directions[1]],
    ] as const) {
      assert.ok(1 - Math.abs(similarity(found, direction)) < 1e-4);
    }
    const centre = project(plane, plane.mean);
    assert.deepEqual(centre.map(Math.abs), [0, 0]);
  });

  it('has an answer where there is nothing to spread', async () => {
    const plane = await principalPlane({ dimension: 2, values: Float32Array.from([1, 1, 1, 1]) });
    assert.equal(plane.explained, 0);
    assert.deepEqual(project(plane, [1, 1]).map(Math.abs), [0, 0]);
  });

  it('stops when it is told to', () =>
    assert.rejects(principalPlane(set, AbortSignal.abort()), CancelledError));
});
