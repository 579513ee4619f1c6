export { alignLabels } from "./align.js";
export {
  type Augmentation,
  type AugmentationKind,
  type BatchSize,
  Sample,
} from "./augment/augmentation.js";
export {
  augmentation,
  augmentations,
  parseAugmentations,
  policiesIn,
  withPolicyPaths,
} from "./augment/index.js";
export { type OperationName, operationNamed, operationNames } from "./augment/operations.js";
export { type PolicyFile, policyOf, readPolicy } from "./augment/policies/file.js";
export { policies, withNumbers } from "./augment/policies/index.js";
export { fromPolicy, operationsOf, type Policy } from "./augment/policies/policy.js";
export { type CheckReport, checkDataset, type ImageAt, type PartReport } from "./check.js";
export { balancedWeights, readClassWeights } from "./classWeights.js";
export { type Dataset, type Grouping, joined, type Part, type Splits, subset } from "./dataset.js";
export {
  type Decoded,
  type DecodedImage,
  type DecodeOptions,
  decodeImage,
  decodeInOrder,
  type ImageSource,
  loadSharp,
} from "./decode.js";
export { checkImages, checkSplits, checkStored } from "./door.js";
export { balancedSubsets, type Drawing, type Drawn, draw } from "./draw.js";
export { columnMeans, constantError, countsPerImage } from "./entryCounts.js";
export { type FeatureColumns, type FeatureTable, readFeatures } from "./featureTable.js";
export { FRAME_TABLE, type FrameReport, frameGroups, writeFrames } from "./frames.js";
export {
  type Affine,
  type Box,
  compose,
  type Fit,
  fitMap,
  fits,
  identity,
  inverse,
  type MappedBox,
  mapBox,
  mapPoints,
  pointsBack,
} from "./geometry.js";
export {
  commonSize,
  type Image,
  type ImageReader,
  type Images,
  imagesOf,
  joinImages,
  readerOf,
  type Size,
  sizeAt,
} from "./images.js";
export {
  type Intake,
  intakeInWords,
  plainIntake,
  preparedFor,
  type ReadingSettings,
  readingOf,
  withChannels,
} from "./intake.js";
export {
  BOX,
  type BoxLabels,
  type ClassLabels,
  checkLabels,
  countsOf,
  IGNORED,
  type LabelKind,
  type Labels,
  type LabelsOf,
  labelAt,
  labelData,
  labelKinds,
  type MaskLabels,
  type NoLabels,
  namesOf,
  POINT,
  type PointLabels,
  strataOf,
  type TagLabels,
  type TokenLabels,
  takeLabels,
  UNKNOWN_TAG,
  type ValueLabels,
} from "./labels.js";
export { type Batch, Loader, type LoaderOptions } from "./loader.js";
export { type Normalisation, normalisationOf } from "./normalise.js";
export { sameGroups, withOneOf } from "./oneOf.js";
export { cacheFolder } from "./packed.js";
export {
  atomsIn,
  cutColumns,
  inkNormalisation,
  mostPieces,
  overcut,
  PIECE_SIDE,
  type Piece,
  type PieceImage,
  pieceImages,
  piecesOf,
  type Segmenter,
  SPAN,
  segmenters,
} from "./pieces/index.js";
export { type Grey, valueBetween } from "./pixels/between.js";
export { type Blobs, findBlobs } from "./pixels/blobs.js";
export { channelRule } from "./pixels/channels.js";
export { hogOf } from "./pixels/hog.js";
export { inkOf } from "./pixels/ink.js";
export { writePng } from "./pixels/pngWriting.js";
export { isRange, RANGE_EXPECTED, ranges } from "./pixels/range.js";
export { pixelTable } from "./pixelTable.js";
export { evenOffsets, type Ragged, ragged } from "./ragged.js";
export { readClassNames } from "./readers/classNames.js";
export { DEFAULT_SIZE, decodingOf, isImage } from "./readers/imageFiles.js";
export { readers } from "./readers/index.js";
export { listImages } from "./readers/listImages.js";
export type { Location, Reader, ReadOptions, ReadProgress, WrongFile } from "./readers/reader.js";
export { PARTS } from "./readers/roles.js";
export { TEXTS, VOCABULARY } from "./readers/textFolder.js";
export type { Rows } from "./rows.js";
export { isDataset, type OpenOptions, openDataset, type Source, sources } from "./sources.js";
export { type SplitOptions, selectionFault, splitSelection } from "./split.js";
export {
  type BatchPlan,
  noTargets,
  type TargetInput,
  type TargetMaker,
  targetBuffers,
} from "./targets.js";
export { joinTokens } from "./tokens.js";
export {
  type ExtractOptions,
  extractFrames,
  type Frame,
  type FrameFormat,
  frameFormats,
} from "./video.js";
export { getViews, type Views, views } from "./views.js";
