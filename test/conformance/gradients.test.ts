// Every gradient rule against central differences of the reference engine, in double precision.

import { describe, expect, it } from "vitest";
import { type Bindings64, interpret } from "../../src/engine/reference/index.js";
import { ops } from "../../src/graph/index.js";
import { Random } from "../../src/tensor/philox.js";
import { addGradients, type Built, bindingsFor, buildCase, relativeError } from "./case.js";
import { cases } from "./cases.js";

const STEP = 1e-5;
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

function difference(built: Built, bindings: Bindings64, name: string, element: number): number {
  const numbers = bindings.inputs![name] as Float64Array;
  const [down, up] = [-STEP, STEP].map((change) => {
    const moved = numbers.slice();
    moved[element] += change;
    return run(built, { ...bindings, inputs: { ...bindings.inputs, [name]: moved } }).loss[0];
  });
  return (up - down) / (2 * STEP);
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
      const built = buildCase(example);
      built.graph.output("loss", addGradients(built));
      const bindings = bindingsFor(example, built, 1);
      const found = run(built, bindings);
      const wanted = built.operands.filter(({ dtype }) => dtype === "f32");
      for (const [at, operand] of wanted.entries()) {
        const grad = found[`d${at}`];
        const elements = elementsOf(grad.length);
        const name = operand.node.attrs.name as string;
        const numeric = elements.map((element) => difference(built, bindings, name, element));
        const analytic = elements.map((element) => grad[element]);
        expect(relativeError(analytic, numeric)).toBeLessThan(1e-6);
      }
    },
  );

  it("leaves out only what has no gradient or a straight-through one", () => {
    const left = cases.filter((example) => example.differentiable === false);
    const withRule = left.filter(({ op }) => ops[op].gradient).map(({ op }) => op);
    expect([...new Set(withRule)]).toEqual(["round"]);
  });
});
