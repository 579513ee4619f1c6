import { describe, expect, test } from "vitest";
import { Combiner } from "../../engine/combine.js";
import { createEngine, type Vector } from "../../engine/index.js";
import { Random } from "../../tensor/philox.js";
import { symmetricEigen } from "../../tensor/symmetricEigen.js";
import { Lsr1 } from "./lsr1.js";
import { minimiseInBall } from "./subproblem.js";

type Matrix = number[][];

const random = new Random({ seed: 3, purpose: "init" });
const normals = (length: number) => Array.from({ length }, () => Math.fround(random.normal()));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, at) => sum + x * b[at], 0);
const times = (matrix: Matrix, v: ArrayLike<number>) => matrix.map((row) => dot(row, v));

/** A random symmetric matrix with eigenvalues of both signs. */
function indefinite(size: number): Matrix {
  const a = Array.from({ length: size }, () => normals(size));
  return a.map((row, i) => row.map((value, j) => (value + a[j][i]) / 2));
}

/** B after one rank-one update after the other, as the method is defined. */
function dense(size: number, gamma: number, pairs: readonly (readonly [number[], number[]])[]) {
  let b = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => (i === j ? gamma : 0)),
  );
  for (const [s, y] of pairs) {
    const bs = times(b, s);
    const r = y.map((value, at) => value - bs[at]);
    const scale = dot(r, s);
    b = b.map((row, i) => row.map((value, j) => value + (r[i] * r[j]) / scale));
  }
  return b;
}

async function open(size: number, capacity: number, name = "reference") {
  const engine = await createEngine({ engine: name });
  const memory = new Lsr1(engine, new Combiner(engine, size), size, capacity);
  const filled = async (values: ArrayLike<number>): Promise<Vector> => {
    const vector = engine.vector(size);
    await vector.write(values);
    return vector;
  };
  const add = async (s: number[], y: number[]) => memory.add(await filled(s), await filled(y));
  const propose = async (g: number[], radius: number) => {
    const target = engine.vector(size);
    const proposal = await memory.propose(await filled(g), radius, target);
    return { ...proposal, step: await target.read() };
  };
  return { memory, add, propose };
}

/** The same problem solved with all eigenvectors of the dense matrix. */
function solveDense(b: Matrix, g: number[], radius: number) {
  const size = g.length;
  const { values, vectors } = symmetricEigen(Float64Array.from(b.flat()), size);
  const column = (k: number) => Array.from({ length: size }, (_, i) => vectors[i * size + k]);
  const slope = Array.from({ length: size }, (_, k) => dot(column(k), g));
  return { ...minimiseInBall(values, slope, radius), values };
}

describe.each([
  ["one pair", 12, 1],
  ["a few", 30, 5],
  ["as many as ten", 50, 10],
])("%s, %i numbers", (_, size, count) => {
  test.each([1e-2, 0.3, 3, 1e3])("takes the best step in a ball of radius %d", async (radius) => {
    const hessian = indefinite(size);
    const { add, propose, memory } = await open(size, count);
    const pairs: [number[], number[]][] = [];
    for (let at = 0; at < count; at++) {
      const s = normals(size);
      const y = times(hessian, s).map(Math.fround);
      expect(await add(s, y)).toBe(true);
      pairs.push([s, y]);
    }
    expect(memory.size).toBe(count);
    const b = dense(size, 1, pairs);
    const g = normals(size);
    const { step, decrease, length } = await propose(g, radius);
    const best = solveDense(b, g, radius);
    // Pairs and step are f32 numbers.
    expect(decrease / best.decrease).toBeCloseTo(1, 4);
    expect(Math.sqrt(dot(step, step)) / length).toBeCloseTo(1, 5);
    const residual = times(b, step).map((value, at) => value + best.shift * step[at] + g[at]);
    const unit =
      Math.sqrt(dot(g, g)) + (Math.max(...best.values.map(Math.abs)) + best.shift) * length;
    expect(Math.sqrt(dot(residual, residual)) / unit).toBeLessThan(1e-5);
  });
});

test("hard case: without a slope it follows the direction that bends downwards", async () => {
  const { add, propose } = await open(3, 2);
  await add([1, 0, 0], [-2, 0, 0]);
  const { step, length, decrease } = await propose([0, 1, 0], 5);
  // Curvature is 1 across the pair and -2 along it.
  expect(length).toBeCloseTo(5, 5);
  expect([Math.abs(step[0]), step[1], step[2]]).toEqual([
    expect.closeTo(Math.sqrt(25 - 1 / 9), 5),
    expect.closeTo(-1 / 3, 5),
    expect.closeTo(0, 5),
  ]);
  expect(decrease).toBeCloseTo(25 - 1 / 9 + 1 / 3 - 1 / 18, 4);
});

test("with no pair it is a gradient step, at most as long as the radius", async () => {
  const { propose } = await open(2, 3);
  expect([...(await propose([0.3, -0.4], 10)).step]).toEqual([
    expect.closeTo(-0.3, 6),
    expect.closeTo(0.4, 6),
  ]);
  expect([...(await propose([30, -40], 1)).step]).toEqual([
    expect.closeTo(-0.6, 6),
    expect.closeTo(0.8, 6),
  ]);
});

test("leaves out what it knows, and what it could not follow", async () => {
  const { add, memory } = await open(2, 3);
  expect(await add([1, 0], [2, 0])).toBe(true);
  expect(await add([3, 0], [6, 0])).toBe(false);
  expect(await add([0, 0], [1, 0])).toBe(false);
  expect(await add([0, 1], [Number.NaN, 0])).toBe(false);
  // Curvature 1 is what the model has there already.
  expect(await add([0, 1], [0, 1])).toBe(false);
  expect(memory.size).toBe(1);
});

test("forgets the oldest pair when it is full", async () => {
  const { add, memory, propose } = await open(3, 2);
  await add([1, 0, 0], [5, 0, 0]);
  await add([0, 1, 0], [0, 3, 0]);
  await add([0, 0, 1], [0, 0, 2]);
  expect(memory.size).toBe(2);
  const { step } = await propose([2, 3, 2], 100);
  expect([...step].map((value) => Number(value.toFixed(5)))).toEqual([-2, -1, -1]);
});

test("the native engine agrees", async () => {
  const size = 200;
  const [reference, native] = [await open(size, 4), await open(size, 4, "auto")];
  const [s, y, g] = [normals(size), normals(size), normals(size)];
  for (const { add } of [reference, native]) await add(s, y);
  const [a, b] = [await reference.propose(g, 0.7), await native.propose(g, 0.7)];
  expect(b.decrease / a.decrease).toBeCloseTo(1, 5);
  for (const [at, value] of a.step.entries()) expect(b.step[at]).toBeCloseTo(value, 5);
});
