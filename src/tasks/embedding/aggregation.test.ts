// Local Aggregation's equations: gradients, what the loss does not depend on, edge cases.

import { describe, expect, test } from "vitest";
import { interpret } from "../../engine/reference/index.js";
import { Graph, gradients, input, reduceSum, type Value } from "../../graph/index.js";
import { Random } from "../../tensor/philox.js";
import { instance } from "./instance.js";
import { aggregationLoss, backgroundOf, localAggregation } from "./localAggregation.js";
import { simclr } from "./simclr.js";

const [N, D, IMAGES] = [4, 5, 30];

/** Numbers of rows that are long or short. */
function numbers(length: number, seed: number): Float64Array {
  const random = new Random({ seed, purpose: "search" });
  return Float64Array.from({ length }, () => random.normal());
}

function unit(rows: Float64Array): Float64Array {
  return rows.map((value, at) => {
    const start = at - (at % D);
    return value / Math.hypot(...rows.subarray(start, start + D));
  });
}

const bank = unit(numbers(IMAGES * D, 1));
const image = Float64Array.of(3, 7, 11, 29);

/** Marks some mates of each image. */
function closeTo(mates: readonly (readonly number[])[]): Float64Array {
  const close = new Float64Array(N * IMAGES);
  for (const [row, own] of mates.entries()) for (const mate of own) close[row * IMAGES + mate] = 1;
  return close;
}

/** The rows of the images in the bank. */
const own = Float64Array.from([...image].flatMap((at) => [...bank.subarray(at * D, (at + 1) * D)]));
const alone = closeTo([[3], [7], [11], [29]]);
const mates = closeTo([
  [3, 4, 5, 9],
  [7, 20],
  [11, 0, 1, 2],
  [29, 28],
]);

type Inputs = Readonly<Record<string, Float64Array>>;
type LossIn = (values: Readonly<Record<string, Value>>) => Value;

const shapes: Readonly<Record<string, readonly number[]>> = {
  output: [N, D],
  bank: [IMAGES, D],
  own: [N, D],
  ownLogits: [N, 1],
  close: [N, IMAGES],
  everything: [1, 1],
  logits: [N, IMAGES],
};

/** Losses [n] and the gradient of their sum by the first input, in double precision. */
function evaluate(loss: LossIn, inputs: Inputs) {
  const graph = new Graph();
  const values = Object.fromEntries(
    Object.keys(inputs).map((name) => [
      name,
      input(graph, name, shapes[name] ?? [N], shapes[name] ? "f32" : "i32"),
    ]),
  );
  const losses = loss(values);
  graph.output("losses", losses);
  graph.output("gradient", gradients(reduceSum(losses), [values[Object.keys(inputs)[0]]])[0]);
  return interpret(graph, { inputs });
}

function expectGradient(loss: LossIn, inputs: Inputs): void {
  const [[name, at]] = Object.entries(inputs);
  const { gradient } = evaluate(loss, inputs);
  const sumAt = (moved: Float64Array) =>
    evaluate(loss, { ...inputs, [name]: moved }).losses.reduce((a, b) => a + b, 0);
  const direction = numbers(at.length, 9);
  const step = 1e-6;
  const along = (sign: number) => sumAt(at.map((value, k) => value + sign * step * direction[k]));
  const slope = (along(1) - along(-1)) / (2 * step);
  const expected = gradient.reduce((sum, value, k) => sum + value * direction[k], 0);
  expect(Math.abs(slope - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(1e-6);
  expect(Math.abs(expected)).toBeGreaterThan(1e-3);
}

const output = numbers(N * D, 2);
const task = localAggregation.numbered!.make({ background: 12, temperature: 0.2 });
const losses: LossIn = ({ output: given, ...inputs }) =>
  task.loss!(given, inputs, { constants: {} }).losses;
const told = { own, bank, close: mates };

describe("gradients by central differences, in double precision", () => {
  test("of local aggregation", () => {
    expectGradient(losses, { output, ...told, everything: Float64Array.of(0) });
  });

  test("of instance discrimination", () => {
    const { loss } = instance.numbered!.make({ temperature: 0.2 });
    expectGradient(
      ({ output: given, ...inputs }) => loss!(given, inputs, { constants: {} }).losses,
      {
        output,
        own,
        bank,
      },
    );
  });

  test("of SimCLR", () => {
    const place = Float64Array.of(0, 1, 2, 3);
    const partner = Float64Array.of(1, 0, 3, 2);
    expectGradient(
      ({ output: given, ...inputs }) => simclr.loss!(given, inputs, { constants: {} }).losses,
      {
        output,
        place,
        partner,
      },
    );
  });
});

describe("the loss of local aggregation", () => {
  const lossFrom =
    (background: number): LossIn =>
    ({ logits: all, ownLogits, ...inputs }) =>
      aggregationLoss({ all, own: ownLogits }, inputs, background).losses;
  const ownOf = (logits: Float64Array) => image.map((at, row) => logits[row * IMAGES + at]);
  const lossesOf = (logits: Float64Array, close: Float64Array, background: number, all = 0) =>
    evaluate(lossFrom(background), {
      ...{ logits, close, everything: Float64Array.of(all), ownLogits: ownOf(logits) },
    }).losses;
  const logits = numbers(N * IMAGES, 4).map((value) => 4 * value);

  test("is that of the paper, by hand", () => {
    const background = 10;
    const found = lossesOf(logits, mates, background);
    for (let row = 0; row < N; row++) {
      const own = [...logits.subarray(row * IMAGES, (row + 1) * IMAGES)];
      const least = own.toSorted((a, b) => b - a)[background - 1];
      let [close, all] = [0, 0];
      for (const [at, value] of own.entries()) {
        if (value < least && at !== image[row]) continue;
        all += Math.exp(value);
        if (mates[row * IMAGES + at] === 1 || at === image[row]) close += Math.exp(value);
      }
      expect(found[row]).toBeCloseTo(-Math.log(close / all + 1e-7), 9);
    }
  });

  test("does not depend on the constant Z", () => {
    const shifted = lossesOf(
      logits.map((value) => value - 3.7),
      mates,
      10,
    );
    const found = lossesOf(logits, mates, 10);
    for (const [at, loss] of found.entries()) expect(shifted[at]).toBeCloseTo(loss, 9);
  });

  test("is instance discrimination over the background where only the own row is close", () => {
    const whole = lossesOf(logits, alone, IMAGES);
    const warm = lossesOf(logits, alone, 3, 1);
    for (let row = 0; row < N; row++) {
      const own = logits.subarray(row * IMAGES, (row + 1) * IMAGES);
      const total = own.reduce((sum, value) => sum + Math.exp(value), 0);
      const expected = -Math.log(Math.exp(own[image[row]]) / total + 1e-7);
      expect(whole[row]).toBeCloseTo(expected, 9);
      expect(warm[row]).toBeCloseTo(expected, 9);
    }
  });

  test("is 0 where all are close", () => {
    const all = new Float64Array(N * IMAGES).fill(1);
    for (const loss of lossesOf(logits, all, 10)) expect(loss).toBeCloseTo(0, 6);
  });

  test("keeps the own row where it is not among the nearest, and counts that", () => {
    const far = logits.map((value, at) =>
      at % IMAGES === image[Math.floor(at / IMAGES)] ? -20 : value,
    );
    const outside: LossIn = ({ logits: all, ownLogits, ...inputs }) =>
      aggregationLoss({ all, own: ownLogits }, inputs, 5).tallies.outside;
    const bound = { close: alone, everything: Float64Array.of(0), logits: far };
    const given = { ownLogits: ownOf(far), ...bound };
    expect(evaluate(outside, given).losses[0]).toBe(N);
    const { losses: found, gradient } = evaluate(lossFrom(5), given);
    for (let row = 0; row < N; row++) {
      expect(found[row]).toBeGreaterThan(10);
      // Its own row draws it, however far it is.
      expect(gradient[row]).toBeLessThan(0);
    }
  });

  test("takes no more neighbours than there are", () => {
    expect(backgroundOf(0, 50_000)).toBe(4096);
    expect(backgroundOf(0, 1_200)).toBe(100);
    expect(backgroundOf(300, 120)).toBe(120);
  });
});
