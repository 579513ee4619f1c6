import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SAMPLE_FIELDS } from "../engine/engine.js";
import { gather } from "../engine/reference/gather.js";
import { Random } from "../tensor/philox.js";
import { Sample } from "./augment/augmentation.js";
import { augmentation, augmentations } from "./augment/index.js";
import {
  type Affine,
  compose,
  type Fit,
  fitMap,
  fits,
  identity,
  inverse,
  mapBox,
  mapPoints,
} from "./geometry.js";

const close = (found: Iterable<number>, expected: readonly number[]) => {
  for (const [at, value] of [...found].entries()) expect(value).toBeCloseTo(expected[at], 4);
};

test.each<[Fit, [number, number], [number, number], Affine]>([
  ["crop", [4, 8], [2, 2], [2, 0, 2.5, 0, 2, 0.5]],
  ["pad", [4, 8], [2, 2], [4, 0, 1.5, 0, 4, -0.5]],
  ["stretch", [4, 8], [2, 2], [4, 0, 1.5, 0, 2, 0.5]],
  ["crop", [32, 32], [28, 28], [32 / 28, 0, 1 / 14, 0, 32 / 28, 1 / 14]],
  ["line", [4, 8], [2, 8], [2, 0, 0.5, 0, 2, 0.5]],
  ["line", [4, 8], [2, 2], [4, 0, 1.5, 0, 2, 0.5]],
  // Cut by whole pixels where nothing is scaled, as PyTorch's CenterCrop.
  ["crop", [32, 33], [32, 32], [1, 0, 1, 0, 1, 0]],
])("%s brings %j to %j", (fit, from, to, expected) => {
  const size = ([height, width]: [number, number]) => ({ height, width });
  close(fitMap(fit, size(from), size(to)), expected);
});

const sides = fc.integer({ min: 1, max: 300 });
const sizes = fc.record({ height: sides, width: sides });

test("crop shows nothing beside the image, pad shows all of it", () => {
  fc.assert(
    fc.property(sizes, sizes, (from, to) => {
      const edges = (fit: Fit) => {
        const [sx, , cx, , sy, cy] = fitMap(fit, from, to);
        return [
          [cx - sx / 2, cx + sx * (to.width - 0.5)],
          [cy - sy / 2, cy + sy * (to.height - 0.5)],
        ];
      };
      for (const [axis, side] of [from.width, from.height].entries()) {
        const cut = edges("crop")[axis];
        // By half a pixel where the cut is at whole pixels.
        expect(cut[0]).toBeGreaterThanOrEqual(-1.000001);
        expect(cut[1]).toBeLessThanOrEqual(side + 1e-6);
        const padded = edges("pad")[axis];
        expect(padded[0]).toBeLessThanOrEqual(1e-6);
        expect(padded[1]).toBeGreaterThanOrEqual(side - 1.000001);
      }
    }),
  );
});

test("a map and its inverse leave points where they are", () => {
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  // A turn after a stretch after a shear: every map that is not singular, and none that is.
  const stretch = fc.double({ min: 0.3, max: 3, noNaN: true });
  const maps = fc
    .tuple(number, stretch, stretch, number, fc.boolean(), number, number)
    .map(([turn, across, down, shear, mirrored, x, y]): Affine => {
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      const wide = mirrored ? -across : across;
      const turned: Affine = [cos, -sin, x, sin, cos, y];
      return compose(turned, [wide, wide * shear, 0, 0, down, 0]);
    });
  fc.assert(fc.property(maps, (map) => close(compose(inverse(map), map), [...identity])));
  expect(() => inverse([1, 1, 0, 1, 1, 0])).toThrow(/line/);
});

describe("points go the way of their image", () => {
  const stored = { height: 6, width: 8 };
  const maps: [string, Affine, number[]][] = [
    ["a mirror", [-1, 0, 7, 0, 1, 0], [8 - 2, 3]],
    ["a shift", [1, 0, 2, 0, 1, -1], [0, 4]],
    ["twice the size", fitMap("stretch", stored, { height: 12, width: 16 }), [4, 6]],
    ["half the size", fitMap("stretch", stored, { height: 3, width: 4 }), [1, 1.5]],
    ["a crop", fitMap("crop", stored, { height: 6, width: 6 }), [1, 3]],
    ["padding", fitMap("pad", stored, { height: 8, width: 8 }), [2, 4]],
  ];
  test.each(maps)("%s", (_, map, expected) => close(mapPoints([2, 3], map), expected));

  test("of any augmentation: the bright pixel is where its centre's map says", () => {
    const [side, bright] = [9, { x: 4, y: 3 }];
    const size = { height: side, width: side, count: 1 };
    const image = new Uint8Array(side * side);
    image[bright.y * side + bright.x] = 255;
    for (const name of ["flip", "crop"]) {
      const kind = augmentations.find((one) => one.name === name)!;
      for (let index = 0; index < 30; index++) {
        const sample = new Sample((from) => fitMap("crop", from, size));
        const random = new Random({ seed: 4, purpose: "augment" }, index);
        augmentation(kind, kind.name === "flip" ? 1 : 0.3).apply(sample, random, size);
        const map = sample.mapFrom(size);
        const samples = new Float32Array(SAMPLE_FIELDS);
        sample.write(samples, 0, map);
        const out = new Float32Array(side * side);
        const batch = { channels: 1, outHeight: side, outWidth: side, mean: [0], std: [1] };
        const sources = Float64Array.of(0, side, side, -1, 0, 0);
        gather({ ...batch, images: image, sources, samples }, out);
        const [x, y] = mapPoints([bright.x + 0.5, bright.y + 0.5], map);
        const inside = x >= 0 && x < side && y >= 0 && y < side;
        expect(out.indexOf(255)).toBe(inside ? Math.floor(y) * side + Math.floor(x) : -1);
      }
    }
  });
});

test("boxes are cut to the result and tell how much of them is left", () => {
  const to = { height: 6, width: 6 };
  const map = fitMap("crop", { height: 6, width: 8 }, to);
  expect(mapBox([0, 0, 2, 6], map, to)).toEqual({ box: [0, 0, 1, 6], visible: 0.5 });
  expect(mapBox([2, 1, 5, 4], map, to)).toEqual({ box: [1, 1, 4, 4], visible: 1 });
  expect(mapBox([0, 0, 1, 1], map, to).visible).toBe(0);
  const turned: Affine = [0, 1, 0, -1, 0, 5];
  expect(mapBox([0, 0, 2, 6], turned, to)).toEqual({ box: [0, 0, 6, 2], visible: 1 });
});

test("every fit says what it does", () => {
  expect(Object.keys(fits)).toEqual(["crop", "pad", "stretch", "line", "ink"]);
});
