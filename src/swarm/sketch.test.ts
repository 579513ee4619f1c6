import { expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { BUCKETS, Sketcher } from "./sketch.js";

const LENGTH = 20_000;
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, at) => sum + value * b[at], 0);

function vector(seed: number): Float32Array {
  const random = new Random({ seed, purpose: "noise" });
  return Float32Array.from({ length: LENGTH }, (_, at) => random.uniform(at) - 0.5);
}

test("keeps lengths and distances to within a few sixteenths", () => {
  const sketcher = new Sketcher(LENGTH);
  for (let seed = 0; seed < 10; seed++) {
    const [a, b] = [vector(2 * seed), vector(2 * seed + 1)];
    const apart = a.map((value, at) => value - b[at]);
    for (const each of [a, b, apart]) {
      const sketch = sketcher.sketch(each);
      expect(Math.abs(dot(sketch, sketch) / dot(each, each) - 1)).toBeLessThan(
        5 / Math.sqrt(BUCKETS),
      );
    }
  }
});

test("is linear, so that differences of sketches are sketches of differences", () => {
  const sketcher = new Sketcher(LENGTH);
  const [a, b] = [vector(1), vector(2)];
  const [x, y, both] = [a, b, a.map((value, at) => value + b[at])].map((v) => sketcher.sketch(v));
  for (const [at, value] of both.entries()) expect(value).toBeCloseTo(x[at] + y[at], 4);
});

test("is the same in every process", () => {
  const ones = new Sketcher(8).sketch(new Float32Array(8).fill(1));
  expect([...ones.entries()].filter(([, value]) => value !== 0)).toMatchInlineSnapshot(`
    [
      [
        5,
        -1,
      ],
      [
        7,
        1,
      ],
      [
        67,
        -1,
      ],
      [
        101,
        1,
      ],
      [
        133,
        1,
      ],
      [
        160,
        1,
      ],
      [
        196,
        -1,
      ],
      [
        239,
        1,
      ],
    ]
  `);
});
