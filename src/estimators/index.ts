import { byName } from "../text/words.js";
import type { Classifier } from "./estimator.js";
import { forest } from "./forest.js";
import { knn } from "./knn.js";
import { logistic } from "./logistic.js";
import { svm } from "./svm.js";

export * from "./encoders/index.js";
export {
  accuracy,
  type Classifier,
  type EstimatorOptions,
  type FittedClassifier,
  type LinearClassifier,
} from "./estimator.js";
export {
  type Assign,
  type Assignment,
  type Clusters,
  type KMeansOptions,
  kmeans,
  nearestCentres,
  plusPlusSeeds,
} from "./kmeans.js";
export {
  inSingle,
  type Matrix,
  matrix,
  matrixOf,
  rowOf,
  squaredLengths,
  takeColumns,
  takeRows,
} from "./matrix.js";
export { type Pca, pca } from "./pca.js";
export * from "./projections/index.js";
export { type FittedRidge, ridge } from "./ridge.js";
export {
  constantColumns,
  type Standardiser,
  standardise,
  type Transformer,
} from "./standardise.js";
export { forest, knn, logistic, svm };

/** All classifiers. */
export const classifiers: readonly Classifier[] = [knn, logistic, svm, forest];

/** The classifier with a name; throws an `InputError` when there is none. */
export const getClassifier = (name: string): Classifier => byName("classifier", name, classifiers);
