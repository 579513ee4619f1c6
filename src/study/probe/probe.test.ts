import { describe, expect, test } from "vitest";
import { stripes } from "../../../test/support/tinyRun.js";
import { subset } from "../../data/index.js";
import { matrixOf } from "../../estimators/index.js";
import type { Trained } from "../../runs/index.js";
import { probe } from "./probe.js";
import { ways } from "./ways.js";

const classed = (rows: number[][], classes: number[]) => ({
  features: matrixOf(rows),
  classes: Int32Array.from(classes),
});

describe("ways", () => {
  // Classes by direction: class 1 lies round the second axis.
  const train = classed(
    [
      [5, 0.1],
      [1, 0],
      [0, 2],
      [0.1, 9],
    ],
    [0, 0, 1, 1],
  );
  const test_ = classed(
    [
      [100, 1],
      [0, 0.2],
      [3, 2],
    ],
    [0, 1, 1],
  );

  test("neighbours are told by direction", () => {
    expect(ways.knn({ train, selection: train, test: test_ })).toBeCloseTo(2 / 3);
  });

  test("a linear classifier tells what a line parts", () => {
    expect(ways.linear({ train, selection: train, test: train })).toBe(1);
  });
});

describe("probe", () => {
  const all = stripes(30, 1);
  const options = { labels: [2], seeds: [1], run: "runs/a" };
  // Data are refused before the net is looked at.
  const net = {} as Trained;

  test("refuses images of one class, and of no class", async () => {
    const one = subset(all, [0, 3, 6, 9]);
    await expect(probe(net, { train: one, test: all }, options)).rejects.toThrow(
      "all its images are of one class; probing needs two at least",
    );
    const none = { ...all, labels: { kind: "none" } as const };
    await expect(probe(net, { train: all, test: none }, options)).rejects.toThrow(
      "its images have no classes",
    );
  });

  test("refuses more labels than there are", async () => {
    const many = { ...options, labels: [9] };
    await expect(probe(net, { train: all, test: all }, many)).rejects.toThrow(
      "class top has 1 images left",
    );
  });
});
