// A weights file in use without a run: logits and features of images that are numbers already.

import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Program,
  type Vector,
} from "../engine/index.js";
import { type ParamLayout, WEIGHTS } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { type Model, withHead } from "../models/index.js";
import { IMAGES, netOf } from "../nn/index.js";
import { formatShape, type Shape, sizeOf } from "../tensor/shape.js";
import { modelOf } from "../train/modelOf.js";
import {
  expectNoOthers,
  type NetInfo,
  readWeights,
  tensorFor,
  type Weights,
} from "../train/weights.js";

/** How {@link openWeights} opens a file; beside these, what an engine may be told. */
export interface OpenWeightsOptions extends EngineOptions {
  /** [channels, height, width] of the images; default those that the weights were trained on. */
  readonly input?: readonly [number, number, number];
}

/** A net with the weights of a file. Close it. */
export interface WeightedNet {
  readonly model: Model;
  /** What the weights know of images and outputs: `mean` and `std` in bytes, `names` of the classes. */
  readonly info: NetInfo;
  /** Of the features of one image: [c', h', w'], or [c']; none of a model in one piece. */
  readonly featureShape?: Shape;
  /**
   * What the net gives for images f32 [n, c, h, w], row-major and normalised: [n, outputs].
   *
   * @throws InputError for numbers that are no whole images, and when the file has no last layer.
   */
  logits(x: Float32Array): Promise<Float32Array>;
  /**
   * What its body gives for images as {@link WeightedNet.logits} takes them: [n, ...featureShape].
   *
   * @throws InputError for numbers that are no whole images, and for a model in one piece.
   */
  features(x: Float32Array): Promise<Float32Array>;
  /** Ends the engine's threads. */
  close(): Promise<void>;
}

/** Most images of one run of a program. */
const LARGEST = 32;

/** A model, or a part of one, and the file whose tensors are its parameters. */
interface Plan {
  readonly model: Model;
  readonly layout: ParamLayout;
  /** Of what it gives for one image. */
  readonly shape: Shape;
  readonly tensors: Weights["tensors"];
  readonly file: string;
}

/** Throws a FormatError for the first parameter that the file lacks, or has of another shape. */
function planFor(model: Model, { tensors }: Weights, file: string): Plan {
  const { layout, output } = netOf(model, 1, { training: false });
  for (const param of layout.params) tensorFor(param, tensors, file);
  return { model, layout, shape: output.shape.slice(1), tensors, file };
}

/** A plan with its weights on an engine: vector and programs are made when they are first needed. */
class WeightedLayer {
  private readonly programs = new Map<number, Promise<Program>>();
  private vector?: Promise<Vector>;

  constructor(
    private readonly engine: Engine,
    private readonly plan: Plan,
  ) {}

  private async load(): Promise<Vector> {
    const { layout, tensors, file } = this.plan;
    const w = this.engine.vector(layout.length);
    for (const param of layout.params) {
      await w.write(tensorFor(param, tensors, file).data, param.offset);
    }
    return w;
  }

  private programOf(batch: number): Promise<Program> {
    let program = this.programs.get(batch);
    if (!program) {
      const { graph, output } = netOf(this.plan.model, batch, { training: false });
      graph.output("output", output);
      program = this.engine.compile(graph, { frozen: [WEIGHTS] });
      this.programs.set(batch, program);
    }
    return program;
  }

  /** Runs of as many images as a power of two; the last one is filled up with zeros. */
  async run(x: Float32Array): Promise<Float32Array> {
    const { shape, model } = this.plan;
    const { input } = model;
    const [size, outputs] = [sizeOf(input), sizeOf(shape)];
    const count = x.length / size;
    if (!Number.isInteger(count) || count === 0) {
      throw new InputError(
        `x has ${x.length} numbers; expected n images of ${formatShape(input)}, ${size} numbers each`,
      );
    }
    const w = await (this.vector ??= this.load());
    const batch = Math.min(LARGEST, 2 ** Math.ceil(Math.log2(count)));
    const program = await this.programOf(batch);
    const found = new Float32Array(count * outputs);
    for (let from = 0; from < count; from += batch) {
      const images = new Float32Array(batch * size);
      images.set(x.subarray(from * size, (from + batch) * size));
      const { output } = await program.run({
        vectors: { [WEIGHTS]: w },
        inputs: { [IMAGES]: images },
      });
      const taken = Math.min(batch, count - from);
      found.set(output.subarray(0, taken * outputs) as Float32Array, from * outputs);
    }
    return found;
  }
}

/** Puts weights as they were read to use; see {@link openWeights}. */
export async function useWeights(
  weights: Weights,
  file: string,
  { input = weights.info.input, ...options }: OpenWeightsOptions = {},
): Promise<WeightedNet> {
  const { info, tensors } = weights;
  if (info.members !== undefined) {
    throw new InputError(
      `${file} holds an ensemble of ${info.members} nets; expected one net; openTrained opens the run of an ensemble`,
    );
  }
  const model = modelOf(info, file, { input });
  const whole = info.names.length === 0 ? undefined : planFor(model, weights, file);
  const part =
    model.body &&
    planFor(
      withHead(model, (features) => features, 1),
      weights,
      file,
    );
  if (whole) expectNoOthers(whole.layout, tensors, file);
  const engine = await createEngine(options);
  const [net, features] = [whole, part].map((plan) => plan && new WeightedLayer(engine, plan));
  const missing = (what: string) => Promise.reject(new InputError(`${file}: ${what}`));
  return {
    model,
    info,
    featureShape: part?.shape,
    logits: (x) => net?.run(x) ?? missing("it has no last layer; features(x) needs none"),
    features: (x) =>
      features?.run(x) ?? missing(`model ${model.name} is in one piece and has no features`),
    close: () => engine.close(),
  };
}

/**
 * Opens a safetensors file of weights: Convoy's own, or one of torchvision, timm and others, whose architecture is found by
 * the names and shapes of its tensors (see docs/pretrained.md).
 *
 * Images are what the net was trained on: x = (byte - mean) / std a channel, red first, with `mean` and `std` of `info`.
 * For torchvision and timm these are 123.675, 116.28, 103.53 and 58.395, 57.12, 57.375, that is 0.485, 0.456, 0.406 and
 * 0.229, 0.224, 0.225 of pixels from 0 to 1.
 *
 * @throws InputError when there is no such file, or the images are too small for the net; FormatError for a damaged file
 * and one of no known architecture, with the nearest one and the first tensors that differ.
 * @example
 * const net = await openWeights("runs/a/weights/best.safetensors", { input: [1, 28, 28] });
 * net.model.name; // "lenet5"
 * const logits = await net.logits(new Float32Array(2 * 28 * 28));
 * logits.length; // 20
 * const features = await net.features(new Float32Array(28 * 28));
 * net.featureShape; // [84]
 * features.length; // 84
 * await net.close();
 */
export const openWeights = async (
  file: string,
  options: OpenWeightsOptions = {},
): Promise<WeightedNet> => useWeights(await readWeights(file), file, options);
