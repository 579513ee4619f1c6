// What a model costs, layer by layer: counts, bytes, roofline, and energy by dataflow.

import { macsOf } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import type { Shape } from "../tensor/shape.js";
import { type Dataflow, dataflows, getDataflow } from "./dataflows.js";
import { type ByLevel, energyOf, levels } from "./energy.js";
import { type LayerWork, layersOf } from "./layers.js";
import { eyeriss, type Machine, type PeArray } from "./machine.js";
import { type Roofline, rooflineOf } from "./roofline.js";
import { type Bits, type ByOperand, bitsOf, type Operand, operands } from "./work.js";

/** Options of {@link costOf}. */
export interface CostOptions {
  /** Images at once; default 1. */
  readonly batch?: number;
  /** Widths of weights and of activations, 1 to 32; default as each layer has them, 32 or 8. */
  readonly bits?: Bits;
  /** Default the Eyeriss chip. */
  readonly machine?: Machine;
  /** Name of the dataflow that layers are told for; default `row-stationary`. */
  readonly dataflow?: string;
  /** All parameters, to count those that are not 0. */
  readonly w?: Float32Array;
}

/** What a layer does on an array of processing elements. */
export interface ArrayCost {
  /** Share of the elements that can be busy. */
  readonly utilisation: number;
  /** Bytes to and from memory off the chip. */
  readonly dramBytes: number;
  /** In the machine's unit: of multiply-adds, and of the accesses to each memory. */
  readonly energy: ByLevel<number> & { readonly mac: number; readonly total: number };
}

/** A layer that multiplies and adds, with the shortest time by the roofline. */
export interface LayerCost extends Roofline {
  /** Where it stands in the net, as `stage1.0.conv1`. */
  readonly layer: string;
  /** Shape of what it makes for one image, without the batch. */
  readonly output: Shape;
  /** Multiply-adds for the batch. */
  readonly macs: number;
  /** Trainable parameters of its own, and how many of them are not 0 where weights are known. */
  readonly params: number;
  readonly nonZeros?: number;
  /** Bytes of each operand, every number once. */
  readonly bytes: ByOperand<number>;
  /** Operations a byte, a multiply-add counting two. */
  readonly intensity: number;
  /** Present for a machine that is told as an array. */
  readonly array?: ArrayCost;
}

/** Totals of a net. */
export interface CostTotals {
  readonly macs: number;
  /** Trainable parameters, also those of layers without multiply-adds, and how many are not 0. */
  readonly params: number;
  readonly nonZeros?: number;
  /** Bytes of the parameters at the width given, or as they are stored. */
  readonly sizeBytes: number;
  /** Bit operations: multiply-adds times both widths. */
  readonly bitOperations: number;
  /** Bytes of every layer's operands, and most inputs and outputs of one layer. */
  readonly bytes: number;
  readonly activationBytes: number;
  readonly seconds: number;
}

/** Totals of a net under a dataflow, or why the machine cannot do it. */
export type FlowTotals = { readonly dataflow: string } & (
  | { readonly dramBytes: number; readonly energy: number }
  | { readonly reason: string }
);

/** What {@link costOf} finds. */
export interface ModelCost {
  readonly model: string;
  /** [channels, height, width]. */
  readonly input: Shape;
  readonly batch: number;
  /** Those given, or the widest of a layer. */
  readonly bits: Bits;
  readonly machine: Machine;
  /** Of `array` in the rows; present for a machine that is told as an array. */
  readonly dataflow?: string;
  /** Layers that multiply and add. */
  readonly rows: readonly LayerCost[];
  readonly totals: CostTotals;
  /** The same net under every dataflow. */
  readonly flows?: readonly FlowTotals[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function expectBits(bits: Bits): void {
  for (const [name, value] of Object.entries(bits)) {
    if (Number.isInteger(value) && value >= 1 && value <= 32) continue;
    throw new InputError(`bits of ${name}: found ${value}; expected a whole number from 1 to 32`);
  }
}

function arrayCost({ layer, works, bits }: LayerWork, flow: Dataflow, array: PeArray): ArrayCost {
  const found = works.map((work) => energyOf(work, flow, array, bits, layer));
  const rounds = works.map((work) => {
    const lanes = flow.lanes(work);
    return (macsOf(work.loops) / lanes) * Math.ceil(lanes / array.pes);
  });
  const byLevel = levels.map((level) => [level, sum(found.map((one) => one.levels[level]))]);
  return {
    utilisation: sum(works.map(({ loops }) => macsOf(loops))) / array.pes / sum(rounds),
    dramBytes: sum(found.map(({ dramBytes }) => dramBytes)),
    energy: {
      mac: sum(found.map(({ mac }) => mac)),
      ...(Object.fromEntries(byLevel) as ByLevel<number>),
      total: sum(found.map(({ total }) => total)),
    },
  };
}

function flowTotals(layers: readonly LayerWork[], flow: Dataflow, array: PeArray): FlowTotals {
  try {
    const costs = layers.map((layer) => arrayCost(layer, flow, array));
    return {
      dataflow: flow.name,
      dramBytes: sum(costs.map(({ dramBytes }) => dramBytes)),
      energy: sum(costs.map(({ energy }) => energy.total)),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { dataflow: flow.name, reason: error.message };
  }
}

function rowOf(layer: LayerWork, flow: Dataflow, machine: Machine): LayerCost {
  const { works, bits, ...about } = layer;
  const macs = sum(works.map(({ loops }) => macsOf(loops)));
  const bytesOf = (operand: Operand) =>
    (sum(works.map(({ numbers }) => numbers[operand])) * bitsOf(operand, bits)) / 8;
  const bytes = {
    weights: bytesOf("weights"),
    inputs: bytesOf("inputs"),
    outputs: bytesOf("outputs"),
  };
  const all = sum(operands.map((operand) => bytes[operand]));
  const array = machine.array && arrayCost(layer, flow, machine.array);
  return {
    ...{ ...about, macs, bytes, intensity: (2 * macs) / all },
    ...rooflineOf(machine, macs, all),
    ...(array && { array }),
  };
}

/**
 * What a model costs for a batch of images in inference, with what follows a layer (normalisation, activation, sums) done
 * in passing: multiply-adds, bytes, the time that a roofline allows, and the energy that an array of processing elements
 * takes.
 *
 * @throws InputError for bits beyond 1 to 32, an unknown dataflow, and a layer that the machine's registers or buffer are
 * too small for.
 * @example
 * import { createModel } from "convoynet/models";
 * const model = createModel("resnet18", { channels: 3, height: 224, width: 224, outputs: 1000 });
 * const { totals } = costOf(model, { bits: { weights: 8, activations: 8 } });
 * [totals.macs, totals.params]; // [1_814_073_344, 11_689_512]
 * (totals.bitOperations / 1e9).toFixed(1); // "116.1"
 */
export function costOf(
  model: Model,
  { batch = 1, bits: given, machine = eyeriss, dataflow = dataflows[0].name, w }: CostOptions = {},
): ModelCost {
  if (given) expectBits(given);
  const flow = getDataflow(dataflow);
  const { layers, params, nonZeros, storedBits } = layersOf(model, batch, w);
  const working = layers
    .filter(({ works }) => works.length > 0)
    .map((layer) => ({ ...layer, bits: given ?? layer.bits }));
  const rows = working.map((layer) => rowOf(layer, flow, machine));
  const widest = (of: keyof Bits) => Math.max(1, ...working.map((layer) => layer.bits[of]));
  const bits = given ?? { weights: widest("weights"), activations: widest("activations") };
  const macs = sum(rows.map((row) => row.macs));
  return {
    ...{ model: model.name, input: model.input, batch, bits, machine },
    ...(machine.array && { dataflow }),
    rows,
    totals: {
      ...{ macs, params, ...(nonZeros !== undefined && { nonZeros }) },
      sizeBytes: (given ? params * given.weights : storedBits) / 8,
      bitOperations: sum(
        working.map(
          ({ bits: { weights, activations } }, at) => rows[at].macs * weights * activations,
        ),
      ),
      bytes: sum(rows.flatMap((row) => operands.map((operand) => row.bytes[operand]))),
      activationBytes: Math.max(0, ...rows.map(({ bytes }) => bytes.inputs + bytes.outputs)),
      seconds: sum(rows.map(({ seconds }) => seconds)),
    },
    ...(machine.array && {
      flows: dataflows.map((one) => flowTotals(working, one, machine.array!)),
    }),
  };
}
