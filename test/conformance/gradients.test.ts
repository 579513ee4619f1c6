// Every gradient rule against central differences of the reference engine, in double precision.

import { describe, expect, it } from "vitest";
import { type Bindings64, interpret } from "../../src/engine/reference/index.js";
import { type OpName, ops } from "../../src/graph/index.js";
import { Random } from "../../src/tensor/philox.js";
import {
  addGradients,
  type Built,
  bindingsFor,
  buildCase,
  type Case,
  lossOf,
  relativeError,
} from "./case.js";
import { cases } from "./cases.js";

const STEPS = [1e-5, 1e-6, 1e-7];
const TOLERANCE = 1e-6;
const DIRECTIONS = 3;
const MOST_ELEMENTS = 24;

/**
 * Steps of 1 up or down in some elements, in all when there are few: a slope along them tells of each. In all of many
 * at once, too many activations would come over their kinks.
 */
function directionsOf(length: number): Float64Array[] {
  const random = new Random({ seed: length, purpose: "order" });
  return Array.from({ length: DIRECTIONS }, () => {
    const direction = new Float64Array(length);
    for (const element of random.permutation(length).subarray(0, MOST_ELEMENTS)) {
      direction[element] = random.uniform() < 0.5 ? -1 : 1;
    }
    return direction;
  });
}

/** Vectors are changed by a run, so each gets its own copy. */
function run({ graph }: Built, bindings: Bindings64) {
  const vectors = Object.entries(bindings.vectors ?? {}).map(([name, v]) => [name, v.slice()]);
  return interpret(graph, { ...bindings, vectors: Object.fromEntries(vectors) });
}

type Loss = (step: number) => number;

/** The loss by how far an input goes along a direction. */
function lossAlong(
  built: Built,
  bindings: Bindings64,
  name: string,
  direction: Float64Array,
): Loss {
  const numbers = bindings.inputs![name] as Float64Array;
  return (step) => {
    const moved = numbers.map((number, at) => number + step * direction[at]);
    return run(built, { ...bindings, inputs: { ...bindings.inputs, [name]: moved } }).loss[0];
  };
}

/**
 * The slope of a loss, by the step that comes nearest to the expected one: a long step may reach over the kink of an
 * activation, and a short one loses digits. None comes near a slope that is wrong.
 */
function difference(loss: Loss, expected: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const step of STEPS) {
    const slope = (loss(step) - loss(-step)) / (2 * step);
    if (Math.abs(slope - expected) < Math.abs(nearest - expected)) nearest = slope;
    if (Math.abs(nearest - expected) < 0.1 * TOLERANCE * Math.abs(expected)) break;
  }
  return nearest;
}

describe("every primitive has a case", () => {
  it.each(Object.keys(ops))("%s", (op) => {
    const own = cases.filter((example) => example.op === op);
    expect(own.length).toBeGreaterThan(0);
    for (const example of own) {
      const names = buildCase(example).graph.nodes.map((node) => node.op.name);
      expect(names).toContain(op);
    }
  });
});

const differentiable = cases.filter((example) => example.differentiable !== false);

describe("gradients against central differences", () => {
  it.each(differentiable.map((example) => [`${example.op}: ${example.name}`, example] as const))(
    "%s",
    (_, example) => {
      const forward = buildCase(example);
      forward.graph.output("loss", lossOf(forward));
      const built = buildCase(example);
      addGradients(built);
      const bindings = bindingsFor(example, built, 1);
      const found = run(built, bindings);
      const wanted = built.operands.filter(({ dtype }) => dtype === "f32");
      for (const [at, operand] of wanted.entries()) {
        const grad = found[`d${at}`];
        const name = operand.node.attrs.name as string;
        const directions = directionsOf(grad.length);
        const analytic = directions.map((direction) =>
          grad.reduce((sum, slope, element) => sum + slope * direction[element], 0),
        );
        const numeric = directions.map((direction, at) =>
          difference(lossAlong(forward, bindings, name, direction), analytic[at]),
        );
        expect(relativeError(analytic, numeric)).toBeLessThan(TOLERANCE);
      }
    },
  );

  it("leaves out only what has no gradient, as bytes have none, or a straight-through one", () => {
    const ofBytes = (example: Case) =>
      buildCase(example).graph.nodes.some(({ outputs }) => outputs[0]?.dtype === "u8");
    const left = cases.filter((example) => example.differentiable === false && !ofBytes(example));
    const withRule = left.filter(({ op }) => ops[op as OpName].gradient).map(({ op }) => op);
    expect([...new Set(withRule)]).toEqual(["round"]);
  });
});
