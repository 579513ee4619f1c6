// A graph on an engine against the reference, on the same f32 numbers.

import { expect } from "vitest";
import type { Buffer, Engine, Program, Vector } from "../../src/engine/engine.js";
import { type Bindings64, interpret } from "../../src/engine/reference/index.js";
import { elementsOf, numbersOf } from "../../src/engine/reference/input.js";
import type { Graph } from "../../src/graph/index.js";
import { addGradients, bindingsFor, buildCase, type Case, relativeError } from "./case.js";

const TOLERANCE = 1e-5;

/** Results by name: outputs, and vectors after the run. */
type Results = Readonly<Record<string, ArrayLike<number>>>;

/** Numbers rounded to what an engine can hold. */
const round = (record: Readonly<Record<string, ArrayLike<number>>>) =>
  Object.fromEntries(
    Object.entries(record).map(([name, numbers]) => [
      name,
      Float64Array.from(Float32Array.from(numbers)),
    ]),
  );

/** A graph, what to run it on, and what the reference engine makes of it. */
export interface Question {
  readonly graph: Graph;
  readonly bindings: Required<Bindings64>;
  readonly answer: Results;
}

/** A case with its gradients as a question. */
export function ask(example: Case, seed: number): Question {
  const built = buildCase(example);
  if (example.differentiable !== false) addGradients(built);
  const exact = bindingsFor(example, built, seed);
  const bindings = { ...exact, inputs: round(exact.inputs), vectors: round(exact.vectors) };
  const vectors = round(bindings.vectors);
  const answer = { ...interpret(built.graph, { ...bindings, vectors }), ...vectors };
  return { graph: built.graph, bindings, answer };
}

/** Inputs in the types that the graph declares. */
export function typedInputs(graph: Graph, inputs: Bindings64["inputs"]): Record<string, Buffer> {
  const nodes = graph.nodes.filter(({ op }) => op.name === "input");
  return Object.fromEntries(
    nodes.map(({ attrs, outputs: [{ dtype }] }) => {
      const numbers = Float64Array.from(inputs![attrs.name as string]);
      return [attrs.name as string, elementsOf(dtype, numbers)];
    }),
  );
}

async function run(
  engine: Engine,
  program: Program,
  { graph, bindings }: Question,
): Promise<Results> {
  const vectors: Record<string, Vector> = {};
  for (const [name, values] of Object.entries(bindings.vectors)) {
    vectors[name] = engine.vector(values.length);
    await vectors[name].write(values);
  }
  const { scalars, key } = bindings;
  const inputs = typedInputs(graph, bindings.inputs);
  const outputs = await program.run({ vectors, inputs, scalars, key });
  const results: Record<string, ArrayLike<number>> = Object.fromEntries(
    Object.entries(outputs).map(([name, elements]) => [
      name,
      numbersOf(graph.outputs.get(name)!.dtype, elements),
    ]),
  );
  for (const [name, vector] of Object.entries(vectors)) results[name] = await vector.read();
  return results;
}

/** Expects an engine to give the reference's answer within f32 rounding, twice the same bytes. */
export async function expectAnswer(
  engine: Engine,
  question: Question,
  optimise: boolean,
): Promise<void> {
  const { graph, answer } = question;
  const program = await engine.compile(graph, { optimise });
  const results = await run(engine, program, question);
  expect(Object.keys(results).sort()).toEqual(Object.keys(answer).sort());
  for (const [name, numbers] of Object.entries(answer)) {
    expect(relativeError(results[name], numbers), name).toBeLessThan(TOLERANCE);
  }
  expect(await run(engine, program, question)).toEqual(results);
}
