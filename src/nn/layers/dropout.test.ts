import { describe, expect, test } from "vitest";
import { runLayer } from "../../../test/support/layers.js";
import { dropout } from "./dropout.js";
import { sequential } from "./sequential.js";

const shape = [100, 100];
const ones = new Array<number>(10_000).fill(1);

describe("in training", () => {
  const run = (seed: number) => runLayer(dropout(0.25), shape, ones, { training: true, seed });

  test("drops its share and scales up the rest", async () => {
    const { y } = await run(1);
    const dropped = y.filter((value) => value === 0).length;
    expect(Math.abs(dropped - 2500)).toBeLessThan(200);
    for (const value of new Set(y)) expect([0, Math.fround(4 / 3)]).toContain(value);
  });

  test("the same key drops the same elements, another key others", async () => {
    expect((await run(1)).y).toEqual((await run(1)).y);
    expect((await run(1)).y).not.toEqual((await run(2)).y);
  });

  test("two dropouts of one net drop different elements", async () => {
    const twice = sequential(dropout(0.5), dropout(0.5));
    const { y } = await runLayer(twice, shape, ones, { training: true });
    const kept = y.filter((value) => value === 4).length;
    expect(Math.abs(kept - 2500)).toBeLessThan(200);
  });
});

test("is the identity at inference and at rate 0", async () => {
  expect((await runLayer(dropout(0.9), shape, ones)).y).toEqual(ones);
  expect((await runLayer(dropout(0), shape, ones, { training: true })).y).toEqual(ones);
});

test.each([1, -0.1, Number.NaN])("a rate of %d is refused", (rate) => {
  expect(() => dropout(rate)).toThrow(`expected a rate in [0, 1), found ${rate}`);
});
