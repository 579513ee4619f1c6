import fc from "fast-check";
import { expect, test } from "vitest";
import { toRowMajor } from "./order.js";
import { sizeOf } from "./shape.js";

/** Position of an element in column-major order, worked out from its position in row-major order. */
function columnPlace(at: number, shape: readonly number[]): number {
  let [left, place, stride] = [at, 0, sizeOf(shape)];
  for (const size of [...shape].reverse()) {
    stride /= size;
    place += (left % size) * stride;
    left = Math.floor(left / size);
  }
  return place;
}

test("every element comes to its place, whatever the shape", () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 });
  fc.assert(
    fc.property(
      fc.oneof(shapes, fc.tuple(fc.integer({ min: 60, max: 200 }), fc.nat(9))),
      (shape) => {
        const from = Int32Array.from({ length: sizeOf(shape) }, (_, at) => 3 * at);
        const to = new Int32Array(from.length);
        toRowMajor(from, shape, to);
        expect([...to]).toEqual([...to.keys()].map((at) => from[columnPlace(at, shape)]));
      },
    ),
  );
});

test("an array without elements has none to move, however many rows it says", () => {
  toRowMajor(new Uint8Array(0), [1e15, 0, 2], new Uint8Array(0));
});
