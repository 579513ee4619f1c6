import { describe, expect, test } from "vitest";
import { at, gap } from "../../../test/support/codecs.js";
import { layoutOf } from "../../graph/index.js";
import { Random } from "../../tensor/philox.js";
import { emptyMemory, getCompressor } from "./index.js";
import { powerStep, product } from "./lowRank.js";

const random = new Random({ seed: 3, purpose: "search" });
const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
const layout = layoutOf([{ name: "weight", shape: [20, 30], kind: "weight" }]);

/** A matrix [20, 30] with these singular values, about. */
function matrixOf(strengths: readonly number[]): Float32Array {
  const values = new Float32Array(600);
  for (const strength of strengths) {
    const [left, right] = [normal(20), normal(30)];
    for (let at = 0; at < 600; at++) {
      values[at] += (strength * left[Math.floor(at / 30)] * right[at % 30]) / Math.sqrt(600);
    }
  }
  return values;
}

describe("a step of power iteration", () => {
  test.each([
    [7, 4],
    [4, 7],
    [5, 5],
  ])("at full rank gives a matrix [%i, %i] back", (rows, columns) => {
    const values = normal(rows * columns);
    const rank = Math.min(rows, columns);
    const back = new Float32Array(values.length);
    product(powerStep({ values, rows, columns }, normal(columns * rank), rank), rank, back);
    expect(gap(back, values)).toBeLessThan(1e-5);
  });

  test("gives a matrix of lower rank back, with columns of zeros to spare", () => {
    const values = matrixOf([2, 1]);
    const back = new Float32Array(600);
    product(powerStep({ values, rows: 20, columns: 30 }, normal(30 * 4), 4), 4, back);
    expect(gap(back, values)).toBeLessThan(1e-5);
  });
});

describe("PowerSGD", () => {
  const open = (rank: number) => getCompressor("power-sgd").make({ rank })(layout);
  const error = (values: Float32Array, sent: Float32Array) =>
    Math.hypot(...values.map((value, index) => value - sent[index]));

  test("begins where it ended: the same matrix is met better with every step", () => {
    const power = open(1);
    const memory = emptyMemory(power);
    const values = matrixOf([3, 2.5, 1]);
    const errors = Array.from({ length: 12 }, (_, step) =>
      error(values, power.decode(power.encode(values, memory, at(step)))),
    );
    for (let step = 1; step < errors.length; step++) {
      expect(errors[step]).toBeLessThanOrEqual(errors[step - 1] + 1e-6);
    }
    expect(errors[11]).toBeLessThan(errors[0]);
  });

  test("finds a direction again after a gradient that had none", () => {
    const power = open(2);
    const memory = emptyMemory(power);
    power.encode(new Float32Array(600), memory, at(0));
    const values = matrixOf([2, 1]);
    expect(gap(power.decode(power.encode(values, memory, at(1))), values)).toBeLessThan(1e-5);
  });

  test("sends r (m + n) numbers", () => {
    const length = (rank: number) =>
      open(rank).encode(matrixOf([1, 1]), emptyMemory(open(rank)), at()).length;
    expect(length(2) - length(1)).toBe(4 * 50);
    expect(length(1)).toBeLessThan(4 * 50 + 40);
  });
});
