// A random forest (Breiman 2001, "Random forests", Machine Learning 45): trees on samples drawn with replacement, each
// split by the best of a few features, their shares averaged.

import { Random, type RandomKey } from "../tensor/philox.js";
import {
  byScores,
  type Classifier,
  checkAsked,
  checkTraining,
  checkWhole,
  DEFAULT_RANDOM,
  withDefaults,
} from "./estimator.js";
import type { Matrix } from "./matrix.js";
import { growTree, leafOf, rank, type TreeData, type TreeOptions } from "./tree.js";

const defaults = {
  trees: 100,
  /** Features looked at for a split; 0: the root of their number, rounded down. */
  features: 0,
  minSplit: 2,
  /** 0: no limit. */
  depth: 0,
  /** 1: each tree gets as many samples as there are, drawn with replacement; 0: all get the same ones. */
  bootstrap: 1,
};

function treeOptions(options: typeof defaults, columns: number): TreeOptions {
  for (const [option, least] of [
    ["trees", 1],
    ["features", 0],
    ["minSplit", 2],
    ["depth", 0],
    ["bootstrap", 0],
  ] as const) {
    checkWhole("forest", option, options[option], least);
  }
  const { features, minSplit, depth } = options;
  return {
    features: features === 0 ? Math.max(1, Math.floor(Math.sqrt(columns))) : features,
    minSplit,
    depth: depth === 0 ? Number.POSITIVE_INFINITY : depth,
  };
}

/** A stream of random numbers for each tree, so that a longer forest begins with the shorter one. */
function grow(data: TreeData, options: typeof defaults, key: RandomKey) {
  const { rows, columns } = data.ranked;
  const how = treeOptions(options, columns);
  return Array.from({ length: options.trees }, (_, step) => {
    const random = new Random({ ...key, step });
    const drawn = Int32Array.from({ length: rows }, (_, at) =>
      options.bootstrap === 0 ? at : random.integer(rows),
    );
    return growTree(data, drawn, how, random);
  });
}

/**
 * A random forest. Scores are mean shares of the leaves. Options: `trees` 100, `features` looked at for a split (0, the
 * default: the root of their number), `minSplit` samples that a node needs to be split 2, `depth` (0: no limit),
 * `bootstrap` 1 (0: every tree gets all samples).
 *
 * @example
 * const features = matrixOf([[0, 1], [1, 0], [2, 1], [10, 0], [11, 1], [12, 0]]);
 * const fitted = forest.fit(features, Int32Array.of(0, 0, 0, 1, 1, 1), {}, { seed: 1, purpose: "search" });
 * fitted.predict(matrixOf([[-1, 0], [13, 1]])); // Int32Array.of(0, 1)
 */
export const forest: Classifier = {
  name: "forest",
  description: "random forest",
  source: "Breiman 2001, Machine Learning 45",
  defaults,
  fit(features, classes, options, random = DEFAULT_RANDOM) {
    const all = withDefaults("forest", defaults, options);
    const known = checkTraining("forest", features, classes);
    const { length } = known.classes;
    const trees = grow({ ranked: rank(features), of: known.of, classes: length }, all, random);
    const scores = (asked: Matrix): Matrix => {
      checkAsked("forest", asked, features.columns);
      const data = new Float64Array(asked.rows * length);
      for (const tree of trees) {
        for (let row = 0; row < asked.rows; row++) {
          for (const [at, share] of leafOf(tree, asked, row).entries()) {
            data[row * length + at] += share;
          }
        }
      }
      return { data: data.map((sum) => sum / trees.length), rows: asked.rows, columns: length };
    };
    return byScores(known.classes, scores);
  },
};
