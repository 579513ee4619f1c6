import { expect, test } from "vitest";
import { type BoxLabels, ragged } from "../../data/index.js";
import { CELL_OUTPUTS, countCells } from "../../models/cells.js";
import { Random } from "../../tensor/philox.js";
import { detection } from "./index.js";

const size = { height: 32, width: 32 };
const classes = ["a", "b"];
const images = 4;
const random = new Random({ seed: 1, purpose: "search" });
const cells = countCells(size);
const output = Float32Array.from(
  { length: images * (classes.length + CELL_OUTPUTS) * cells },
  () => 2 * random.normal() - 1,
);
const boxes = [
  [2, 2, 9, 9, 0, 0],
  [10, 4, 20, 12, 1, 0],
  [3, 18, 12, 30, 0, 1],
];
const labels: BoxLabels = {
  kind: "boxes",
  of: ragged(new Float32Array(0), [boxes[0], boxes.flat(), [], boxes[1]]),
  classes,
};

/** By how many boxes the decoder is wrong when it says them from a score on. */
function error(said: number): number {
  const constants = { ...detection.constants!(labels), said: [said] };
  const shape = [classes.length + CELL_OUTPUTS, cells];
  const found = detection.decode(output, { names: classes, constants, shape, size });
  const truth = [
    { a: 1, b: 0 },
    { a: 1, b: 1 },
    { a: 0, b: 0 },
    { a: 0, b: 1 },
  ];
  return found.reduce((sum, { counts }, at) => {
    const { a, b } = counts as { a: number; b: number };
    return sum + Math.abs(a - truth[at].a) + Math.abs(b - truth[at].b);
  }, 0);
}

test("the score chosen is the one whose counts are least wrong; crowds do not count", () => {
  const constants = detection.constants!(labels);
  const tuner = detection.newTuner!(labels, constants, size);
  const each = output.length / images;
  tuner.add(output.subarray(0, each), 0);
  tuner.add(output.subarray(each), 1);
  const grid = Array.from({ length: 37 }, (_, at) => (at + 2) / 40);
  const least = Math.min(...grid.map(error));
  const { said } = tuner.constants();
  expect(said).toEqual([grid.find((score) => error(score) === least)]);
  expect(least).toBeLessThan(error(0.05));
});
