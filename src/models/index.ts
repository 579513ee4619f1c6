// The registry of models. A new one is its file and one line here.

import { InputError } from "../inputError.js";
import { byName, withOwn } from "../text/words.js";
import { airbench } from "./airbench.js";
import { autoencoders } from "./autoencoder.js";
import { convnetGn } from "./convnet-gn.js";
import { convnet6 } from "./convnet6.js";
import { convnexts } from "./convnext.js";
import { detectorS } from "./detector.js";
import { efficientnetB0, efficientnetLite0 } from "./efficientnet.js";
import { lenet5 } from "./lenet5.js";
import { lenet5Of1998 } from "./lenet5-1998.js";
import { crnnS, lineS } from "./line.js";
import { mobilenets, mobilenetv2Same } from "./mobilenetv2.js";
import { mobilenetv3Small } from "./mobilenetv3.js";
import {
  assemble,
  type Model,
  type ModelFamily,
  type ModelInput,
  type ModelParts,
  type WholeModel,
} from "./model.js";
import { odenets } from "./odenet.js";
import { pieceFamily, recogniserOf } from "./pieces.js";
import { resnet18, resnet50 } from "./resnet.js";
import { resnet8, resnet20, resnet32, resnet56 } from "./resnet-cifar.js";
import { shufflenets } from "./shufflenetv2.js";
import { architectureFamily } from "./spaces/index.js";
import { squeezenets } from "./squeezenet.js";
import { unets } from "./unet.js";
import { fullVggs, vgg11, vgg11bn } from "./vgg11.js";
import { wrn16x4 } from "./wide-resnet.js";

export { SPREADS } from "./autoencoder.js";
export { CELL_OUTPUTS, type CellLevel, cellLevels, countCells } from "./cells.js";
export { ensembleOf, memberName } from "./ensemble.js";
export { countFrames, FRAME_OUTPUTS, FRAME_STRIDE } from "./frames.js";
export { type ImportedFamily, importedFamily } from "./imported.js";
export {
  type Body,
  CODE,
  type Depth,
  type Head,
  type Model,
  type ModelDefaults,
  type ModelFamily,
  type ModelInput,
  type ModelParts,
  type WholeModel,
  withHead,
} from "./model.js";
export { type NameMap, nameMaps } from "./nameMaps/index.js";
export { paced } from "./paced.js";
export {
  PIECE_OUTPUTS,
  piecesName,
  RUBBISH,
  recogniserOf,
  sheetPieces,
  spreadsOf,
} from "./pieces.js";
export {
  type Architecture,
  type ArchitectureSpace,
  architectureName,
  architectureOf,
  architectureSpaces,
} from "./spaces/index.js";
export { type Summary, type SummaryRow, summarise } from "./summary.js";

/** Every model. */
export const families: readonly ModelFamily[] = [
  lenet5,
  lenet5Of1998,
  convnetGn,
  convnet6,
  resnet8,
  resnet20,
  resnet32,
  resnet56,
  wrn16x4,
  airbench,
  resnet18,
  resnet50,
  vgg11,
  vgg11bn,
  ...fullVggs,
  ...mobilenets,
  mobilenetv2Same,
  mobilenetv3Small,
  efficientnetB0,
  efficientnetLite0,
  ...convnexts,
  ...shufflenets,
  ...squeezenets,
  ...odenets,
  ...unets,
  detectorS,
  lineS,
  crnnS,
  ...autoencoders,
];

/** Names of all models. */
export const listModels = (): string[] => families.map(({ name }) => name);

/**
 * The family of a model by name: what it was published for, and the smallest images that it takes. A name may tell a net of
 * a space of architectures, gene by gene, or a recogniser of the pieces of lines, as `pieces:lenet5`.
 *
 * @param own families beside those of the registry
 * @throws InputError for an unknown name, with the nearest known one.
 * @example
 * familyOf("resnet18").published; // { channels: 3, height: 224, width: 224, outputs: 1000 }
 */
export function familyOf(name: string, own: readonly ModelFamily[] = []): ModelFamily {
  const recogniser = recogniserOf(name);
  if (recogniser !== undefined) {
    return pieceFamily(familyOf(recogniser, own), (input) => createModel(recogniser, input, own));
  }
  return architectureFamily(name) ?? byName("model", name, withOwn("model", families, own));
}

/** Largest grey images that are drawings rather than photographs, and smallest images for `resnet18`, in pixels. */
const [DRAWING, PHOTOGRAPH] = [32, 64];

/**
 * The model for images where nobody names one: for small grey ones a small one, for all others one for photographs.
 *
 * @example
 * defaultModel({ channels: 1, height: 28, width: 28 }); // "lenet5"
 * defaultModel({ channels: 3, height: 96, width: 96 }); // "resnet18"
 */
export function defaultModel({ channels, height, width }: Omit<ModelInput, "outputs">): string {
  const [least, most] = [Math.min(height, width), Math.max(height, width)];
  if (channels === 1 && least >= lenet5.smallest && most <= DRAWING) return lenet5.name;
  return least < PHOTOGRAPH ? resnet20.name : resnet18.name;
}

function check(family: ModelFamily, input: ModelInput): void {
  for (const [name, value] of Object.entries(input)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new InputError(
        `model ${family.name}: ${name} must be a whole number of at least 1, found ${value}`,
      );
    }
  }
  const { height, width } = input;
  const { smallest } = family;
  if (height < smallest || width < smallest) {
    throw new InputError(
      `model ${family.name}: images of ${height}x${width} are too small; ` +
        `the smallest size is ${smallest}x${smallest}`,
    );
  }
}

/** Refuses what a family of somebody's own made that is no model. */
function expectParts(name: string, made: ModelParts | WholeModel): void {
  const { layer, body, head } = (made ?? {}) as Partial<ModelParts & WholeModel>;
  if (typeof layer === "function") return;
  if (typeof body?.layer === "function" && Array.isArray(body.stages) && typeof head === "function")
    return;
  throw new InputError(
    `model ${name}: create(input) gave ${made === null ? "null" : typeof made}, no model; expected { layer }, or ` +
      "{ body: { layer, stages }, head }",
  );
}

/**
 * A model by name for images of a size.
 *
 * @param own families beside those of the registry
 * @throws InputError for an unknown name (with the nearest known one), an image smaller than the
 * net allows (with the smallest size), or an input that the net was not made for.
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * summarise(model).params; // 61706
 */
export function createModel(
  name: string,
  input: ModelInput,
  own: readonly ModelFamily[] = [],
): Model {
  const family = familyOf(name, own);
  check(family, input);
  const { channels, height, width, outputs } = input;
  const about = { name, source: family.source, outputs, input: [channels, height, width] } as const;
  const made = family.create(input);
  expectParts(name, made);
  return assemble(about, made);
}
