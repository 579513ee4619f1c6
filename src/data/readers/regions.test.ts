import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Size } from "../images.js";
import { boxRegion, boxRound, eachRun, polygonsOf, type Region } from "./regions.js";

/** How often each pixel of an image is told of. */
function timesTold(region: Region, { height, width }: Size): number[] {
  const times = new Array<number>(height * width).fill(0);
  eachRun(region, { height, width }, (first, count, step) => {
    for (let k = 0, at = first; k < count; k++, at += step) {
      if (at >= times.length) throw new RangeError(`pixel ${at} of ${times.length}`);
      times[at]++;
    }
  });
  return times;
}

/** Rows of 0 and 1. */
const picture = (region: Region, size: Size): string[] => {
  const flat = timesTold(region, size).map((times) => Math.min(times, 1));
  return Array.from({ length: size.height }, (_, row) =>
    flat.slice(row * size.width, (row + 1) * size.width).join(""),
  );
};

const EIGHT = { height: 8, width: 8 };

describe("polygons", () => {
  // As pycocotools 2.0.11 has them (frPyObjects, merge, decode).
  test.each([
    ["a triangle", [[1, 1, 7, 1, 1, 7]], "0 01111100 01111000 01110000 01100000 01000000 0 0"],
    ["a rectangle", [[2, 2, 6, 2, 6, 5, 2, 5]], "0 0 00111100 00111100 00111100 0 0 0"],
    [
      "the union of two",
      [
        [0, 0, 3, 0, 3, 3, 0, 3],
        [2, 2, 6, 2, 6, 6, 2, 6],
      ],
      "11100000 11100000 11111100 00111100 00111100 00111100 0 0",
    ],
    ["a line thinner than pixels", [[1, 3.2, 7, 3.2, 7, 3.4, 1, 3.4]], "0 0 0 0 0 0 0 0"],
  ])("%s has the pixels of pycocotools", (_, lists, expected) => {
    const rows = expected.split(" ").map((row) => (row === "0" ? "00000000" : row));
    expect(picture(polygonsOf(lists), EIGHT)).toEqual(rows);
  });

  test("have what is inside by the even-odd rule, and what lies beyond the image is cut", () => {
    const star = polygonsOf([
      [-3, -3, 30, -3, 30, 30, -3, 30, -3, -3, 2, 2, 6, 2, 6, 6, 2, 6, 2, 2],
    ]);
    expect(picture(star, EIGHT)).toEqual([
      ...["11111111", "11111111", "11000011", "11000011"],
      ...["11000011", "11000011", "11111111", "11111111"],
    ]);
  });

  test("that share edges neither share nor leave out a pixel", () => {
    const place = fc.integer({ min: 0, max: 32 }).map((value) => value / 4);
    fc.assert(
      fc.property(place, place, (x, y) => {
        const all = [
          [0, 0, 8, 0, x, y],
          [8, 0, 8, 8, x, y],
          [8, 8, 0, 8, x, y],
          [0, 8, 0, 0, x, y],
        ];
        expect(timesTold(polygonsOf(all), EIGHT)).toEqual(new Array(64).fill(1));
      }),
    );
  });

  test("have the pixels whose centres a ray to the left crosses an odd number of sides from", () => {
    const number = fc.integer({ min: -40, max: 120 }).map((value) => value / 10);
    const corners = fc
      .array(number, { minLength: 6, maxLength: 20 })
      .filter((of) => of.length % 2 === 0);
    const size = { height: 7, width: 9 };
    fc.assert(
      fc.property(corners, (given) => {
        const [left, top, right, bottom] = boxRound(given);
        fc.pre(left < size.width && top < size.height && right > 0 && bottom > 0);
        const region = polygonsOf([given]);
        const [data] = [region.of.data];
        const inside = (x: number, y: number) => {
          let odd = false;
          for (let at = 0; at < data.length; at += 2) {
            const [x0, y0, x1, y1] = [0, 1, 2, 3].map((k) => data[(at + k) % data.length]);
            if (y0 > y === y1 > y) continue;
            const crossing = x1 + (y - y1) * ((x1 - x0) / (y1 - y0));
            // Where a slanted side goes through a centre, rounding decides; which way is told by the tests before.
            fc.pre(x0 === x1 || Math.abs(crossing - x) > 1e-9);
            if (crossing <= x) odd = !odd;
          }
          return odd;
        };
        const expected = Array.from({ length: 63 }, (_, at) =>
          Number(inside((at % 9) + 0.5, Math.floor(at / 9) + 0.5)),
        );
        expect(timesTold(region, size)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["two corners", [[1, 1, 2, 2]], "a polygon of 2 corners; expected at least 3"],
    ["half a corner", [[1, 1, 2, 2, 3, 3, 4]], "a polygon of 7 numbers; expected x and y of each"],
    ["what is not finite", [[1, 1, 2, 2, 3, Number.NaN]], "a polygon with the number NaN"],
    ["what is far too large", [[1, 1, 2, 2, 3, 1e300]], "a polygon with the number 1e+300"],
    [
      "too many corners",
      [new Array(200_002).fill(1)],
      "of 100001 corners; expected at most 100000",
    ],
  ])("%s are refused", (_, lists, message) => {
    expect(() => polygonsOf(lists)).toThrow(message);
  });

  test("beside the image are refused", () => {
    expect(() => timesTold(boxRegion([8, 0, 9, 1]), EIGHT)).toThrow(
      "polygons from 8, 0 to 9, 1 (x, y), outside an image of 8x8",
    );
  });
});

describe("runs", () => {
  const runs = (height: number, width: number, counts: readonly number[] | string): Region => ({
    ...{ kind: "runs", height, width },
    counts: typeof counts === "string" ? counts : Uint32Array.from(counts),
  });

  // As pycocotools 2.0.11 encodes them.
  test.each([
    [3, 4, "11221NN", "001011010100"],
    [7, 5, "044MM0032MN051K01", "10111111011000011001000010110001000"],
    [
      ...([40, 2, "41110O12050IO30O000O1O00O070I34NLO21"] as const),
      "01000101100011100011000110101000001010101110111111010010001010111100111010001111",
    ],
  ] as const)(
    "of %i rows are unpacked as pycocotools packs them",
    (height, width, text, pixels) => {
      expect(timesTold(runs(height, width, text), { height, width }).join("")).toBe(pixels);
    },
  );

  test("of many pixels are unpacked as pycocotools packs them", () => {
    const size = { height: 300, width: 400 };
    const of = timesTold(runs(300, 400, "Q_11Z]7g3ZhH000`][3"), size);
    const wanted = of.map((_, at) => {
      const [y, x] = [Math.floor(at / 400), at % 400];
      return Number((y >= 100 && y < 220 && x >= 30 && x < 33) || (y === 5 && x === 5));
    });
    expect(of).toEqual(wanted);
  });

  test("go down the columns, the first one outside", () => {
    expect(picture(runs(2, 3, [1, 2, 3]), { height: 2, width: 3 })).toEqual(["010", "100"]);
    expect(picture(runs(2, 3, [0, 6]), { height: 2, width: 3 })).toEqual(["111", "111"]);
  });

  test.each([
    ["another size", runs(3, 2, [6]), "runs of 3x2 pixels (height x width); its image has 2x3"],
    ["too few pixels", runs(2, 3, [1, 2]), "runs of 3 pixels in all; expected 6 (2x3)"],
    ["too many pixels", runs(2, 3, [1, 4_000_000_000]), "runs of 4000000001 pixels in all"],
    ["no counts", runs(2, 3, ""), "runs of 0 pixels in all"],
    ["letters that are none", runs(2, 3, "1\u00e9"), "no compressed numbers at letter 2"],
    ["a cut number", runs(2, 3, "6o"), "no compressed numbers at letter 3"],
    ["an endless number", runs(2, 3, "o".repeat(100)), "no compressed numbers at letter 8"],
    ["a run backwards", runs(2, 3, "M9"), "a run of -3 pixels"],
  ])("of %s are refused", (_, region, message) => {
    expect(() => timesTold(region, { height: 2, width: 3 })).toThrow(message);
  });

  test("of any text are pixels of the image or refused", () => {
    const letter = fc.integer({ min: 40, max: 115 }).map((code) => String.fromCharCode(code));
    const texts = fc.array(letter, { maxLength: 12 }).map((all) => all.join(""));
    fc.assert(
      fc.property(texts, fc.nat(5), fc.nat(5), (text, height, width) => {
        try {
          timesTold(runs(height, width, text), { height, width });
        } catch (error) {
          expect((error as Error).constructor).toBe(Error);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
