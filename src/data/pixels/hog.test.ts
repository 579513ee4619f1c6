// Histograms of oriented gradients as scikit-image works them out (`skimage.feature.hog`, block_norm L2-Hys).

import { describe, expect, test } from "vitest";
import { hog, matrix } from "../../estimators/index.js";
import type { Image } from "../images.js";
import { hogOf } from "./hog.js";

const [height, width] = [14, 17];
const data = Uint8Array.from({ length: height * width }, (_, at) => {
  const [y, x] = [Math.floor(at / width), at % width];
  return (7 * y * y + 13 * x * y + 3 * x * x) % 251;
});
const image: Image = { height, width, channels: 1, data };

describe.each([
  {
    options: {},
    length: 216,
    first: [
      0.05569185216848439, 0.1263669341187977, 0.29243036607083844, 0, 0.12994765505979688, 0,
    ],
    sums: [27.080170355043702, 2922.968265080931],
  },
  {
    options: { cell: 3, block: 1, bins: 6 },
    length: 120,
    first: [0.2985731261729568, 0.6748533496948578, 0, 0.6748533496948578, 0, 0],
    sums: [37.29384448999351, 2272.6971495653997],
  },
])("with $options", ({ options, length, first, sums: [sum, moment] }) => {
  const hog = hogOf(image, options);

  test("has the numbers of scikit-image", () => {
    expect(hog.length).toBe(length);
    for (const [at, value] of first.entries()) expect(hog[at]).toBeCloseTo(value, 6);
    expect(hog.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 4);
    expect(hog.reduce((total, value, at) => total + at * value, 0)).toBeCloseTo(moment, 2);
  });

  test("does not see light and contrast", () => {
    const [faint, strong] = [(byte: number) => 100 + (byte >> 1), (byte: number) => byte & ~1];
    const [one, other] = [faint, strong].map((light) =>
      hogOf({ ...image, data: data.map(light) }, options),
    );
    const largest = Math.max(...one.map((value, at) => Math.abs(value - other[at])));
    expect(largest).toBeLessThan(1e-6);
  });
});

test("an image of one brightness has none", () => {
  const flat = hogOf({ height: 8, width: 8, channels: 1, data: new Uint8Array(64).fill(9) });
  expect(flat.every((value) => value === 0)).toBe(true);
});

test("an image that is smaller than a block is refused", () => {
  const small = { height: 7, width: 9, channels: 1, data: new Uint8Array(63) };
  expect(() => hogOf(small)).toThrow(
    "an image of 7x9 is too small for hog: a block has 8x8 pixels",
  );
});

describe("in colour, the channel with the largest gradient counts", () => {
  const others = [
    (y: number, x: number) => (5 * x * x + 11 * y) % 241,
    (y: number, x: number) => (3 * y * x + 17 * x) % 199,
  ];
  const colours = Uint8Array.from({ length: 3 * data.length }, (_, at) => {
    const place = Math.floor(at / 3);
    const [y, x] = [Math.floor(place / width), place % width];
    return at % 3 === 0 ? data[place] : others[(at % 3) - 1](y, x);
  });
  const colour: Image = { height, width, channels: 3, data: colours };

  test.each([
    {
      options: {},
      first: [
        0.08695003971837667, 0.10600815354547678, 0.27072450463929637, 0, 0.10901199009468118, 0,
      ],
      sums: [27.636355507304586, 2988.9837924380568],
    },
    {
      options: { cell: 3, block: 1, bins: 6 },
      first: [0.5361141814498459, 0.5969009899295004, 0, 0.5969009899295004, 0, 0],
      sums: [37.32291810401857, 2231.8155531209354],
    },
  ])("as scikit-image has it with $options", ({ options, first, sums: [sum, moment] }) => {
    const hog = hogOf(colour, options);
    for (const [at, value] of first.entries()) expect(hog[at]).toBeCloseTo(value, 6);
    expect(hog.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 4);
    expect(hog.reduce((total, value, at) => total + at * value, 0)).toBeCloseTo(moment, 2);
  });
});

test("codes of an encoder are those of the images", async () => {
  const colour = { height: 8, width: 9, channels: 3, data: data.slice(0, 216) };
  const rows = matrix(
    Float64Array.from({ length: 432 }, (_, at) => (at < 216 ? colour.data[at] / 255 : 0)),
    2,
    216,
  );
  const size = { height: 8, width: 9, channels: 3 };
  const { data: codes } = await (await hog.fit(rows, size)).encode(rows);
  const expected = hogOf(colour);
  expect(codes).toHaveLength(72);
  for (const [at, value] of expected.entries()) expect(codes[at]).toBeCloseTo(value, 6);
  await expect(hog.fit(rows)).rejects.toThrow(/rows of 216 numbers are no images/);
  await expect(hog.fit(rows, { ...size, cell: 5 })).rejects.toThrow(/too small for hog/);
  await expect(hog.fit(rows, { ...size, bins: 0 })).rejects.toThrow(/bins is 0/);
});
