// Principal component analysis (Pearson 1901; Hotelling 1933): the directions along which features spread most.
// `tensor/principalPlane.ts` finds a plane for points that nobody holds, from their products; here the features are at
// hand, and new ones are to be projected too.

import { InputError } from "../inputError.js";
import { symmetricEigen } from "../tensor/symmetricEigen.js";
import { transposed } from "./encoders/products.js";
import { checkAsked } from "./estimator.js";
import { checkFinite, type Matrix, rowOf } from "./matrix.js";
import { columnMeans, type Transformer } from "./standardise.js";

/** Directions, and how much lies along each. */
export interface Pca extends Transformer {
  readonly means: Float64Array;
  /** Orthonormal rows [components, columns]; the largest entry of each is positive. */
  readonly components: Matrix;
  /** Variance along each component (divided by n - 1), falling. */
  readonly variances: Float64Array;
  /** Its share of the whole variance; 0 when there is none. */
  readonly shares: Float64Array;
}

/** Products of rows [rows, rows]. */
function gram(of: Matrix): Float64Array {
  const { rows } = of;
  const products = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    const a = rowOf(of, i);
    for (let j = i; j < rows; j++) {
      const b = rowOf(of, j);
      let sum = 0;
      for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
      products[i * rows + j] = sum;
      products[j * rows + i] = sum;
    }
  }
  return products;
}

/** A direction of length 1 whose largest entry is positive. */
function directed(axis: Float64Array): Float64Array {
  const length = Math.sqrt(axis.reduce((sum, entry) => sum + entry * entry, 0));
  const farthest = axis.reduce((a, b) => (Math.abs(b) > Math.abs(a) * (1 + 1e-9) ? b : a), 0);
  return axis.map((entry) => entry / (farthest < 0 ? -length : length));
}

/** Projects centred rows on components. */
function project(centred: Matrix, components: Matrix): Matrix {
  const data = new Float64Array(centred.rows * components.rows);
  for (let row = 0; row < centred.rows; row++) {
    const here = rowOf(centred, row);
    for (let k = 0; k < components.rows; k++) {
      const axis = rowOf(components, k);
      let sum = 0;
      for (let at = 0; at < axis.length; at++) sum += here[at] * axis[at];
      data[row * components.rows + k] = sum;
    }
  }
  return { data, rows: centred.rows, columns: components.rows };
}

/**
 * The principal components of features [samples, columns], by the eigenvalues of the smaller of the two matrices of
 * products: exact and quick for some hundred samples or columns, slow where both are thousands.
 *
 * @param count components; at most the smaller of samples and columns, and no more than there are directions with
 *   variance (fewer come back)
 * @throws InputError for fewer than two samples, another count, or naming row and column of a number that is not finite.
 * @example
 * const { shares, transform } = pca(matrixOf([[1, 2], [2, 4], [3, 6]]), 1);
 * shares[0].toFixed(6); // "1.000000"
 * transform(matrixOf([[2, 4]])).data[0].toFixed(6); // "0.000000"
 */
export function pca(features: Matrix, count: number): Pca {
  const { data, rows, columns } = features;
  const most = Math.min(rows, columns);
  if (rows < 2) throw new InputError(`pca: ${rows} samples; expected two at least`);
  if (!(Number.isInteger(count) && count >= 1 && count <= most)) {
    throw new InputError(`pca: ${count} components; expected a whole number from 1 to ${most}`);
  }
  checkFinite(features);
  const means = columnMeans(features);
  const centre = ({ data, ...rest }: Matrix): Matrix => ({
    ...rest,
    data: Float64Array.from(data, (value, at) => value - means[at % columns]),
  });
  const centred = centre({ data, rows, columns });
  const across = transposed(centred);
  const { values, vectors } = symmetricEigen(gram(rows < columns ? centred : across), most);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const directions = values.findIndex((value) => !(value > total * most * Number.EPSILON));
  const found = Math.min(count, directions < 0 ? most : directions);
  const axes = new Float64Array(found * columns);
  for (let k = 0; k < found; k++) {
    const vector = Float64Array.from({ length: most }, (_, row) => vectors[row * most + k]);
    // An eigenvector of the products of samples says how the samples make the direction.
    const axis =
      rows < columns ? project(across, { data: vector, rows: 1, columns: rows }).data : vector;
    axes.set(directed(Float64Array.from(axis)), k * columns);
  }
  const components = { data: axes, rows: found, columns };
  return {
    means,
    components,
    variances: values.slice(0, found).map((value) => value / (rows - 1)),
    shares: values.slice(0, found).map((value) => value / total),
    transform(asked) {
      checkAsked("pca", asked, columns);
      return project(centre(asked), components);
    },
  };
}
