// What a model is: a body that makes features of images, a head that makes outputs of features, and a family of
// such models for images of any size.

import type { Value } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Layer, Loss, NetPass, Scope } from "../nn/index.js";
import type { HostTensor } from "../tensor/host.js";

/** The images that a model is made for, and what is asked of it. */
export interface ModelInput {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Numbers that it gives, for each image, pixel or cell: as many as classes, say. */
  readonly outputs: number;
}

/** Settings that a model was published with or is known to train well with; a user's go before them. */
export interface ModelDefaults {
  readonly optimizer?: string;
  /** Learning rate of that optimizer; any other has its own. */
  readonly lr?: number;
  readonly decay?: number;
  /** Normalisation in units of the stored bytes: (byte - mean) / std, one a channel. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** What a net that follows a differential equation tells: it can be built at other depths. */
export interface Depth {
  /** Blocks of every stage. */
  readonly blocks: number;
  /** The parts that are made of blocks; block k of `stage` has the parameters `stage.k.…`. */
  readonly stages: readonly string[];
  /** The same equation in another number of steps; everything outside the stages is the same. */
  at(blocks: number): Layer;
}

/** The part of a model that does not depend on what is asked of it. */
export interface Body {
  /** Images [n, c, h, w] to features: [n, c', h', w'], or rows [n, c']. */
  readonly layer: Layer;
  /**
   * Parts of it whose results are features too, [n, c', h', w'], one for each size from fine to coarse; paths of
   * blocks, as `stage1`.
   */
  readonly stages: readonly string[];
  /** Present when there are coarser and finer bodies of its kind, which `at` gives. */
  readonly depth?: Depth;
}

/** Features of a body to outputs; a layer looks at the last ones alone, others also at those of the stages. */
export type Head = (features: Value, scope: Scope, stages: ReadonlyMap<string, Value>) => Value;

/** A net ready to be built on a batch of images. */
export interface Model {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /** [channels, height, width]. */
  readonly input: readonly [number, number, number];
  readonly outputs: number;
  /** Images [n, c, h, w] to outputs: [n, outputs], [n, outputs, h, w] of maps, or [n, outputs + 5, cells] of boxes. */
  readonly layer: Layer;
  /** What another head can stand on; see {@link withHead}. */
  readonly body?: Body;
  /** Its own loss; default that of the task. */
  readonly loss?: Loss;
  /** Whether no output is ever below 0, so that classes can be compared, and nothing else be told; default false. */
  readonly positive?: boolean;
  readonly defaults?: ModelDefaults;
  /**
   * First weights that training images give, by the names of parameters; default all at random. Takes some batches of
   * images, f32 [n, channels, height, width] each, normalised.
   */
  readonly imageWeights?: (
    images: readonly Float32Array[],
  ) => ReadonlyMap<string, HostTensor<"f32">>;
  /** Present when there are coarser and finer nets of its kind. */
  readonly depth?: Depth;
  /** Changes of its nets as they are built; default none. */
  readonly passes?: readonly NetPass[];
}

/** What a family makes a model of. */
export interface ModelParts extends Pick<Model, "loss" | "positive" | "defaults" | "imageWeights"> {
  readonly body: Body;
  readonly head: Head;
}

/** A net in one piece, which no other head fits on. */
export type WholeModel = Pick<Model, "layer" | "loss" | "defaults" | "imageWeights" | "depth">;

/** A family of models as data: a new one is a file with such a record and one line in the index. */
export interface ModelFamily {
  readonly name: string;
  readonly source: string;
  /** Smallest height and width that it takes. */
  readonly smallest: number;
  /** The images that it was published for, and how many outputs it had. */
  readonly published: ModelInput;
  /** May refuse an input that it was not made for by an `InputError`. */
  create(input: ModelInput): ModelParts | WholeModel;
}

/** Name of what the body gives among what a net marks. */
export const CODE = "code";

/** A head on a body; neither changes the names of the other's parameters. */
const joined =
  (layer: Layer, stages: readonly string[], head: Head): Layer =>
  (x, scope) => {
    const features = scope.mark(CODE, layer(x, scope));
    return head(features, scope, new Map(stages.map((name) => [name, scope.outputOf(name)])));
  };

/** A model made of its parts, or of one. */
export function assemble(
  about: Pick<Model, "name" | "source" | "input" | "outputs">,
  parts: ModelParts | WholeModel,
): Model {
  if ("layer" in parts) return { ...about, ...parts };
  const { body, head, ...rest } = parts;
  const { layer, stages, depth } = body;
  const at = (blocks: number) => joined(depth!.at(blocks), stages, head);
  return {
    ...about,
    ...rest,
    body,
    layer: joined(layer, stages, head),
    ...(depth && { depth: { ...depth, at } }),
  };
}

/**
 * A model with another head on its body, and with the loss of the task. Parameters of the body keep their names, and
 * passes stay.
 *
 * @param outputs numbers that the head gives
 * @throws InputError for a model that has no body.
 * @example
 * import { conv2d, netOf } from "convoynet/nn";
 * const model = createModel("resnet20", { channels: 3, height: 32, width: 32, outputs: 10 });
 * const heat = withHead(model, conv2d(5, 1), 5);
 * netOf(heat, 1, { training: false }).output.shape; // [1, 5, 8, 8]
 * const finer = withHead(model, (_, scope, stages) => conv2d(5, 1)(stages.get("stage2")!, scope), 5);
 * netOf(finer, 1, { training: false }).output.shape; // [1, 5, 16, 16]
 */
export function withHead(model: Model, head: Head, outputs: number): Model {
  const { name, source, input, body, defaults, imageWeights, passes } = model;
  if (!body) throw new InputError(`model ${name}: it has no body that another head could stand on`);
  const other = assemble({ name, source, input, outputs }, { body, head, defaults, imageWeights });
  return { ...other, ...(passes && { passes }) };
}
