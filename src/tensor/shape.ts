// Shapes are plain arrays of sizes, outermost first. Images are [batch, channels, height, width].

/** Sizes of a tensor's axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/**
 * Number of elements of a shape (1 for a scalar).
 *
 * @example
 * sizeOf([8, 3, 32, 32]); // 24576
 */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Row-major strides in elements.
 *
 * @example
 * stridesOf([8, 3, 4]); // [12, 4, 1]
 */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** A shape for messages, as `[64, 3, 32, 32]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * The common shape of two operands under NumPy's broadcasting rule.
 *
 * @throws RangeError naming both shapes when an axis differs and neither size is 1.
 * @example
 * broadcastShapes([8, 1, 4], [3, 1]); // [8, 3, 4]
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(`shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`);
    }
    return left === 1 ? right : left;
  });
}

/** Strides to read an operand of `shape` as if it had shape `target` (0 along broadcast axes). */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = stridesOf(shape);
  return target.map((_, axis) => {
    const own = axis - target.length + shape.length;
    return own < 0 || shape[own] === 1 ? 0 : strides[own];
  });
}

/**
 * Axes counted from the start, ascending; negative ones count from the end.
 *
 * @throws RangeError for axes that do not exist or come twice.
 * @example
 * normaliseAxes([-1, 1], 4); // [1, 3]
 */
export function normaliseAxes(axes: readonly number[], rank: number): number[] {
  const result = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  for (const [at, axis] of result.entries()) {
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank || result[at + 1] === axis) {
      throw new RangeError(
        `axes [${axes.join(", ")}] are not distinct axes of a rank-${rank} tensor`,
      );
    }
  }
  return result;
}
