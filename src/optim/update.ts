// From an optimizer's rule to a program: one graph over whole vectors, which an engine fuses into one
// pass over the weights, the gradient and the state.

import type { Engine, Vector } from "../engine/engine.js";
import { Graph, normal, type ParamLayout, read, scalar, write } from "../graph/index.js";
import type { RandomKey } from "../tensor/philox.js";
import { sizeOf } from "../tensor/shape.js";
import { unknownName } from "../text.js";
import { normsOf } from "./norms.js";
import type { FirstOrder, Hyper } from "./optimizer.js";

/** A rule's state vectors [layout.trainable] by name. */
export type StateVectors = Readonly<Record<string, Vector>>;

/** A compiled optimizer for the nets of one layout. */
export interface Update {
  /** State for the start of a run: zeros. */
  init(): StateVectors;
  /**
   * One step: changes the trainable prefix of `w`, and `state`. `hyper` must hold `lr` and `step`
   * (1 at the first step); `decay` is 0, epochs have no end and the optimizer's own numbers are its
   * defaults unless given. `key` names the random numbers of the step, for a rule that draws any.
   *
   * @throws RangeError for a number that is missing, not finite, or not known to the optimizer, and
   * for a missing key.
   */
  step(w: Vector, grad: Vector, state: StateVectors, hyper: Hyper, key?: RandomKey): Promise<void>;
}

const fromState = (name: string) => `state.${name}`;

/** Everybody's numbers, where they are not given; one epoch without end. */
const unlessGiven = {
  decay: 0,
  stepsPerEpoch: Number.MAX_SAFE_INTEGER,
  totalSteps: Number.MAX_SAFE_INTEGER,
  factor: 1,
};

/**
 * 1 for each trainable element that weight decay applies to (kind `weight`), else 0.
 *
 * @example
 * const { layout } = build(linear(2), [1, 3], { training: true });
 * [...decayMaskOf(layout)]; // [1, 1, 1, 1, 1, 1, 0, 0]
 */
export function decayMaskOf(layout: ParamLayout): Float32Array {
  const mask = new Float32Array(layout.trainable);
  for (const { kind, offset, shape } of layout.params) {
    if (kind === "weight") mask.fill(1, offset, offset + sizeOf(shape));
  }
  return mask;
}

/** The names of all numbers that an optimizer takes. */
export const hyperNames = ({ defaults }: FirstOrder): string[] => [
  "lr",
  "step",
  ...Object.keys(unlessGiven),
  ...Object.keys(defaults),
];

/** The graph of one step over vectors `w`, `grad`, `mask` and `state.<name>` [layout.trainable]. */
export function updateGraph(optimizer: FirstOrder, layout: ParamLayout): Graph {
  const length = layout.trainable;
  const graph = new Graph();
  const vector = (name: string) => read(graph, name, [length]);
  const numbers = [...hyperNames(optimizer), ...Object.keys(optimizer.derived ?? {})];
  let streams = 0;
  const result = optimizer.rule({
    w: vector("w"),
    grad: vector("grad"),
    state: Object.fromEntries(optimizer.state.map((name) => [name, vector(fromState(name))])),
    hyper: Object.fromEntries(numbers.map((name) => [name, scalar(graph, name)])),
    decayMask: vector("mask"),
    norm: normsOf(layout),
    noise: () => normal(graph, [length], streams++),
  });
  write("w", result.w);
  for (const name of optimizer.state) write(fromState(name), result.state[name]);
  return graph;
}

function checkHyper(optimizer: FirstOrder, hyper: Hyper): void {
  const known = hyperNames(optimizer);
  for (const name of Object.keys(hyper)) {
    if (!known.includes(name)) throw unknownName(`number of ${optimizer.name}`, name, known);
  }
  for (const name of known) {
    if (!Number.isFinite(hyper[name])) {
      throw new RangeError(`${optimizer.name}: ${name} must be a number, found ${hyper[name]}`);
    }
  }
}

/** All numbers that the graph of one step binds. */
function scalarsOf(optimizer: FirstOrder, hyper: Hyper): Hyper {
  const given = { ...unlessGiven, ...optimizer.defaults, ...hyper };
  checkHyper(optimizer, given);
  const derived = Object.entries(optimizer.derived ?? {}).map(([name, of]) => [name, of(given)]);
  return { ...given, ...Object.fromEntries(derived) };
}

/**
 * Compiles an optimizer for nets of one layout.
 *
 * @example
 * const engine = await createEngine({ engine: "reference" });
 * const layout = layoutOf([{ name: "weight", shape: [2], kind: "weight" }]);
 * const update = await compileUpdate(engine, getRule("sgd"), layout);
 * const [w, grad] = [engine.vector(2), engine.vector(2)];
 * await w.write([1, 2]);
 * await grad.write([2, 4]);
 * await update.step(w, grad, update.init(), { lr: 0.25, step: 1 });
 * [...(await w.read())]; // [0.5, 1]
 */
export async function compileUpdate(
  engine: Engine,
  optimizer: FirstOrder,
  layout: ParamLayout,
): Promise<Update> {
  const program = await engine.compile(updateGraph(optimizer, layout));
  const mask = engine.vector(layout.trainable);
  await mask.write(decayMaskOf(layout));
  return {
    init: () =>
      Object.fromEntries(optimizer.state.map((name) => [name, engine.vector(layout.trainable)])),
    async step(w, grad, state, hyper, key) {
      const scalars = scalarsOf(optimizer, hyper);
      const states = Object.entries(state).map(([name, vector]) => [fromState(name), vector]);
      const vectors = { w, grad, mask, ...Object.fromEntries(states) };
      await program.run({ vectors, scalars, key });
    },
  };
}
