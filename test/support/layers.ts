// For tests: one run of a layer on the reference engine.

import { referenceEngine } from "../../src/engine/reference/index.js";
import { Graph, input, type Value, WEIGHTS } from "../../src/graph/index.js";
import { build, IMAGES, initialise } from "../../src/nn/build.js";
import type { Layer } from "../../src/nn/scope.js";
import { Random } from "../../src/tensor/philox.js";
import { type Shape, sizeOf } from "../../src/tensor/shape.js";

/** Standard normal numbers, the same each time. */
export function noise(length: number, seed = 1): Float32Array {
  const random = new Random({ seed, purpose: "augment" });
  return Float32Array.from({ length }, () => random.normal());
}

/** What a layer made, and its parameters by name after the run. */
export interface LayerRun {
  readonly shape: Shape;
  readonly y: number[];
  readonly params: Readonly<Record<string, number[]>>;
}

/** Options of {@link runLayer}. */
export interface LayerRunOptions {
  readonly training?: boolean;
  /** Images in a virtual batch of batch norm. */
  readonly ghost?: number;
  /** Values of parameters by name; the others keep their initial values. */
  readonly params?: Readonly<Record<string, readonly number[]>>;
  readonly seed?: number;
}

/** Runs a layer once on `x` of `shape`. */
export async function runLayer(
  layer: Layer,
  shape: Shape,
  x: ArrayLike<number>,
  { training = false, ghost, params = {}, seed = 1 }: LayerRunOptions = {},
): Promise<LayerRun> {
  const net = build(layer, shape, { training, ghost });
  net.graph.output("y", net.output);
  const engine = referenceEngine();
  const program = await engine.compile(net.graph);
  const w = engine.vector(net.layout.length);
  await w.write(initialise(net, 1));
  for (const { name, offset } of net.layout.params) {
    if (params[name]) await w.write(params[name], offset);
  }
  const { y } = await program.run({
    vectors: { [WEIGHTS]: w },
    inputs: { [IMAGES]: Float32Array.from(x) },
    key: { seed, purpose: "dropout" },
  });
  const after = await w.read();
  const entries = net.layout.params.map(({ name, offset, shape: own }) => [
    name,
    [...after.subarray(offset, offset + sizeOf(own))],
  ]);
  return { shape: net.output.shape, y: [...y], params: Object.fromEntries(entries) };
}

/** A named input of a graph under test. */
export interface TestInput {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** Runs the graph that `make` builds from the inputs; returns what it names. */
export async function runGraph<I extends string, O extends string>(
  inputs: Readonly<Record<I, TestInput>>,
  make: (values: Record<I, Value>) => Readonly<Record<O, Value>>,
): Promise<Record<O, number[]>> {
  const graph = new Graph();
  const map = <T>(change: (data: TestInput, name: string) => T) =>
    Object.fromEntries(
      Object.entries<TestInput>(inputs).map(([name, data]) => [name, change(data, name)]),
    ) as Record<I, T>;
  const made = make(map(({ shape }, name) => input(graph, name, shape)));
  for (const [name, value] of Object.entries<Value>(made)) graph.output(name, value);
  const program = await referenceEngine().compile(graph);
  const outputs = await program.run({ inputs: map(({ values }) => Float32Array.from(values)) });
  return Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => [name, [...values]]),
  ) as Record<O, number[]>;
}
