// From an optimizer's rule to a program: one graph over whole vectors, which an engine fuses into one
// pass over the weights, the gradient and the state.

import type { Engine, Vector } from "../engine/engine.js";
import {
  add,
  GRADIENT,
  Graph,
  mul,
  type Node,
  normal,
  type ParamKind,
  type ParamLayout,
  read,
  scalar,
  slice,
  stateVector,
  sub,
  trainedParams,
  type Value,
  WEIGHTS,
  write,
} from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { RandomKey } from "../tensor/philox.js";
import { sizeOf } from "../tensor/shape.js";
import { unknownName } from "../text/words.js";
import { type Norms, normsOf } from "./norms.js";
import type { RuleBindings } from "./objective.js";
import type { FirstOrder, Hyper, RuleInput } from "./optimizer.js";
import { type Slice, wholeOf } from "./slice.js";

/** A rule's state vectors by name, as long as the part of the net that it updates. */
export type StateVectors = Readonly<Record<string, Vector>>;

/** A compiled optimizer for the nets of one layout. */
export interface Update {
  /** State for the start of a run: zeros. */
  init(): StateVectors;
  /**
   * One step: changes the part of `w` that is updated, by default all that is trainable, and `state`. `hyper` must hold `lr` and `step`
   * (1 at the first step); `decay` is 0, epochs have no end and the optimizer's own numbers are its
   * defaults unless given. `key` names the random numbers of the step, for a rule that draws any.
   *
   * @throws InputError for a number that is missing, not finite, or not known to the optimizer, and
   * for a missing key.
   */
  step(w: Vector, grad: Vector, state: StateVectors, hyper: Hyper, key?: RandomKey): Promise<void>;
}

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
export const decayMaskOf = (layout: ParamLayout): Float32Array => maskOf(layout, "weight");

/** 1 for each trainable element of a kind, else 0. */
function maskOf(layout: ParamLayout, wanted: ParamKind): Float32Array {
  const mask = new Float32Array(layout.trainable);
  for (const { kind, offset, shape } of trainedParams(layout)) {
    if (kind === wanted) mask.fill(1, offset, offset + sizeOf(shape));
  }
  return mask;
}

/** Factors of the learning rate of each trainable element; `undefined` where all are 1. */
function ratesOf(layout: ParamLayout): Float32Array | undefined {
  const trained = trainedParams(layout);
  if (trained.every(({ rate = 1 }) => rate === 1)) return undefined;
  const rates = new Float32Array(layout.trainable);
  for (const { rate = 1, offset, shape } of trained)
    rates.fill(rate, offset, offset + sizeOf(shape));
  return rates;
}

/** The names of all numbers that an optimizer takes. */
export const hyperNames = ({ defaults }: FirstOrder): string[] => [
  "lr",
  "step",
  ...Object.keys(unlessGiven),
  ...Object.keys(defaults),
];

/** Norms of the vectors of a part. Of the net as a whole only those are known that everybody holds in full. */
function partNorms(optimizer: FirstOrder, { net, layout }: Slice, held: readonly Value[]): Norms {
  return {
    ...normsOf(layout),
    all(x) {
      const vector = held.includes(x) && (x.node.attrs["vector"] as string);
      if (vector) return normsOf(net).all(read(x.graph, vector, [net.trainable]));
      throw new InputError(
        `${optimizer.name} takes the norm of all weights' changes at once, and cannot be had in parts`,
      );
    },
  };
}

/** The values that a rule starts from, and how a part of a net stands to the whole. */
interface Operands
  extends Pick<RuleInput, "w" | "grad" | "decayMask" | "scaleMask" | "norm" | "noise"> {
  /** Share of the rule's step that is made; default all of it. */
  readonly rate?: Value;
}

/**
 * Applies a rule to a part of a net: reads `state.<name>` from `from` on, and writes there and to the net's own place
 * in `w`.
 */
export function applyRule(
  optimizer: FirstOrder,
  part: Slice,
  { rate, ...operands }: Operands,
  from = 0,
): void {
  const { w } = operands;
  const { graph } = w;
  const numbers = [...hyperNames(optimizer), ...Object.keys(optimizer.derived ?? {})];
  const stateOf = (name: string) => read(graph, stateVector(name), w.shape, from);
  const result = optimizer.rule({
    ...operands,
    state: Object.fromEntries(optimizer.state.map((name) => [name, stateOf(name)])),
    hyper: Object.fromEntries(numbers.map((name) => [name, scalar(graph, name)])),
  });
  write(WEIGHTS, rate ? add(w, mul(rate, sub(result.w, w))) : result.w, part.from);
  for (const name of optimizer.state) write(stateVector(name), result.state[name], from);
}

/**
 * The graph of one step over vectors `w` and `grad`, as long as the net's trainable part at least, `mask`, `rates`
 * where parameters have rates of their own, `scales` where the rule asks for them, and `state.<name>`, as long as the part of the net that is updated.
 */
export function updateGraph(optimizer: FirstOrder, part: Slice): Graph {
  const { net, from } = part;
  const length = part.layout.trainable;
  const whole = length === net.trainable;
  const graph = new Graph();
  const vector = (name: string, offset = 0) => read(graph, name, [length], offset);
  const [w, grad] = [vector(WEIGHTS, from), vector(GRADIENT, from)];
  let streams = 0;
  const noise = () => normal(graph, [net.trainable], streams++);
  applyRule(optimizer, part, {
    w,
    grad,
    decayMask: vector("mask"),
    scaleMask: () => vector("scales"),
    ...(ratesOf(part.layout) && { rate: vector("rates") }),
    norm: whole ? normsOf(net) : partNorms(optimizer, part, [w, grad]),
    noise: whole ? noise : () => slice(noise(), [from], [length]),
  });
  return graph;
}

function checkHyper(optimizer: FirstOrder, hyper: Hyper): void {
  const known = hyperNames(optimizer);
  for (const name of Object.keys(hyper)) {
    if (!known.includes(name)) throw unknownName(`number of ${optimizer.name}`, name, known);
  }
  for (const name of known) {
    if (!Number.isFinite(hyper[name])) {
      throw new InputError(`${optimizer.name}: ${name} must be a number, found ${hyper[name]}`);
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
 * What a step of a rule binds beside weights and gradient.
 *
 * @throws InputError as {@link Update.step} does.
 */
export const bindRule = (
  optimizer: FirstOrder,
  state: StateVectors,
  hyper: Hyper,
): RuleBindings => ({
  vectors: Object.fromEntries(
    Object.entries(state).map(([name, vector]) => [stateVector(name), vector]),
  ),
  scalars: scalarsOf(optimizer, hyper),
});

/** A rule's state for the start of a run, of so many weights: zeros; nothing where there are none. */
export const initState = (engine: Engine, { state }: FirstOrder, length: number): StateVectors =>
  Object.fromEntries(
    length === 0 ? [] : state.map((name) => [name, engine.vector(length)] as const),
  );

/** Nobody's part: there is nothing to do. */
const nothing: Update = { init: () => ({}), step: async () => {} };

/**
 * Compiles an optimizer for nets of one layout, or for a part of them.
 *
 * @throws InputError for a part, when the rule cannot do without the rest.
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
  net: ParamLayout,
  part: Slice = wholeOf(net),
): Promise<Update> {
  const { layout } = part;
  if (layout.trainable === 0) return nothing;
  const graph = updateGraph(optimizer, part);
  const reads = ({ op, attrs }: Node) => op.name === "read" && attrs["vector"] === "scales";
  const scales = graph.nodes.some(reads) ? maskOf(layout, "scale") : undefined;
  const program = await engine.compile(graph);
  const fixed = { mask: decayMaskOf(layout), rates: ratesOf(layout), scales };
  const own: Record<string, Vector> = {};
  for (const [name, values] of Object.entries(fixed)) {
    if (values) await (own[name] = engine.vector(layout.trainable)).write(values);
  }
  return {
    init: () => initState(engine, optimizer, layout.trainable),
    async step(w, grad, state, hyper, key) {
      const { vectors, scalars } = bindRule(optimizer, state, hyper);
      await program.run({ vectors: { w, grad, ...own, ...vectors }, scalars, key });
    },
  };
}
