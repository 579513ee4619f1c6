// Estimators against scikit-learn 1.9.1, by its constants, and by hand.

import { describe, expect, test } from "vitest";
import { iris, species } from "../../test/support/iris.js";
import { knn, logistic, type Matrix, matrix, matrixOf, pca, svm, takeRows } from "./index.js";
import { neighbours } from "./knn.js";
import { minimise } from "./newton.js";
import { constantColumns, standardise } from "./standardise.js";

const close = (found: ArrayLike<number>, expected: readonly number[], digits = 6) => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, at) => {
    expect(found[at], `entry ${at}`).toBeCloseTo(value, digits);
  });
};

/** The two species that overlap. */
const two = {
  features: takeRows(
    iris,
    Array.from({ length: 20 }, (_, at) => 10 + at),
  ),
  classes: species.slice(10),
};

describe("logistic regression is at scikit-learn's minimum", () => {
  test("of three classes", () => {
    const { weights, intercepts, scores } = logistic.fit(iris, species);
    close(
      weights.data,
      [
        -0.37333981, 0.40452946, -1.56453045, -0.609053, -0.23158153, -0.42198643, 0.12610524,
        -0.44951665, 0.60492134, 0.01745698, 1.43842522, 1.05856965,
      ],
    );
    close(intercepts, [7.52278307, 4.2815135, -11.80429657], 5);
    close(scores(takeRows(iris, [29])).data, [0.00302763, 0.24346755, 0.75350482]);
  });

  test("of two classes, and with less penalty", () => {
    const { weights, intercepts, scores } = logistic.fit(two.features, two.classes, { c: 10 });
    expect([weights.rows, weights.columns]).toEqual([1, 4]);
    close(weights.data, [1.16165979, -0.06371606, 3.21848612, 3.02301585]);
    close(intercepts, [-28.9300474], 5);
    close(scores(takeRows(iris, [29])).data, [0.08698717, 0.91301283]);
  });

  test("a constant column gets no weight: the intercept is free", () => {
    const { weights } = logistic.fit(
      matrixOf([
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 1],
      ]),
      Int32Array.of(0, 0, 1, 1),
    );
    expect(weights.data[1]).toBeCloseTo(0, 8);
  });

  test("probabilities stay finite far out", () => {
    const { scores } = logistic.fit(iris, species);
    const far = scores(matrixOf([[1e5, -1e5, 1e5, -1e5]])).data;
    expect([...far].every(Number.isFinite)).toBe(true);
    expect(far[0] + far[1] + far[2]).toBeCloseTo(1, 12);
  });
});

describe("the linear SVM is at liblinear's minimum", () => {
  test("of three classes", () => {
    const { weights, intercepts } = svm.fit(iris, species);
    close(
      weights.data,
      [
        0.14289432, 0.40061229, -0.64515449, -0.29184026, -0.38422966, -0.18987221, 0.77201323,
        -1.19014012, -0.299172, -1.00766422, 0.7118112, 1.32069957,
      ],
    );
    close(intercepts, [0.07880887, 1.07387829, -0.92586038]);
  });

  test("of two classes, and with less penalty", () => {
    const { weights, intercepts, scores } = svm.fit(two.features, two.classes, { c: 10 });
    close(weights.data, [0.25672896, -2.28285132, 0.79251701, 2.30844297]);
    close(intercepts, [-2.61446056]);
    const { data } = scores(two.features);
    expect(data[0]).toBe(-data[1]);
  });
});

describe("k nearest neighbours", () => {
  test("vote as scikit-learn's", () => {
    const asked = matrixOf([
      [5.9, 3.2, 4.8, 1.8],
      [6.7, 3.0, 5.0, 1.7],
      [6.0, 2.7, 5.1, 1.6],
      [4.9, 2.5, 4.5, 1.7],
      [6.3, 2.8, 5.1, 1.5],
    ]);
    const shares = [0, 0.6, 0.4, 0, 0.6, 0.4, 0, 0.8, 0.2, 0, 1, 0, 0, 0.8, 0.2];
    close(knn.fit(iris, species).scores(asked).data, shares, 12);
  });

  test("of equally near ones the smaller index counts, of equal votes the smaller class", () => {
    expect(neighbours(matrixOf([[0]]), matrixOf([[1], [-1], [1], [-1]]), 3)).toEqual(
      Int32Array.of(0, 1, 2),
    );
    const fitted = knn.fit(matrixOf([[1], [-1]]), Int32Array.of(5, 2), { k: 2 });
    expect(fitted.predict(matrixOf([[0.9]]))).toEqual(Int32Array.of(2));
  });

  test("are found whatever the order and the number of columns, and at any distance", () => {
    const far = matrixOf([Array(40).fill(3), Array(40).fill(1), Array(40).fill(2)]);
    expect(neighbours(matrixOf([Array(40).fill(0)]), far, 3)).toEqual(Int32Array.of(1, 2, 0));
    expect(neighbours(matrixOf([[0]]), matrixOf([[1e200], [1e300]]), 2)).toEqual(
      Int32Array.of(0, 1),
    );
  });

  test("there must be as many samples", () => {
    const fit = () => knn.fit(matrixOf([[1], [2]]), Int32Array.of(0, 1));
    expect(fit).toThrow("knn: 2 samples; expected 5 at least, one for each neighbour (k)");
  });
});

describe("standardising", () => {
  test("gives scikit-learn's means and deviations", () => {
    const { means, stds, transform } = standardise(iris);
    close(means, [6.02, 3.1466666667, 3.86, 1.2633333333], 9);
    close(stds, [0.8665640965, 0.4256237253, 1.8117394956, 0.8113705825], 9);
    const again = standardise(transform(iris));
    close(again.means, [0, 0, 0, 0], 12);
    close(again.stds, [1, 1, 1, 1], 12);
  });

  test("makes 0 of a constant column, also of one whose mean rounds", () => {
    const features = matrixOf([
      [0.1, 1],
      [0.1, 2],
      [0.1, 3],
    ]);
    expect(constantColumns(features)).toEqual([0]);
    const { transform, stds } = standardise(features);
    expect(stds[0]).toBe(1);
    expect(transform(features).data[0]).toBe(0);
  });

  test("refuses no samples and NaN", () => {
    expect(() => standardise(matrixOf([]))).toThrow("no samples");
    expect(() =>
      standardise(
        matrixOf([
          [1, 2],
          [Number.NaN, 3],
        ]),
      ),
    ).toThrow("row 1, column 0");
  });
});

describe("principal components", () => {
  test("are scikit-learn's", () => {
    const { components, variances, shares, transform } = pca(iris, 3);
    close(
      components.data,
      [
        0.36666491, -0.06644635, 0.85124765, 0.369485, 0.66980217, 0.70861387, -0.21968806,
        -0.03112222, -0.57469092, 0.58204916, 0.0440046, 0.5735963,
      ],
    );
    close(variances, [4.6602761, 0.26130422, 0.09326562]);
    close(shares, [0.92450404, 0.05183745, 0.018502]);
    close(
      transform(takeRows(iris, [0, 1])).data,
      [-2.84776436, 0.20768484, 0.01619765, -2.43507214, 0.61994017, 0.20453067],
    );
  });

  test("of fewer samples than columns too", () => {
    const { components, variances } = pca(takeRows(iris, [0, 1, 2]), 2);
    close(
      components.data,
      [
        0.49582846, 0.648157, 0.48288084, 0.31760469, 0.75652888, -0.06430345, -0.31647974,
        -0.56865604,
      ],
    );
    close(variances, [0.09509988, 0.01156679]);
  });

  test("are as many as there are directions", () => {
    const line = pca(
      matrixOf([
        [1, 2, 3],
        [2, 4, 6],
        [3, 6, 9],
        [4, 8, 12],
      ]),
      3,
    );
    expect(line.components.rows).toBe(1);
    expect(line.shares[0]).toBeCloseTo(1, 12);
    expect(
      pca(
        matrixOf([
          [1, 1],
          [1, 1],
        ]),
        1,
      ).components.rows,
    ).toBe(0);
  });

  test("refuses counts that cannot be, and NaN", () => {
    expect(() => pca(iris, 5)).toThrow("pca: 5 components; expected a whole number from 1 to 4");
    expect(() => pca(iris, 0)).toThrow("pca: 0 components");
    expect(() => pca(matrixOf([[1, 2]]), 1)).toThrow("pca: 1 samples; expected two at least");
    expect(() =>
      pca(
        matrixOf([
          [1, 2],
          [Number.NaN, 3],
        ]),
        1,
      ),
    ).toThrow("row 1, column 0");
  });
});

test("matrices hold as many numbers as they say", () => {
  expect(() => matrix(new Float64Array(5), 2, 3)).toThrow(
    "5 numbers; expected 2 rows of 3 columns",
  );
  expect(() => matrixOf([[1, 2], [3]])).toThrow("row 1 has 1 columns; expected 2");
});

test("Newton's method finds a minimum where full steps overshoot", () => {
  // sqrt(1 + w^2): Newton's step from beyond 1 leads further away.
  const convex = (w: Float64Array) => {
    const root = Math.sqrt(1 + w[0] ** 2);
    return {
      value: root,
      gradient: Float64Array.of(w[0] / root),
      curvature: ([d]: Float64Array) => Float64Array.of(d / root ** 3),
    };
  };
  expect(minimise(convex, Float64Array.of(5))[0]).toBeCloseTo(0, 6);
});

test("a row of a matrix has one weight a column", () => {
  const wide: Matrix = { data: Float64Array.of(1, 0, 0, 1), rows: 2, columns: 2 };
  const { weights } = svm.fit(wide, Int32Array.of(0, 1));
  close(weights.data, [-weights.data[1], weights.data[1]], 8);
});
