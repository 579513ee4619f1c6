import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scratchFolder } from "../../test/fixtures/data.js";
import { labelAt, openDataset } from "../data/index.js";
import { Random } from "../tensor/philox.js";
import { amountMaker, amountText, stave, staveMaker, writeLines } from "./index.js";

test("amounts are written as the grammar has them", () => {
  for (let step = 0; step < 200; step++) {
    const text = amountText(new Random({ seed: 3, purpose: "make", step }));
    expect(text).toMatch(/^\*{0,2}([1-9]\d{0,2}|[1-9],\d{3})\.\d\d$/);
  }
});

describe("made lines", () => {
  test("are the same of the same number, and others of another", async () => {
    const maker = await amountMaker({ touch: 0.5 }, 1);
    expect(maker.train(5)).toEqual(maker.train(5));
    expect(maker.train(5)).not.toEqual(maker.train(6));
    expect(maker.train(5)).not.toEqual(maker.test(5));
    const other = await amountMaker({ touch: 0.5 }, 2);
    expect(other.train(5)).not.toEqual(maker.train(5));
  });

  test("of amounts have a cut between any two signs, from left to right where none overlap", async () => {
    const maker = await amountMaker({ touch: 0 }, 1);
    for (let at = 0; at < 20; at++) {
      const { cells, image } = maker.train(at);
      const cuts = cells.cuts.split(" ").map(Number);
      expect(cuts).toHaveLength(cells.text.length - 1);
      expect([...cuts].sort((a, b) => a - b)).toEqual(cuts);
      expect(cuts[0]).toBeGreaterThan(0);
      expect(cuts[cuts.length - 1]).toBeLessThan(image.width);
    }
  });

  test("of staves have dark ink on paper, five lines of it", () => {
    const { image } = stave({}, { seed: 1, epoch: 0, step: 0 });
    // Down the first pixels of the lines, where no sign is yet.
    const column = Array.from({ length: image.height }, (_, y) => image.data[y * image.width + 2]);
    const dark = column.filter((value, y) => value < 128 && !(column[y - 1] < 128)).length;
    expect(dark).toBe(5);
  });

  test("of staves show the same signs to a camera, which sees no pixel as it was printed", () => {
    const key = { seed: 1, epoch: 0, step: 3 };
    const [print, photo] = [stave({}, key), stave({ camera: true }, key)];
    expect(photo.cells).toEqual(print.cells);
    expect(photo.image.width).toBe(print.image.width);
    expect(photo).toEqual(stave({ camera: true }, key));
    // Paper is no longer white, ink is still darker than paper, and most of it is still there.
    expect(photo.image.data.filter((byte) => byte === 255).length).toBeLessThan(
      photo.image.data.length / 50,
    );
    const mean = (which: (byte: number) => boolean) => {
      const own = [...photo.image.data].filter((_, at) => which(print.image.data[at]));
      return own.reduce((sum, byte) => sum + byte, 0) / own.length;
    };
    expect(mean((byte) => byte < 64)).toBeLessThan(mean((byte) => byte > 192) - 30);
  });

  test("of staves show no sign that the vocabulary does not list", () => {
    const { vocabulary, train } = staveMaker({ bars: 3 }, 1);
    for (let at = 0; at < 100; at++) {
      for (const sign of train(at).cells.tokens.split(" ")) expect(vocabulary).toContain(sign);
    }
    expect(new Set(vocabulary).size).toBe(vocabulary.length);
  });

  test("are a data set when they are written, parts and all", async () => {
    const out = join(await scratchFolder(), "staves");
    const report = await writeLines(staveMaker({ bars: 1 }, 1), 4, out);
    expect(report).toEqual({ folder: out, train: 4, selection: 1, test: 1 });
    const { train, selection, test: last } = await openDataset(out, { channels: 1 });
    expect([train.length, selection!.length, last!.length]).toEqual([4, 1, 1]);
    const [row] = readFileSync(join(out, "texts.csv"), "utf8").split("\n").slice(1);
    expect(row).toContain(labelAt(train.labels, 0));
    await expect(writeLines(staveMaker({}, 1), 1, out)).rejects.toThrow(/is not empty/);
  });

  test("of staves have no more bars than a line has", () => {
    expect(() => staveMaker({ bars: 17 }, 1)).toThrow(
      /staves of 17 bars; expected .* from 1 to 16/,
    );
  });

  test("leave nothing when they are interrupted", async () => {
    const folder = await scratchFolder();
    const controller = new AbortController();
    controller.abort();
    const out = join(folder, "lines");
    await expect(writeLines(staveMaker({}, 1), 4, out, controller.signal)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
  });
});
