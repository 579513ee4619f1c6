import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, tinyDataset } from "../../test/fixtures/data.js";
import { classesOf } from "../../test/support/questions.js";
import { subset } from "./dataset.js";
import { splitSelection } from "./split.js";

/** A set whose image i is the bytes of i, so that images can be recognised. */
function marked(labels: number[], classes: number) {
  const names = Array.from({ length: classes }, (_, at) => `c${at}`);
  const images = Uint8Array.from(labels.flatMap((_, at) => [at & 255, at >> 8]));
  const size = { height: 1, width: 2, channels: 1 };
  return tinyDataset({
    ...size,
    images,
    labels: { kind: "class", of: Int32Array.from(labels), classes: names },
    length: labels.length,
  });
}

test("every image is on exactly one side, and each class keeps its share", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3), { minLength: 8, maxLength: 300 }),
      fc.nat(1000),
      fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      (labels, seed, fraction) => {
        const { train, selection } = splitSelection(marked(labels, 4), { seed, fraction });
        const ids = [...bytesOf(train), ...bytesOf(selection)].filter((_, at) => at % 2 === 0);
        expect(train.length + selection.length).toBe(labels.length);
        expect(ids.sort((a, b) => a - b)).toEqual(
          labels.map((_, at) => at & 255).sort((a, b) => a - b),
        );
        for (let label = 0; label < 4; label++) {
          const total = labels.filter((other) => other === label).length;
          const chosen = classesOf(selection).filter((other) => other === label).length;
          expect(Math.abs(chosen - total * fraction)).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});

test("depends on the seed only", () => {
  const all = marked(
    Array.from({ length: 200 }, (_, at) => at % 2),
    2,
  );
  const images = (seed: number) => [...bytesOf(splitSelection(all, { seed }).selection)];
  expect(images(1)).toEqual(images(1));
  expect(images(1)).not.toEqual(images(2));
});

test("refuses a share outside 0..1, and data too few to divide", () => {
  expect(() => splitSelection(tinyDataset(), { seed: 1, fraction: 1 })).toThrow(/share is 1/);
  expect(() => splitSelection(marked([0, 1], 2), { seed: 1 })).toThrow(/two images/);
});

test("subset has images and labels in the given order", () => {
  const part = subset(marked([0, 1, 2, 3], 4), [3, 1]);
  expect([...part.labels.of]).toEqual([3, 1]);
  expect([...bytesOf(part)]).toEqual([3, 0, 1, 0]);
  expect(() => subset(part, [2])).toThrow(/no image 2; it has 2/);
});
