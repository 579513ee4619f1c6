import { describe, expect, test } from "vitest";
import { amountMaker } from "../../make/index.js";
import type { Image } from "../images.js";
import { atomsIn, cutColumns, overcut, piecesOf, SPAN } from "./index.js";

const SIDE = 28;

/** Bright bars of some columns [from, to) on dark paper. */
function bars(width: number, ...columns: (readonly [number, number])[]): Image {
  const height = 30;
  const data = new Uint8Array(height * width);
  for (const [from, to] of columns) {
    for (let y = 5; y < 25; y++) data.fill(240, y * width + from, y * width + to);
  }
  return { height, width, channels: 1, data };
}

const negative = (image: Image): Image => ({
  ...image,
  data: image.data.map((byte) => 255 - byte),
});

describe("cuts of a line", () => {
  test("stand in gaps, and before and behind the ink", () => {
    const columns = cutColumns(bars(60, [10, 13], [20, 24], [40, 43]), SIDE, 40);
    expect(columns).toHaveLength(4);
    expect(columns[1]).toBeGreaterThan(13);
    expect(columns[1]).toBeLessThan(20);
    expect(columns[2]).toBeGreaterThan(24);
    expect(columns[2]).toBeLessThan(40);
  });

  test("are the same in dark ink on bright paper, cut by cut", async () => {
    const maker = await amountMaker({ touch: 0.5 }, 1);
    for (let at = 0; at < 5; at++) {
      const { image } = maker.test(at);
      expect(overcut(negative(image), SIDE)!.paths).toEqual(overcut(image, SIDE)!.paths);
    }
  });

  test("are none where there is no ink", () => {
    expect(overcut(bars(20), SIDE)).toBeUndefined();
    const grey = { ...bars(20), data: new Uint8Array(30 * 20).map((_, at) => 100 + (at % 20)) };
    expect(overcut(grey, SIDE)).toBeUndefined();
  });

  test("are no more than there is room for, and go through the least ink", () => {
    const line = bars(80, [4, 7], [14, 17], [24, 27], [34, 37], [60, 63]);
    expect(overcut(line, SIDE)!.paths).toHaveLength(6);
    expect(overcut(line, SIDE, 3)!.paths).toHaveLength(4);
  });

  test("hold nearly every end of a sign of made amounts, and a reading in as many pieces as signs", async () => {
    for (const [touch, ends] of [
      [0, 0.98],
      [0.6, 0.9],
    ]) {
      const maker = await amountMaker({ touch }, 1);
      let [near, all] = [0, 0];
      for (let at = 0; at < 40; at++) {
        const { cells, image } = maker.train(at);
        const columns = cutColumns(image, SIDE, 120);
        for (const cut of cells.cuts.split(" ").map(Number)) {
          all++;
          if (columns.slice(1, -1).some((column) => Math.abs(column - cut) <= 3)) near++;
        }
      }
      expect(near / all).toBeGreaterThan(ends);
    }
  });
});

test("pieces are all runs of up to four atoms, in order of their first", () => {
  for (let atoms = 0; atoms < 9; atoms++) {
    const pieces = piecesOf(atoms);
    for (const { from, to } of pieces) expect(to - from).toBeLessThanOrEqual(SPAN);
    expect(new Set(pieces.map(({ from, to }) => `${from} ${to}`)).size).toBe(pieces.length);
    expect(atomsIn(pieces.length)).toBe(atoms);
  }
  expect(piecesOf(3)).toHaveLength(6);
});
