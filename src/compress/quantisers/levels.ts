// Numbers at unequal distances.

import {
  abs,
  add,
  constant,
  min,
  mul,
  step,
  stopGradient,
  sub,
  type Value,
} from "../../graph/index.js";

/**
 * The nearest of some levels and of their negatives. The gradient goes straight through up to the largest level and is 0
 * beyond.
 *
 * @param levels from 0 upwards
 * @example
 * const graph = new Graph();
 * graph.output("y", onLevels(input(graph, "x", [4]), [0, 0.5, 1]));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-9, -0.3, 0.2, 0.8) } })).y]; // [-1, -0.5, 0, 1]
 */
export function onLevels(x: Value, levels: readonly number[]): Value {
  const number = (value: number) => constant(x.graph, value);
  const size = abs(x);
  const nearest = levels.slice(1).reduce(
    (sum, level, at) => {
      const passed = step(sub(size, number((level + levels[at]) / 2)));
      return add(sum, mul(passed, number(level - levels[at])));
    },
    mul(size, number(0)),
  );
  const sign = stopGradient(sub(step(x), step(sub(number(0), x))));
  const within = mul(min(size, number(levels[levels.length - 1])), sign);
  // Exactly the level: what is added to it is the difference of a number from itself.
  return add(stopGradient(mul(nearest, sign)), sub(within, stopGradient(within)));
}
