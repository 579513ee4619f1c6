// A linear support vector machine, one class against the rest, with squared hinge loss (Fan, Chang, Hsieh, Wang and
// Lin 2008, "LIBLINEAR: a library for large linear classification", JMLR 9), at the minimum of scikit-learn's LinearSVC:
//   c * sum of max(0, 1 - y f)^2 + 1/2 * sum of squared weights, that of the intercept too.

import {
  byScores,
  type Classifier,
  checkAsked,
  checkPositive,
  checkTraining,
  type LinearClassifier,
  withDefaults,
} from "./estimator.js";
import { linearForms, linearGradient, linearParts } from "./linear.js";
import type { Matrix } from "./matrix.js";
import { type Convex, dot, minimise, plus } from "./newton.js";

const defaults = { c: 1 };

/** The penalised loss of one class (signs of 1) against the rest (-1). */
function squaredHinge(features: Matrix, signs: Float64Array, c: number): Convex {
  return (w) => {
    const margins = linearForms(features, w, 1).map((form, row) => 1 - signs[row] * form);
    const inside = margins.map((margin) => Math.max(0, margin));
    const errors = inside.map((margin, row) => -2 * signs[row] * margin);
    return {
      value: c * dot(inside, inside) + dot(w, w) / 2,
      gradient: plus(w, c, linearGradient(features, errors, 1)),
      curvature(direction) {
        const change = linearForms(features, direction, 1);
        const bent = change.map((entry, row) => (margins[row] > 0 ? 2 * entry : 0));
        return plus(direction, c, linearGradient(features, bent, 1));
      },
    };
  };
}

/**
 * A linear SVM. Scores are distances from each class's boundary, in units of the margin. Option: `c`, what the loss
 * counts against the penalty, 1.
 *
 * @example
 * const features = matrixOf([[-2], [-1], [1], [2]]);
 * const fitted = svm.fit(features, Int32Array.of(0, 0, 1, 1));
 * fitted.predict(matrixOf([[-3], [3]])); // Int32Array.of(0, 1)
 * fitted.weights.data[0].toFixed(3); // "0.800"
 */
export const svm: Classifier<LinearClassifier> = {
  name: "svm",
  description: "linear SVM, one class against the rest, squared hinge loss",
  source: "Fan et al. 2008, JMLR 9",
  defaults,
  fit(features, classes, options) {
    const { c } = withDefaults("svm", defaults, options);
    checkPositive("svm", "c", c);
    const known = checkTraining("svm", features, classes);
    const count = known.classes.length;
    const width = features.columns + 1;
    const outputs = count === 2 ? 1 : count;
    const w = new Float64Array(outputs * width);
    for (let k = 0; k < outputs; k++) {
      const meant = count === 2 ? 1 : k;
      const signs = Float64Array.from(known.of, (one) => (one === meant ? 1 : -1));
      w.set(minimise(squaredHinge(features, signs, c), new Float64Array(width)), k * width);
    }
    const scores = (asked: Matrix): Matrix => {
      checkAsked("svm", asked, features.columns);
      const forms = linearForms(asked, w, outputs);
      const data =
        count === 2 ? Float64Array.from([...forms].flatMap((form) => [-form, form])) : forms;
      return { data, rows: asked.rows, columns: count };
    };
    return { ...byScores(known.classes, scores), ...linearParts(w, outputs) };
  },
};
