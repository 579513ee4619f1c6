import { expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { whitening } from "./whitening.js";

const [CHANNELS, SIDE, IMAGES] = [2, 7, 40];

/** Images whose second channel follows the first, and whose pixels follow the one to the left. */
function images(): Float32Array {
  const random = new Random({ seed: 3, purpose: "augment" });
  const plane = SIDE * SIDE;
  const found = new Float32Array(IMAGES * CHANNELS * plane);
  for (let image = 0; image < IMAGES; image++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      const at = image * CHANNELS * plane + pixel;
      found[at] = (pixel % SIDE ? 0.8 * found[at - 1] : 0) + random.normal();
      found[at + plane] = 0.5 * found[at] + 0.3 * random.normal();
    }
  }
  return found;
}

/** What filters of 2x2 give for every patch. */
function answers(batch: Float32Array, filters: Float32Array, count: number): number[][] {
  const all: number[][] = [];
  for (let image = 0; image < IMAGES; image++) {
    for (let y = 0; y + 1 < SIDE; y++) {
      for (let x = 0; x + 1 < SIDE; x++) {
        const patch: number[] = [];
        for (let channel = 0; channel < CHANNELS; channel++) {
          for (const [dy, dx] of [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
          ]) {
            patch.push(batch[((image * CHANNELS + channel) * SIDE + y + dy) * SIDE + x + dx]);
          }
        }
        all.push(
          Array.from({ length: count }, (_, at) =>
            patch.reduce((sum, number, k) => sum + number * filters[at * patch.length + k], 0),
          ),
        );
      }
    }
  }
  return all;
}

test("answers of the filters have no direction that is stronger than another", () => {
  const batch = images();
  const size = CHANNELS * 4;
  const { data, shape } = whitening(
    [batch.slice(0, batch.length / 2), batch.slice(batch.length / 2)],
    [CHANNELS, SIDE, SIDE],
    2,
  );
  expect(shape).toEqual([2 * size, CHANNELS, 2, 2]);
  const rows = answers(batch, data, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const moment = rows.reduce((sum, row) => sum + row[i] * row[j], 0) / rows.length;
      // What is added as noise takes a little of the weakest directions.
      expect(Math.abs(moment - (i === j ? 1 : 0))).toBeLessThan(0.02);
    }
  }
});

test("the second half of the filters is the first one turned round", () => {
  const { data } = whitening([images()], [CHANNELS, SIDE, SIDE], 2);
  const half = data.length / 2;
  expect(data.subarray(half)).toEqual(data.subarray(0, half).map((weight) => -weight));
});

test("a direction without variance stays finite", () => {
  const { data } = whitening([new Float32Array(2 * 9)], [2, 3, 3], 2);
  expect(data.every(Number.isFinite)).toBe(true);
});
