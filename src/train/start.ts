// Where training starts: at random, at the weights of a file as far as they fit, or at those that the model makes of
// the training images. The last layer is new where the outputs are others.

import type { Engine } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { type Model, type ModelInput, RUBBISH, recogniserOf } from "../models/index.js";
import { initialise, type Net, netOf } from "../nn/index.js";
import type { HostTensor } from "../tensor/host.js";
import { formatShape, sameShape, sizeOf } from "../tensor/shape.js";
import { counted } from "../text/format.js";
import { openLoader } from "./openLoader.js";
import type { Prepared } from "./prepare.js";
import { expectNoOthers, type NetInfo, tensorFor, type Weights } from "./weights.js";

/** Tensors to start with, by the names of parameters; all others start at random. */
export type Start = ReadonlyMap<string, HostTensor<"f32">>;

const layoutFor = (model: Model): ParamLayout => netOf(model, 1, { training: false }).layout;

/** Names of the parameters whose shapes depend on the number of outputs: the last layer's. */
function headOf(create: (input: ModelInput) => Model, input: ModelInput): Set<string> {
  const [layout, wider] = [input.outputs, input.outputs + 1].map((outputs) =>
    layoutFor(create({ ...input, outputs })),
  );
  const shapes = new Map(wider.params.map(({ name, shape }) => [name, shape]));
  const changed = layout.params.filter(({ name, shape }) => !sameShape(shape, shapes.get(name)!));
  return new Set(changed.map(({ name }) => name));
}

/** The net that is to be trained. */
export interface Wanted {
  readonly create: (input: ModelInput) => Model;
  readonly input: ModelInput;
  /** Names of the outputs. */
  readonly names: readonly string[];
}

function expectSameModel(info: NetInfo, { name, input }: Model, source: string): void {
  // A recogniser of single signs goes on as that of the pieces of lines.
  if (info.model !== name && info.model !== recogniserOf(name)) {
    throw new InputError(
      `${source} holds weights of the model ${info.model}, the run trains ${name}; ` +
        `choose the model ${info.model} or other weights`,
    );
  }
  if (info.input[0] !== input[0]) {
    throw new InputError(
      `${source} is for images of ${counted(info.input[0], "channel")}; the data have ${input[0]}; ` +
        `image files are read with as many by --channels ${info.input[0]}`,
    );
  }
}

/**
 * What of some weights a run starts with: all parameters, but the last layer only when it has the same
 * outputs.
 *
 * @param source where the weights come from, for messages
 * @throws InputError for weights of another model or other channels; FormatError naming the first
 * parameter that is missing, of another shape or left over.
 */
export function startFrom(weights: Weights, wanted: Wanted, source: string): Start {
  const { info, tensors } = weights;
  if (info.members !== undefined) {
    throw new InputError(
      `${source} holds an ensemble of ${info.members} nets; a run starts from the weights of one`,
    );
  }
  const { create, input, names } = wanted;
  const model = create(input);
  expectSameModel(info, model, source);
  const layout = layoutFor(model);
  const heads = info.model === model.name ? [names] : [names, [...names, RUBBISH]];
  const same = heads.some((one) => JSON.stringify(info.names) === JSON.stringify(one));
  const fresh = same ? new Set() : headOf(create, input);
  const taken = layout.params.filter(({ name }) => !fresh.has(name));
  expectNoOthers(layout, tensors, source);
  return new Map(taken.map((param) => [param.name, tensorFor(param, tensors, source)]));
}

/** Images that are looked at for first weights, and most numbers of them. */
const [LOOKED_AT, NUMBERS] = [2048, 2 ** 24];

/** The weights that a model makes of the training images as they are augmented; none where it makes none. */
export async function imageWeights(engine: Engine, prepared: Prepared): Promise<Start | undefined> {
  const { model } = prepared.question;
  const { input, imageWeights } = model;
  if (!imageWeights) return undefined;
  const loader = openLoader(engine, prepared);
  const most = Math.min(LOOKED_AT, Math.ceil(NUMBERS / sizeOf(input)));
  const steps = Math.min(Math.ceil(most / loader.batchSize), loader.stepsPerEpoch);
  const images: Float32Array[] = [];
  for (let step = 0; step < steps; step++) {
    images.push((await loader.batch(0, step)).images.slice());
  }
  const given = imageWeights(images);
  const shapes = new Map(layoutFor(model).params.map(({ name, shape }) => [name, shape]));
  for (const [name, { shape }] of given) {
    const wanted = shapes.get(name);
    if (wanted && sameShape(shape, wanted)) continue;
    throw new InputError(
      `model ${model.name}: imageWeights gave "${name}" of ${formatShape(shape)}; the net has ` +
        (wanted ? `it of ${formatShape(wanted)}` : "no such parameter"),
    );
  }
  return given;
}

/** The first weights of a net in training; see {@link initialise}. */
export function firstWeights(
  net: Pick<Net, "layout" | "specs">,
  seed: number,
  particle: number | undefined,
  start: Start = new Map(),
): Float32Array {
  const values = initialise(net, seed, particle);
  for (const { name, offset } of net.layout.params) {
    const tensor = start.get(name);
    if (tensor) values.set(tensor.data, offset);
  }
  return values;
}
