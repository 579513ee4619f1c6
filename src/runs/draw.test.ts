import sharp from "sharp";
import { expect, test } from "vitest";
import { decodeImage } from "../data/index.js";
import { drawPrediction } from "./draw.js";

const grey = await sharp({ create: { width: 80, height: 60, channels: 3, background: "#808080" } })
  .png()
  .toBuffer();

/** Red, green and blue of a pixel of what is drawn. */
async function drawn(prediction: Parameters<typeof drawPrediction>[1], title = "") {
  const { width, height, data } = await decodeImage(
    await drawPrediction(grey, prediction, title, ["cat", "dog"]),
  );
  expect([width, height]).toEqual([80, 60]);
  return (x: number, y: number) => [...data.subarray(3 * (y * 80 + x), 3 * (y * 80 + x) + 3)];
}
const plain = [128, 128, 128];

test("points and boxes are drawn where they are, in the colour of their class", async () => {
  const at = await drawn({
    points: [{ class: "cat", confidence: 1, x: 10, y: 10 }],
    boxes: [{ class: "dog", confidence: 0.5, left: 20, top: 20, right: 70, bottom: 55 }],
  });
  expect(at(10, 10)).toEqual(plain);
  expect(at(60, 50)).toEqual(plain);
  // Blue and red: a ring, and the lower side of a frame.
  const [ring, side] = [at(12, 10), at(30, 55)];
  expect(ring[2]).toBeGreaterThan(ring[0] + 20);
  expect(side[0]).toBeGreaterThan(side[2] + 20);
});

test("masks cover what they are of, wherever their place is; their first class is left as it is", async () => {
  const runs = [
    [0, 2],
    [1, 2],
  ] as const;
  // Two rows of two pixels on the left upper 20 x 20 of the image.
  const mask = { height: 2, width: 2, runs, place: [10, 0, 4.5, 0, 10, 4.5] };
  const at = await drawn({ mask });
  expect([at(3, 3), at(19, 8), at(25, 15), at(3, 25)]).toEqual([plain, plain, plain, plain]);
  expect(at(3, 15)).not.toEqual(plain);
  expect(at(19, 19)).toEqual(at(3, 15));
});

test("a title is drawn, and hostile ones are only text", async () => {
  const at = await drawn({}, "</svg><script>&");
  expect(at(1, 1)).not.toEqual(plain);
  expect(at(60, 50)).toEqual(plain);
});

test("nothing found leaves an image as it is", async () => {
  const at = await drawn({ points: [], boxes: [] });
  expect([at(0, 0), at(79, 59)]).toEqual([plain, plain]);
});

test("the surest box lies on top, and its words lie within the image wherever it is", async () => {
  const box = { class: "dog", left: 40, top: 30, right: 79, bottom: 55 };
  const at = await drawn({
    boxes: [
      { ...box, confidence: 0.9 },
      { ...box, class: "cat", confidence: 0.6 },
    ],
  });
  // Red of the surer one, which is named first.
  const side = at(60, 55);
  expect(side[0]).toBeGreaterThan(side[2] + 20);
  const alone = await drawn({
    boxes: [{ ...box, left: 70, top: 58, bottom: 60, confidence: 0.9 }],
  });
  // The ground of the words begins left of the box and above it.
  expect(alone(20, 50)).not.toEqual(plain);
});

test("a title that is longer than the image is wide is written smaller", async () => {
  const at = await drawn({}, "cat 93.10 %, dog 6.20 %, owl 0.70 %");
  expect(at(78, 1)).not.toEqual(plain);
  expect(at(1, 8)).toEqual(plain);
});
