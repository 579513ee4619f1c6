// Images of one sign in one form: whatever paper, pen and place.

import { describe, expect, test } from "vitest";
import { type Image, imagesOf, readerOf } from "../images.js";
import { openDataset } from "../index.js";
import { preparedFor } from "../intake.js";
import { inkOf } from "./ink.js";

const SIZE = { height: 20, width: 30, channels: 1 };

/** An image with a stroke of 9 by 3 pixels from a place on. */
function stroke(left: number, top: number, paper = 0, ink = 255): Image {
  const data = new Uint8Array(SIZE.height * SIZE.width).fill(paper);
  for (let y = top; y < top + 9; y++) data.fill(ink, y * 30 + left, y * 30 + left + 3);
  return { ...SIZE, data };
}

const plain = inkOf(stroke(10, 5));

test("the longer side fills three quarters, the centre of mass is in the middle", () => {
  const { height, width, data } = plain;
  expect([height, width]).toEqual([12, 12]);
  const ink = [...data.keys()].filter((at) => data[at] > 0);
  expect(ink.length).toBe(27);
  expect(ink.map((at) => data[at]).every((byte) => byte === 255)).toBe(true);
  const mean = (of: (at: number) => number) => ink.reduce((sum, at) => sum + of(at), 0) / 27;
  expect(Math.abs(mean((at) => at % 12) - 5.5)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(mean((at) => Math.floor(at / 12)) - 5.5)).toBeLessThanOrEqual(0.5);
});

test.each([
  ["elsewhere", stroke(0, 11)],
  ["dark on white", stroke(10, 5, 255, 0)],
  ["faint", stroke(10, 5, 0, 20)],
  ["faint, dark on grey", stroke(10, 5, 140, 120)],
])("the same ink %s becomes the same image", (_, image) => {
  expect(inkOf(image)).toEqual(plain);
});

test("dirt is left out, and a sign of small pieces is none", () => {
  const dirty = stroke(10, 5);
  dirty.data[19 * 30 + 29] = 255;
  expect(inkOf(dirty)).toEqual(plain);
  const dots = { ...SIZE, data: new Uint8Array(600) };
  dots.data[0] = dots.data[4] = 255;
  expect(inkOf(dots).data.filter((byte) => byte > 0).length).toBe(2);
});

test("ink far from its centre of mass stays whole", () => {
  const data = new Uint8Array(600);
  for (let y = 0; y < 9; y++) data.fill(255, y * 30, y * 30 + 9 - y);
  data.fill(255, 0, 16);
  const whole = data.filter((byte) => byte > 0).length;
  expect(inkOf({ ...SIZE, data }).data.filter((byte) => byte > 0).length).toBe(whole);
});

test.each([0, 7, 255])("an image of nothing but %i becomes black", (byte) => {
  const { data } = inkOf({ ...SIZE, data: new Uint8Array(600).fill(byte) });
  expect(data.every((one) => one === 0)).toBe(true);
});

describe("a data set", () => {
  test("is cut to its ink where the fit says so", async () => {
    const { train } = await openDataset("mnist");
    const few = {
      ...train,
      length: 3,
      images: imagesOf(train.images.bytes, { ...SIZE, height: 28, width: 28 }, { length: 3 }),
    };
    const made = preparedFor(few, { input: [1, 28, 28], fit: "ink" });
    const first = readerOf(few.images, 1).read(0);
    const expected = inkOf({ height: 28, width: 28, channels: 1, data: first });
    expect(readerOf(made.images, 1).read(0)).toEqual(expected.data);
    expect(preparedFor(few, { input: [1, 28, 28], fit: "ink" })).toBe(made);
    expect(preparedFor(few, { input: [1, 28, 28], fit: "crop" })).toBe(few);
  });

  const grey = { name: "set", length: 1, channels: 1, images: imagesOf(stroke(1, 1).data, SIZE) };

  test("in colour goes by its brightness", () => {
    const labels = { kind: "none" } as const;
    const made = preparedFor({ ...grey, labels }, { input: [3, 20, 20], fit: "ink" });
    const expected = [...plain.data].flatMap((byte) => [byte, byte, byte]);
    expect([...readerOf(made.images, 3).read(0)]).toEqual(expected);
  });

  test("is refused where labels lie on the image", () => {
    const labels = {
      kind: "tokens",
      of: { data: new Int32Array(1), offsets: Float64Array.of(0, 1) },
      vocabulary: ["a"],
    } as const;
    expect(() => preparedFor({ ...grey, labels }, { input: [1, 20, 20], fit: "ink" })).toThrow(
      "set has tokens as labels, which lie somewhere on the image",
    );
  });
});
