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

const STEPS = [1e-5, 1e-6];
const KINK = 1e-2;
const MOST_ELEMENTS = 24;

/** Some elements of an operand, all when there are few. */
function elementsOf(length: number): number[] {
  if (length <= MOST_ELEMENTS) return Array.from({ length }, (_, at) => at);
  const order = new Random({ seed: length, purpose: "order" }).permutation(length);
  return [...order.subarray(0, MOST_ELEMENTS)];
}

/** Vectors are changed by a run, so each gets its own copy. */
function run({ graph }: Built, bindings: Bindings64) {
  const vectors = Object.entries(bindings.vectors ?? {}).map(([name, v]) => [name, v.slice()]);
  return interpret(graph, { ...bindings, vectors: Object.fromEntries(vectors) });
}

type Loss = (change: number) => number;

/** The loss by what is added to an element of an input. */
function lossAround(built: Built, bindings: Bindings64, name: string, element: number): Loss {
  const numbers = bindings.inputs![name] as Float64Array;
  return (change) => {
    const moved = numbers.slice();
    moved[element] += change;
    return run(built, { ...bindings, inputs: { ...bindings.inputs, [name]: moved } }).loss[0];
  };
}

/**
 * The slope of a loss by the largest step that does not reach over the kink of an activation, where the slopes
 * to both sides differ by far more than the curvature of a smooth loss makes them.
 */
function difference(loss: Loss): number {
  let slope = 0;
  const here = loss(0);
  for (const step of STEPS) {
    const [down, up] = [loss(-step), loss(step)];
    slope = (up - down) / (2 * step);
    if (Math.abs(up - 2 * here + down) < KINK * step) break;
  }
  return slope;
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
        const elements = elementsOf(grad.length);
        const name = operand.node.attrs.name as string;
        const numeric = elements.map((element) =>
          difference(lossAround(forward, bindings, name, element)),
        );
        const analytic = elements.map((element) => grad[element]);
        expect(relativeError(analytic, numeric)).toBeLessThan(1e-6);
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
