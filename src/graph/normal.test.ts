import { beforeAll, describe, expect, test } from "vitest";
import { createEngine } from "../engine/index.js";
import { Graph, normal } from "./index.js";

async function draw(engineName: string, length: number, stream = 0): Promise<Float32Array> {
  const engine = await createEngine({ engine: engineName });
  const graph = new Graph();
  graph.output("x", normal(graph, [length], stream));
  const program = await engine.compile(graph);
  const { x } = await program.run({ key: { seed: 5, purpose: "noise" } });
  await engine.close();
  return x as Float32Array;
}

/** Share of the numbers for which something holds. */
const share = (values: Float32Array, holds: (x: number) => boolean) =>
  values.filter(holds).length / values.length;

describe.each(["reference", "auto"])("normal numbers (engine %s)", (name) => {
  const COUNT = 200_000;
  let values: Float32Array;
  beforeAll(async () => {
    values = await draw(name, COUNT);
  });

  test("have the moments of the standard normal distribution", () => {
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / COUNT;
    // Five standard errors each.
    const error = 5 / Math.sqrt(COUNT);
    expect(Math.abs(moment(1))).toBeLessThan(error);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(Math.sqrt(2) * error);
    expect(Math.abs(moment(3))).toBeLessThan(Math.sqrt(15) * error);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(Math.sqrt(96) * error);
  });

  test.each([
    [0, 0.5],
    [1, 0.8413447],
    [-1, 0.1586553],
    [2, 0.9772499],
    [3, 0.9986501],
    [-3, 0.0013499],
  ])("lie below %d with probability %d", (bound, expected) => {
    const error = 5 * Math.sqrt((expected * (1 - expected)) / COUNT);
    expect(Math.abs(share(values, (x) => x < bound) - expected)).toBeLessThan(error);
  });

  test("differ between streams", async () => {
    const [one, other] = [await draw(name, 1000), await draw(name, 1000, 1)];
    expect(share(one, (x) => other.includes(x))).toBeLessThan(0.01);
  });
});

test("engines agree", async () => {
  const [exact, other] = [await draw("reference", 5000), await draw("auto", 5000)];
  for (const [at, x] of exact.entries()) expect(Math.abs(other[at] - x)).toBeLessThan(2e-5);
});
