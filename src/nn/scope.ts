// How a layer asks for parameters. Building a model runs its layers twice: once to collect what they
// ask for, which fixes the layout, and once to build the graph that reads from it.

import {
  constant,
  type Graph,
  type Param,
  type ParamKind,
  read,
  type Value,
  WEIGHTS,
  write,
} from "../graph/index.js";
import type { Shape } from "../tensor/shape.js";
import type { Initialiser } from "./initialisers.js";

/** A pure function from value to value that asks its scope for parameters. */
export type Layer = (x: Value, scope: Scope) => Value;

/** A parameter as a layer asked for it. */
export interface ParamSpec extends Omit<Param, "offset"> {
  readonly init: Initialiser;
}

/** The nodes `[start, end)` that a named block of a net appended, and what came out of it. */
export interface Block {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly output: Value;
}

/** Factors of the learning rate by the paths of blocks and of parameters; 1 elsewhere. */
export type Rates = ReadonlyMap<string, number>;

/** Where layers get parameters from, and whether they run for training. */
export class Scope {
  constructor(
    private readonly trains: boolean,
    private readonly path: string,
    private readonly shared: ScopeState,
    private readonly rates: Rates = new Map(),
    /** Factor of the block. */
    private readonly rate = 1,
  ) {}

  /** Batch statistics, dropout and the like are in force: in training, but in no block of rate 0, which stays as it is. */
  get training(): boolean {
    return this.trains && this.rate !== 0;
  }

  /** Whether a parameter of the block learns: in training, and at a rate that is not 0. */
  learns(name: string): boolean {
    return this.trains && (this.rates.get(this.path + name) ?? this.rate) !== 0;
  }

  /** This scope with other factors of the learning rate. */
  paced(rates: Rates): Scope {
    return new Scope(this.trains, this.path, this.shared, rates, this.rate);
  }

  /** A trainable parameter, or a statistic that training updates by {@link update}. */
  param(
    graph: Graph,
    name: string,
    shape: Shape,
    init: Initialiser,
    kind: ParamKind = "weight",
  ): Value {
    const full = this.path + name;
    const rate = this.rates.get(full) ?? this.rate;
    const spec = { name: full, shape, kind, init, ...(rate !== 1 && { rate }) };
    const offset = this.shared.offsetOf(spec);
    const value = read(graph, WEIGHTS, shape, offset);
    this.shared.values.set(full, value);
    return value;
  }

  /** Weight of a new batch in the statistics: the layer's own, or what the build says. */
  momentum(graph: Graph, own: number): Value {
    return this.shared.momentum?.(graph) ?? constant(graph, own);
  }

  /** Images that batch statistics are made of; `undefined` for the whole batch. */
  get ghost(): number | undefined {
    return this.shared.ghost;
  }

  /** Stores the new value of a statistic at the end of a training step. */
  update(name: string, value: Value): void {
    write(WEIGHTS, value, this.shared.offsets?.get(this.path + name) ?? 0);
  }

  /** Applies a layer as a block of this one; its parameters are named `name.…`. */
  apply(name: string, layer: Layer, x: Value): Value {
    const { nodes } = x.graph;
    const path = this.path + name;
    const start = nodes.length;
    const rate = this.rates.get(path) ?? this.rate;
    const output = layer(x, new Scope(this.trains, `${path}.`, this.shared, this.rates, rate));
    this.shared.blocks.push({ path, start, end: nodes.length, output });
    return output;
  }

  /** What came out of a block that was applied within this one. */
  outputOf(name: string): Value {
    const path = this.path + name;
    const block = this.shared.blocks.find((one) => one.path === path);
    if (!block) throw new Error(`there is no block "${path}"`);
    return block.output;
  }

  /** Names a value for whoever builds the net, and gives it back; see {@link Net.marks}. */
  mark(name: string, value: Value): Value {
    this.shared.marks.set(name, value);
    return value;
  }

  /** A number for each random node of a net, so that their streams differ. */
  stream(): number {
    return this.shared.streams++;
  }
}

/** What the scopes of one build share. */
export class ScopeState {
  readonly specs: ParamSpec[] = [];
  /** The graph's value of each parameter, by name. */
  readonly values = new Map<string, Value>();
  readonly marks = new Map<string, Value>();
  /** A block stands behind the blocks it is made of. */
  readonly blocks: Block[] = [];
  streams = 0;

  constructor(
    /** Known in the second run: where each parameter lies. */
    readonly offsets?: ReadonlyMap<string, number>,
    /** Stands for every layer's momentum of its statistics. */
    readonly momentum?: (graph: Graph) => Value,
    readonly ghost?: number,
  ) {}

  offsetOf(spec: ParamSpec): number {
    if (this.specs.some((other) => other.name === spec.name)) {
      throw new Error(`two parameters are named "${spec.name}"; give the layers different names`);
    }
    this.specs.push(spec);
    return this.offsets?.get(spec.name) ?? 0;
  }
}
