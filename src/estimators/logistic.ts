// Multinomial logistic regression with a squared penalty (Cox 1958; Hastie, Tibshirani and Friedman, "The Elements of
// Statistical Learning", 2009, section 4.4), at the minimum of scikit-learn's LogisticRegression:
//   c * sum of -log p(class) + 1/2 * sum of squared weights, the intercepts free.

import {
  byScores,
  type Classifier,
  checkAsked,
  checkPositive,
  checkTraining,
  type Known,
  type LinearClassifier,
  withDefaults,
} from "./estimator.js";
import { linearForms, linearGradient, linearParts } from "./linear.js";
import type { Matrix } from "./matrix.js";
import { type Convex, minimise, plus } from "./newton.js";

const defaults = { c: 1, tolerance: 1e-8 };

/**
 * Turns forms [rows, outputs] into probabilities [rows, classes], and tells the sum of -log p of the given classes.
 * Two classes have one form, that of the second; the first one's is 0.
 */
function softmax(forms: Float64Array, classes: number, of?: Int32Array) {
  const fixed = classes === 2 ? 1 : 0;
  const outputs = classes - fixed;
  const rows = forms.length / outputs;
  const probabilities = new Float64Array(rows * classes);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const logit = (k: number) => (k < fixed ? 0 : forms[row * outputs + k - fixed]);
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) most = Math.max(most, logit(k));
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const power = Math.exp(logit(k) - most);
      probabilities[row * classes + k] = power;
      sum += power;
    }
    for (let k = 0; k < classes; k++) probabilities[row * classes + k] /= sum;
    if (of) loss += most + Math.log(sum) - logit(of[row]);
  }
  return { probabilities, loss, outputs, fixed };
}

/** Squared penalty on the weights and none on intercepts: its gradient, which is its Hessian's product as well. */
const withoutIntercepts = (w: Float64Array, columns: number): Float64Array =>
  w.map((entry, at) => (at % (columns + 1) === columns ? 0 : entry));

function penalisedLoss(features: Matrix, { classes, of }: Known, c: number): Convex {
  const { rows, columns } = features;
  const count = classes.length;
  const outputs = count === 2 ? 1 : count;
  return (w) => {
    const { probabilities, loss, fixed } = softmax(linearForms(features, w, outputs), count, of);
    const p = (row: number, k: number) => probabilities[row * count + k + fixed];
    const errors = new Float64Array(rows * outputs);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < outputs; k++) {
        errors[row * outputs + k] = p(row, k) - (of[row] === k + fixed ? 1 : 0);
      }
    }
    const penalty = withoutIntercepts(w, columns);
    return {
      value: c * loss + penalty.reduce((sum, entry) => sum + entry * entry, 0) / 2,
      gradient: plus(penalty, c, linearGradient(features, errors, outputs)),
      curvature(direction) {
        const change = linearForms(features, direction, outputs);
        for (let row = 0; row < rows; row++) {
          let mean = 0;
          for (let k = 0; k < outputs; k++) mean += p(row, k) * change[row * outputs + k];
          for (let k = 0; k < outputs; k++) {
            change[row * outputs + k] = p(row, k) * (change[row * outputs + k] - mean);
          }
        }
        const bent = linearGradient(features, change, outputs);
        return plus(withoutIntercepts(direction, columns), c, bent);
      },
    };
  };
}

/**
 * Logistic regression. Scores are probabilities. Options: `c`, what the loss counts against the penalty, 1; `tolerance`, the
 * largest entry of the gradient at the end, as a share of that at the start, 1e-8.
 *
 * @example
 * const features = matrixOf([[-2], [-1], [1], [2]]);
 * const fitted = logistic.fit(features, Int32Array.of(0, 0, 1, 1));
 * fitted.predict(matrixOf([[-3], [3]])); // Int32Array.of(0, 1)
 * fitted.weights.data[0].toFixed(3); // "1.007"
 */
export const logistic: Classifier<LinearClassifier> = {
  name: "logistic",
  description: "multinomial logistic regression, squared penalty",
  source: "Cox 1958, Journal of the Royal Statistical Society B 20",
  defaults,
  fit(features, classes, options) {
    const { c, tolerance } = withDefaults("logistic", defaults, options);
    checkPositive("logistic", "c", c);
    checkPositive("logistic", "tolerance", tolerance);
    const known = checkTraining("logistic", features, classes);
    const count = known.classes.length;
    const outputs = count === 2 ? 1 : count;
    const start = new Float64Array(outputs * (features.columns + 1));
    const w = minimise(penalisedLoss(features, known, c), start, { tolerance });
    const scores = (asked: Matrix): Matrix => {
      checkAsked("logistic", asked, features.columns);
      const { probabilities } = softmax(linearForms(asked, w, outputs), count);
      return { data: probabilities, rows: asked.rows, columns: count };
    };
    return { ...byScores(known.classes, scores), ...linearParts(w, outputs) };
  },
};
