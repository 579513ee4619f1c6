// Parzen estimators on the unit cube: a density as a mean of kernels, one on each point and a flat one, each a product
// over coordinates. Along an ordered coordinate a kernel is a normal distribution cut to [0, 1], of which a cell gets its
// integral; along one of values that are not alike it gives its own value more and all others the same (Aitchison and
// Aitken 1976, Biometrika 63). A coordinate that a point does not have is flat there.

import type { Random } from "../tensor/philox.js";
import { type Coordinate, cellOf } from "./cube.js";

/** The integral of the standard normal density up to z, to 1e-7 (Abramowitz and Stegun 1964, formula 26.2.17). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z < 0 ? tail : 1 - tail;
}

/** Less than any density that counts; logarithms stay finite. */
const LEAST = 1e-300;

/** Kernels of one coordinate. */
interface Axis {
  readonly coordinate: Coordinate;
  /** Centres; NaN where a point has no such coordinate. */
  readonly centres: Float64Array;
  /** Standard deviations of an ordered one. */
  readonly widths: Float64Array;
  /** The share of each normal distribution that lies in [0, 1]. */
  readonly inside: Float64Array;
}

/**
 * Widths of kernels by their neighbours: the larger of the distances to the two beside it (Bergstra, Bardenet, Bengio,
 * Kegl 2011, "Algorithms for hyper-parameter optimization", NIPS), at least 1 / (n + 2), or 0.01.
 */
function widthsOf(centres: Float64Array): Float64Array {
  const known = [...centres.keys()].filter((at) => !Number.isNaN(centres[at]));
  const order = known.sort((a, b) => centres[a] - centres[b] || a - b);
  const least = 1 / Math.min(100, order.length + 2);
  const widths = new Float64Array(centres.length).fill(1);
  for (const [place, at] of order.entries()) {
    const before = order[place - 1];
    const after = order[place + 1];
    const gaps = [before, after].map((other) =>
      other === undefined ? 0 : Math.abs(centres[other] - centres[at]),
    );
    const gap = order.length === 1 ? 1 : Math.max(...gaps);
    widths[at] = Math.max(least, Math.min(1, gap));
  }
  return widths;
}

function axisOf(coordinate: Coordinate, at: number, points: readonly Float64Array[]): Axis {
  const centres = Float64Array.from(points, (point) => point[at]);
  const widths = widthsOf(centres);
  const inside = centres.map(
    (centre, kernel) =>
      normalBelow((1 - centre) / widths[kernel]) - normalBelow(-centre / widths[kernel]),
  );
  return { coordinate, centres, widths, inside };
}

/** An axis of more cells is worked out where it is asked for. */
const MOST_CELLS = 64;

/** A density on some coordinates of the unit cube. */
export class Parzen {
  private readonly axes: readonly Axis[];
  /** Kernels, the flat one included; all weigh the same. */
  private readonly kernels: number;
  /** The probability of each cell by each kernel [kernels, cells], for axes of few cells. */
  private readonly tables: readonly (Float64Array | undefined)[];

  /** @param points coordinates of each, NaN where it has none */
  constructor(coordinates: readonly Coordinate[], points: readonly Float64Array[]) {
    this.axes = coordinates.map((coordinate, at) => axisOf(coordinate, at, points));
    this.kernels = points.length + 1;
    this.tables = this.axes.map((axis) => {
      const { cells } = axis.coordinate;
      if (cells === 0 || cells > MOST_CELLS) return undefined;
      return Float64Array.from({ length: this.kernels * cells }, (_, at) =>
        this.cellBy(axis, Math.floor(at / cells), at % cells),
      );
    });
  }

  /** The probability of a cell by a kernel. */
  private cellBy(axis: Axis, kernel: number, cell: number): number {
    const { coordinate, centres, widths, inside } = axis;
    const { cells, ordered } = coordinate;
    const centre = kernel < centres.length ? centres[kernel] : Number.NaN;
    if (Number.isNaN(centre)) return 1 / cells;
    if (!ordered) {
      const own = cellOf(centre, cells) === cell ? this.kernels : 0;
      return (1 + own) / (cells + this.kernels);
    }
    const below = (end: number) => normalBelow((end / cells - centre) / widths[kernel]);
    return (below(cell + 1) - below(cell)) / inside[kernel];
  }

  /** The density of a kernel along axis `at`, or the probability of the cell. */
  private along(at: number, kernel: number, x: number): number {
    const { coordinate, centres, widths, inside } = this.axes[at];
    const { cells } = coordinate;
    if (cells > 0) {
      const cell = cellOf(x, cells);
      const table = this.tables[at];
      return table ? table[kernel * cells + cell] : this.cellBy(this.axes[at], kernel, cell);
    }
    const centre = kernel < centres.length ? centres[kernel] : Number.NaN;
    if (Number.isNaN(centre)) return 1;
    const width = widths[kernel];
    const z = (x - centre) / width;
    return Math.exp((-z * z) / 2) / (Math.sqrt(2 * Math.PI) * width * inside[kernel]);
  }

  /** The logarithm of the density at a point; coordinates that are NaN are left out. */
  logDensity(point: ArrayLike<number>): number {
    let sum = 0;
    for (let kernel = 0; kernel < this.kernels; kernel++) {
      let product = 1 / this.kernels;
      for (let at = 0; at < this.axes.length; at++) {
        if (!Number.isNaN(point[at])) product *= this.along(at, kernel, point[at]);
      }
      sum += product;
    }
    return Math.log(Math.max(LEAST, sum));
  }

  /** A point drawn from the density, with all coordinates. */
  sample(random: Random): Float64Array {
    const kernel = random.integer(this.kernels);
    return Float64Array.from(this.axes, (axis) => this.sampleAlong(axis, kernel, random));
  }

  private sampleAlong(axis: Axis, kernel: number, random: Random): number {
    const { coordinate, centres, widths } = axis;
    const { cells, ordered } = coordinate;
    const centre = kernel < centres.length ? centres[kernel] : Number.NaN;
    if (Number.isNaN(centre)) return random.uniform();
    if (!ordered) {
      // Of weights 1 for each value and `kernels` more for its own.
      const own = random.uniform() * (cells + this.kernels) < this.kernels;
      return own ? centre : random.uniform();
    }
    // Centres lie inside and widths are 1 at most: a third of the draws or more do.
    for (;;) {
      const x = centre + widths[kernel] * random.normal();
      if (x >= 0 && x < 1) return x;
    }
  }
}
