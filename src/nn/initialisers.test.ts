import { expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { sizeOf } from "../tensor/shape.js";
import {
  fans,
  heNormal,
  heUniform,
  type Initialiser,
  lecunNormal,
  normalWith,
  uniformFanIn,
  values,
  xavierNormal,
  xavierUniform,
} from "./initialisers.js";

const shape = [64, 32, 3, 3];
const fanIn = 32 * 9;
const fanOut = 64 * 9;

function draw(init: Initialiser): Float32Array {
  const target = new Float32Array(sizeOf(shape));
  init(target, shape, new Random({ seed: 1, purpose: "init" }));
  return target;
}

test("fans count a unit's connections", () => {
  expect(fans(shape)).toEqual({ fanIn, fanOut });
  expect(fans([10, 20])).toEqual({ fanIn: 20, fanOut: 10 });
});

test.each([
  ["heNormal", heNormal(), 2 / fanIn],
  ["heNormal by fan-out", heNormal("out"), 2 / fanOut],
  ["heUniform", heUniform(), 2 / fanIn],
  ["xavierNormal", xavierNormal(), 2 / (fanIn + fanOut)],
  ["xavierUniform", xavierUniform(), 2 / (fanIn + fanOut)],
  ["lecunNormal", lecunNormal(), 1 / fanIn],
  ["normalWith", normalWith(0.01), 1e-4],
  ["uniformFanIn", uniformFanIn(2.4), (2.4 / fanIn) ** 2 / 3],
])("%s has mean 0 and its variance", (_, init, variance) => {
  const numbers = draw(init);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const square = numbers.reduce((sum, value) => sum + value * value, 0) / numbers.length;
  expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / numbers.length));
  expect(square / variance).toBeGreaterThan(0.95);
  expect(square / variance).toBeLessThan(1.05);
});

test("uniformFanIn stays within its bound", () => {
  expect(draw(uniformFanIn(2.4)).every((value) => Math.abs(value) <= 2.4 / fanIn)).toBe(true);
});

test("given values are copied", () => {
  const target = new Float32Array(2);
  values([3, 4])(target, [2], new Random({ seed: 1, purpose: "init" }));
  expect([...target]).toEqual([3, 4]);
});
