// Eigenvalues and eigenvectors of a small symmetric matrix: the cyclic Jacobi method (Jacobi 1846; Golub
// and Van Loan, "Matrix Computations", section 8.5). Slow for thousands of rows, exact for hundreds.

/** Eigenvalues in falling order; column k of `vectors`, entries [row * size + k], belongs to number k. */
export interface Eigen {
  readonly values: Float64Array;
  /** Orthonormal columns [size, size]. */
  readonly vectors: Float64Array;
}

/** Enough for hundreds of rows: the method converges quadratically after a few sweeps. */
const MOST_SWEEPS = 60;

/** Square root of the sum of squares off the diagonal. */
function offDiagonal(a: Float64Array, size: number): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) if (at % (size + 1) !== 0) sum += a[at] ** 2;
  return Math.sqrt(sum);
}

/** A rotation in the plane of two axes. */
interface Rotation {
  readonly p: number;
  readonly q: number;
  readonly cosine: number;
  readonly sine: number;
}

/** Turns rows p and q of a square matrix. */
function turnRows(a: Float64Array, size: number, { p, q, cosine, sine }: Rotation): void {
  for (let at = 0; at < size; at++) {
    const x = a[p * size + at];
    const y = a[q * size + at];
    a[p * size + at] = cosine * x - sine * y;
    a[q * size + at] = sine * x + cosine * y;
  }
}

/** Turns columns p and q of a square matrix. */
function turnColumns(a: Float64Array, size: number, { p, q, cosine, sine }: Rotation): void {
  for (let row = 0; row < a.length; row += size) {
    const x = a[row + p];
    const y = a[row + q];
    a[row + p] = cosine * x - sine * y;
    a[row + q] = sine * x + cosine * y;
  }
}

/** The rotation that makes entry (p, q) zero. */
function rotation(a: Float64Array, size: number, p: number, q: number): Rotation {
  const slope = (a[q * (size + 1)] - a[p * (size + 1)]) / (2 * a[p * size + q]);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  return { p, q, cosine, sine: tangent * cosine };
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix [size, size], which is not changed.
 *
 * @throws RangeError when the matrix has another size or holds a number that is not finite.
 * @example
 * const { values } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
 * [...values].map(Math.round); // [3, 1]
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  if (matrix.length !== size ** 2 || !matrix.every(Number.isFinite)) {
    throw new RangeError(
      `eigenvalues: expected ${size} x ${size} finite numbers, found ${matrix.length} numbers` +
        (matrix.every(Number.isFinite) ? "" : ", not all finite"),
    );
  }
  // In units of the largest entry, so that squares neither overflow nor vanish.
  const unit = matrix.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0) || 1;
  const a = matrix.map((entry) => entry / unit);
  // Eigenvectors as rows.
  const v = new Float64Array(size * size);
  for (let at = 0; at < size; at++) v[at * (size + 1)] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    if (offDiagonal(a, size) <= size * Number.EPSILON) break;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) {
        if (a[p * size + q] === 0) continue;
        const turn = rotation(a, size, p, q);
        turnColumns(a, size, turn);
        turnRows(a, size, turn);
        turnRows(v, size, turn);
      }
    }
  }
  const values = Float64Array.from({ length: size }, (_, at) => unit * a[at * (size + 1)]);
  return sorted(values, v);
}

function sorted(unsorted: Float64Array, v: Float64Array): Eigen {
  const size = unsorted.length;
  const order = Array.from({ length: size }, (_, at) => at);
  order.sort((i, j) => unsorted[j] - unsorted[i] || i - j);
  const vectors = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (const [to, from] of order.entries()) vectors[row * size + to] = v[from * size + row];
  }
  return { values: Float64Array.from(order, (from) => unsorted[from]), vectors };
}
