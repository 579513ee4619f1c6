import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SAMPLE_FIELDS } from "../../engine/engine.js";
import { gather } from "../../engine/reference/gather.js";
import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import { fitMap } from "../geometry.js";
import type { Size } from "../images.js";
import { type Augmentation, Sample } from "./augmentation.js";
import { augmentation, augmentations, parseAugmentations } from "./index.js";

const size = { height: 4, width: 4, count: 8 };
const image = Uint8Array.from({ length: 16 }, (_, at) => 10 * at + 5);

function applied(change: Augmentation, index = 0, extent = size): Sample {
  const sample = new Sample((from) => fitMap("stretch", from, extent));
  change.apply(sample, new Random({ seed: 3, purpose: "augment" }, index), extent);
  return sample;
}

function fieldsOf(sample: Sample, extent: Size = size): Float32Array {
  const fields = new Float32Array(SAMPLE_FIELDS);
  sample.write(fields, 0, sample.mapFrom(extent));
  return fields;
}

/** The 4x4 image as the engine makes it; hidden pixels become 255. */
function shown(sample: Sample): number[] {
  const out = new Float32Array(16);
  const plain = { images: image, channels: 1, outHeight: 4, outWidth: 4 };
  const numbers = { sources: Float64Array.of(0, 4, 4, -1, 0, 0), mean: [255], std: [1] };
  gather({ ...plain, ...numbers, samples: fieldsOf(sample) }, out);
  return Array.from(out, (value) => value + 255);
}

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0];

describe.each(augmentations.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
  test("does nothing at strength 0", () => {
    for (let index = 0; index < 20; index++) {
      const sample = applied(augmentation(kind, 0), index);
      const [fields, box] = [[...fieldsOf(sample)], sample.box];
      expect(box[0] < box[2] && box[1] < box[3]).toBe(false);
      fields.splice(6, 4, 0, 0, 0, 0);
      expect(fields).toEqual(identity);
      expect(sample.partner).toBeUndefined();
    }
  });

  test("does something at full strength, differently from image to image", () => {
    const made = Array.from({ length: 50 }, (_, index) => {
      const sample = applied(augmentation(kind, kind.largest), index);
      return [...fieldsOf(sample), sample.partner].join();
    });
    const unchanged = [...identity, undefined].join();
    expect(made.filter((fields) => fields === unchanged).length).toBeLessThan(10);
    expect(new Set(made).size).toBeGreaterThan(kind.name === "flip" ? 0 : 10);
  });

  test("is a pure function of its random numbers", () => {
    const usual = augmentation(kind);
    expect(fieldsOf(applied(usual, 5))).toEqual(fieldsOf(applied(usual, 5)));
  });

  test("keeps boxes inside the image, weights inside 0..1 and partners inside the batch", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: kind.largest, noNaN: true }),
        fc.record({
          height: fc.integer({ min: 1, max: 40 }),
          width: fc.integer({ min: 1, max: 40 }),
          count: fc.integer({ min: 1, max: 9 }),
        }),
        fc.nat(1000),
        (strength, extent, index) => {
          const sample = applied(augmentation(kind, strength), index, extent);
          const [left, top, right, bottom] = sample.box;
          expect(0 <= left && left <= right && right <= extent.width).toBe(true);
          expect(0 <= top && top <= bottom && bottom <= extent.height).toBe(true);
          expect(sample.weight).toBeGreaterThanOrEqual(0);
          expect(sample.weight).toBeLessThanOrEqual(1);
          expect(sample.partner ?? 0).toBeLessThan(extent.count);
          expect(fieldsOf(sample, extent).every(Number.isFinite)).toBe(true);
        },
      ),
    );
  });

  test("refuses strengths out of range", () => {
    expect(() => augmentation(kind, kind.largest + 1)).toThrow(`from 0 to ${kind.largest}`);
    expect(() => augmentation(kind, -1)).toThrow(kind.meaning);
    expect(() => augmentation(kind, Number.NaN)).toThrow(InputError);
  });
});

const byName = (text: string) => parseAugmentations(text)[0];

test("flip=1 mirrors left and right", () => {
  const rows = [0, 1, 2, 3].flatMap((row) => [...image.subarray(4 * row, 4 * row + 4)].reverse());
  expect(shown(applied(byName("flip=1")))).toEqual(rows);
});

test("rotate turns by up to its degrees, to both sides", () => {
  const angles = Array.from({ length: 300 }, (_, index) => {
    const [a, , , d] = fieldsOf(applied(byName("rotate=10"), index));
    return (Math.atan2(d, a) * 180) / Math.PI;
  });
  for (const most of [Math.max(...angles), -Math.min(...angles)]) {
    expect(most).toBeGreaterThan(9);
    expect(most).toBeLessThanOrEqual(10.0001);
  }
});

test("a map from one size to another fills it from edge to edge, along each axis by itself", () => {
  expect(fitMap("stretch", { height: 6, width: 10 }, { height: 3, width: 40 })).toEqual([
    ...[0.25, 0, -0.375, 0, 2, 0.5],
  ]);
});

test("crop pads by its share of the side, rounded", () => {
  const side = { height: 20, width: 28, count: 1 };
  const shifts = Array.from({ length: 300 }, (_, index) => [
    ...fieldsOf(applied(byName("crop=0.125"), index, side), side),
  ]);
  // 3.5 columns and 2.5 rows.
  expect([Math.min(...shifts.map((at) => at[2])), Math.max(...shifts.map((at) => at[2]))]).toEqual([
    -4, 4,
  ]);
  expect([Math.min(...shifts.map((at) => at[5])), Math.max(...shifts.map((at) => at[5]))]).toEqual([
    -3, 3,
  ]);
});

test("crop shows each of the nine shifts by up to a pixel, black outside", () => {
  const pixel = (y: number, x: number) =>
    y >= 0 && y < 4 && x >= 0 && x < 4 ? image[4 * y + x] : 0;
  const possible = new Set<string>();
  for (const dy of [-1, 0, 1]) {
    for (const dx of [-1, 0, 1]) {
      const all = Array.from({ length: 16 }, (_, at) => pixel((at >> 2) + dy, (at % 4) + dx));
      possible.add(all.join());
    }
  }
  const seen = Array.from({ length: 200 }, (_, index) =>
    shown(applied(byName("crop=0.25"), index)).join(),
  );
  expect(new Set(seen)).toEqual(possible);
});

test("cutout hides a square of the channel's mean and leaves the rest", () => {
  for (let index = 0; index < 20; index++) {
    const sample = applied(byName("cutout=0.5"), index);
    const [left, top, right, bottom] = sample.box;
    for (const [at, value] of shown(sample).entries()) {
      const [x, y] = [at % 4, at >> 2];
      const hidden = x >= left && x < right && y >= top && y < bottom;
      expect(value).toBe(hidden ? 255 : image[at]);
    }
  }
});

test("a quarter turn about the centre moves every pixel", () => {
  const sample = new Sample((from) => fitMap("stretch", from, size));
  sample.warp([0, -1, 0, 1, 0, 0], size);
  expect(shown(sample)).toEqual(
    Array.from({ length: 16 }, (_, at) => image[4 * (at % 4) + (3 - (at >> 2))]),
  );
});

test("rotate and scale keep the centre and stay within their strength", () => {
  for (let index = 0; index < 50; index++) {
    for (const [text, smallest, largest] of [
      ["rotate=30", 1, 1],
      ["scale=0.25", 1 / 1.25, 1 / 0.75],
    ] as const) {
      const [a, b, c, d, e, f] = fieldsOf(applied(byName(text), index));
      expect(a * 1.5 + b * 1.5 + c).toBeCloseTo(1.5, 5);
      expect(d * 1.5 + e * 1.5 + f).toBeCloseTo(1.5, 5);
      expect(Math.hypot(a, d)).toBeGreaterThanOrEqual(smallest - 1e-6);
      expect(Math.hypot(a, d)).toBeLessThanOrEqual(largest + 1e-6);
      expect(Math.abs(Math.atan2(d, a))).toBeLessThanOrEqual(Math.PI / 6);
    }
  }
});

test("augmentations work in the order given: what comes later moves what came before", () => {
  const both = new Sample((from) => fitMap("stretch", from, size));
  both.warp([1, 0, 1, 0, 1, 0], size); // looks one pixel to the right ...
  both.warp([-1, 0, 0, 0, 1, 0], size); // ... and is then mirrored
  expect(shown(both).slice(0, 4)).toEqual([0, 35, 25, 15]);
});

test("mixup shares follow Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1))", () => {
  for (const strength of [0.2, 1, 2]) {
    const weights = Array.from(
      { length: 4000 },
      (_, index) => applied(byName(`mixup=${strength}`), index).weight,
    );
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    const variance = weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / 4000;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(variance / (1 / (4 * (2 * strength + 1)))).toBeCloseTo(1, 1);
  }
});

test("parses names with and without strength", () => {
  expect(
    parseAugmentations(" crop, flip=0.3 ,rotate = 10").map(({ name, strength }) => [
      name,
      strength,
    ]),
  ).toEqual([
    ["crop", 0.125],
    ["flip", 0.3],
    ["rotate", 10],
  ]);
  expect(parseAugmentations("")).toEqual([]);
  expect(parseAugmentations("none")).toEqual([]);
});

test.each([
  ["flp", /unknown augmentation "flp" \(did you mean "flip"\?\); known: rrc, crop, flip/],
  ["crop,crop=0.1", /"crop" is given twice/],
  ["rotate=", /no number behind it; expected largest angle/],
  ["crop=4", /crop=4: expected padding as a share of the side, from 0 to 0.5/],
  ["flip,", /unknown augmentation ""/],
  ["flip=much", /flip=NaN/],
])("refuses %s", (text, message) => {
  expect(() => parseAugmentations(text)).toThrow(message);
});

test("cutmix shows the partner in a box, and weighs both by area", () => {
  for (let index = 0; index < 50; index++) {
    const sample = applied(byName("cutmix"), index);
    const out = new Float32Array(16);
    gather(
      {
        ...{ images: new Uint8Array(32).fill(200, 16), channels: 1, outHeight: 4, outWidth: 4 },
        ...{ sources: Float64Array.of(0, 4, 4, 16, 4, 4), mean: [0], std: [1] },
        samples: fieldsOf(sample),
      },
      out,
    );
    const partner = out.filter((byte) => byte === 200).length;
    expect(out.filter((byte) => byte === 0)).toHaveLength(16 - partner);
    expect(sample.weight).toBe(1 - partner / 16);
  }
  const extent = { height: 32, width: 32, count: 4 };
  const shares = Array.from(
    { length: 300 },
    (_, at) => applied(byName("cutmix"), at, extent).weight,
  );
  expect(Math.min(...shares)).toBeLessThan(0.25);
  expect(Math.max(...shares)).toBeGreaterThan(0.9);
});

test.each(["mixup,cutmix", "cutmix,flip,mixup", "cutout,erase"])("%s undo each other", (text) => {
  expect(() => parseAugmentations(text)).toThrow("the second would undo the first");
});

test("erase hides a box of 2 % to 33 % that lies within the image", () => {
  const extent = { height: 32, width: 24, count: 1 };
  for (let index = 0; index < 200; index++) {
    const [left, top, right, bottom] = applied(byName("erase=1"), index, extent).box;
    expect(left >= 0 && top >= 0 && right <= 24 && bottom <= 32).toBe(true);
    const area = ((right - left) * (bottom - top)) / (32 * 24);
    expect(area).toBeGreaterThan(0.01);
    expect(area).toBeLessThan(0.36);
  }
});
