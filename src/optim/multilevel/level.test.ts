import { describe, expect, test } from "vitest";
import { Combiner } from "../../engine/combine.js";
import { createEngine, type Engine, type Vector } from "../../engine/index.js";
import { layoutOf, type ParamLayout } from "../../graph/index.js";
import { Random } from "../../tensor/philox.js";
import { Lsr1 } from "../trustRegion/lsr1.js";
import { cycle } from "./cycle.js";
import { Level, type LevelParts } from "./level.js";
import { compileTransfer } from "./transfer.js";

const settings = { smoothing: 1, coarseSteps: 5 };

/** A stage of so many blocks of three numbers between two shared parts. */
const layout = (blocks: number): ParamLayout =>
  layoutOf([
    { name: "lift", kind: "weight", shape: [4] },
    ...Array.from({ length: blocks }, (_, at) => ({
      name: `stage.${at}.weight`,
      kind: "weight" as const,
      shape: [3],
    })),
    { name: "fc", kind: "weight", shape: [2] },
  ]);

const normals = (length: number, seed: number) => {
  const random = new Random({ seed, purpose: "init" });
  return Float32Array.from({ length }, () => random.normal());
};

/** A function with valleys and hills in which all numbers take part; `at` moves its middle. */
function bumpy(length: number, at: number): LevelParts["evaluate"] {
  const middle = normals(length, at);
  return async (w, grad) => {
    const x = await w.read();
    const away = x.map((value, i) => value - middle[i]);
    const along = away.reduce((sum, value, i) => sum + value * Math.cos(i), 0) / length;
    const value = away.reduce((sum, d) => sum + Math.log1p(d * d) + 0.1 * d * d, 0);
    await grad.write(
      away.map(
        (d, i) => (2 * d) / (1 + d * d) + 0.2 * d + (Math.cos(along) * Math.cos(i)) / length,
      ),
    );
    return value + Math.sin(along);
  };
}

async function open(engine: Engine, levels: number, evaluate: typeof bumpy = bumpy) {
  let top: Level | undefined;
  for (let at = 0; at < levels; at++) {
    const own = layout(2 ** (at + 1));
    const { length } = own;
    const combiner = new Combiner(engine, length);
    const coarse = layout(2 ** at);
    top = new Level({
      ...{ engine, combiner, length },
      memory: new Lsr1(engine, combiner, length, 5),
      evaluate: evaluate(length, 10 + at),
      below: top && {
        level: top,
        transfer: await compileTransfer(engine, { fine: own, coarse }, ["stage"], 2 ** at),
      },
    });
  }
  return top!;
}

async function begin(level: Level, seed: number): Promise<void> {
  const { point, parts } = level;
  await point.w.write(normals(parts.length, seed).map((value) => 3 * value));
  await level.start(await level.evaluate(point.w, point.grad));
}

describe.each(["reference", "auto"])("engine %s", (name) => {
  test("the slope of a coarse level is that of the finer one, restricted", async () => {
    const engine = await createEngine({ engine: name });
    const level = await open(engine, 3);
    await begin(level, 1);
    const { level: below, transfer } = level.below!;
    await transfer.project(level.point.w, below.point.w);
    await transfer.restrict(level.point.grad, below.step);
    const expected = await below.step.read();
    await below.startBelow(below.step);
    const found = engine.vector(below.parts.length);
    const value = await below.evaluate(below.point.w, found);
    expect(value).toBeCloseTo(below.point.value, 6);
    const scale = await engine.reduce.norm(below.step);
    for (const [at, slope] of (await found.read()).entries()) {
      expect(Math.abs(slope - expected[at]) / scale).toBeLessThan(1e-6);
    }
    // And the tilt changes the value by as much as it changes the slope.
    const moved = engine.vector(below.parts.length);
    await moved.write((await below.point.w.read()).map((x, at) => x - 1e-3 * expected[at]));
    const change = (await below.evaluate(moved, found)) - value;
    expect(change / (-1e-3 * scale ** 2)).toBeGreaterThan(0.95);
    expect(change / (-1e-3 * scale ** 2)).toBeLessThan(1.05);
    await engine.close();
  });

  test.each([1, 2, 3])("cycles on %i levels fall into a valley, and never rise", async (levels) => {
    const engine = await createEngine({ engine: name });
    for (let seed = 1; seed <= 5; seed++) {
      const level = await open(engine, levels);
      await begin(level, seed);
      let radius = 1;
      let { value } = level.point;
      for (let at = 0; at < 30; at++) {
        radius = await cycle(level, radius, settings);
        expect(level.point.value).toBeLessThanOrEqual(value);
        value = level.point.value;
      }
      expect(await engine.reduce.norm(level.point.grad)).toBeLessThan(1e-2);
    }
    await engine.close();
  });
});

test("a point without a finite value is refused, and the radius shrinks", async () => {
  const engine = await createEngine({ engine: "reference" });
  /** Nothing but NaN a little away from where it begins. */
  const fenced =
    (length: number): LevelParts["evaluate"] =>
    async (w: Vector, grad: Vector) => {
      await grad.write(new Float32Array(length).fill(1));
      const x = await w.read();
      return x.some((value) => value < -0.1) ? Number.NaN : x.reduce((a, b) => a + b, 0);
    };
  const level = await open(engine, 1, fenced);
  await level.point.w.write(new Float32Array(level.parts.length));
  await level.start(await level.evaluate(level.point.w, level.point.grad));
  const radius = await cycle(level, 4, settings);
  expect(radius).toBeLessThan(4);
  expect([...(await level.point.w.read())]).toEqual(new Array(level.parts.length).fill(0));
  await engine.close();
});
