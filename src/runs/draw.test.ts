import sharp from "sharp";
import { expect, test } from "vitest";
import { decodeImage } from "../data/index.js";
import { drawPrediction } from "./draw.js";

const imageOf = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#808080" } })
    .png()
    .toBuffer();

/** What is drawn of a prediction in a grey image: its size, and red, green and blue of its pixels. */
async function drawing(
  prediction: Parameters<typeof drawPrediction>[1],
  { title = "", width = 240, height = 180 } = {},
) {
  const source = await imageOf(width, height);
  const drawn = await decodeImage(await drawPrediction(source, prediction, title, ["cat", "dog"]));
  const { data } = drawn;
  const at = (x: number, y: number) => {
    const first = 3 * (y * drawn.width + x);
    return [...data.subarray(first, first + 3)];
  };
  return { ...drawn, at };
}
const drawn = async (prediction: Parameters<typeof drawPrediction>[1]) =>
  (await drawing(prediction)).at;
const plain = [128, 128, 128];

test("points and boxes are drawn where they are, in the colour of their class", async () => {
  const at = await drawn({
    points: [{ class: "cat", confidence: 1, x: 30, y: 30 }],
    boxes: [{ class: "dog", confidence: 0.5, left: 60, top: 60, right: 210, bottom: 165 }],
  });
  expect(at(30, 30)).toEqual(plain);
  expect(at(180, 150)).toEqual(plain);
  // Blue and red: a ring, and the lower side of a frame.
  const [ring, side] = [at(33, 30), at(90, 165)];
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

test("small images are enlarged by a whole factor, and marks lie where they were", async () => {
  const runs = [
    [1, 1],
    [0, 15],
  ] as const;
  const { width, height, at } = await drawing(
    {
      mask: { height: 3, width: 5, runs, place: [1, 0, 0, 0, 1, 0] },
      boxes: [{ class: "dog", left: 2, top: 1, right: 4, bottom: 3 }],
    },
    { width: 5, height: 3 },
  );
  // 5 pixels of 45 each.
  expect([width, height]).toEqual([225, 135]);
  expect(at(22, 22)).not.toEqual(plain);
  expect(at(47, 22)).toEqual(plain);
  const [left, right] = [at(90, 100), at(180, 100)];
  expect(left[0]).toBeGreaterThan(left[2] + 20);
  expect(right[0]).toBeGreaterThan(right[2] + 20);
  expect(at(135, 110)).toEqual(plain);
});

test("nothing found leaves an image as it is", async () => {
  const { width, height, at } = await drawing({ points: [], boxes: [] });
  expect([width, height]).toEqual([240, 180]);
  expect([at(0, 0), at(239, 179)]).toEqual([plain, plain]);
});

test("the surest box lies on top, and its words lie within the image wherever it is", async () => {
  const box = { class: "dog", left: 120, top: 90, right: 237, bottom: 165 };
  const at = await drawn({
    boxes: [
      { ...box, confidence: 0.9 },
      { ...box, class: "cat", confidence: 0.6 },
    ],
  });
  // Red of the surer one, which is named first.
  const side = at(180, 165);
  expect(side[0]).toBeGreaterThan(side[2] + 20);
  const alone = await drawn({
    boxes: [{ ...box, left: 230, top: 178, bottom: 180, confidence: 0.9 }],
  });
  // The ground of the words begins left of the box and above it.
  expect(alone(150, 168)).not.toEqual(plain);
});

test("words lie under the image and never over it, in letters of one size on as many lines as they need", async () => {
  const short = await drawing({}, { title: "cat 93.1 %" });
  const title = "cat 93.1 %, dog 6.2 %, owl 0.7 %, ".repeat(4);
  const long = await drawing({}, { title });
  const hostile = await drawing({}, { title: "</svg><script>&</span>" });
  for (const { width, height, data, at } of [short, long, hostile]) {
    expect(width).toBe(240);
    // Letters of at least 13 pixels.
    expect(height).toBeGreaterThanOrEqual(180 + 13);
    expect(data.subarray(0, 3 * 240 * 180).every((value) => value === plain[0])).toBe(true);
    expect(at(0, 180)).toEqual([255, 255, 255]);
    const strip = Array.from({ length: width * (height - 180) }, (_, k) =>
      at(k % width, 180 + Math.floor(k / width)),
    );
    expect(strip.some(([red]) => red < 100)).toBe(true);
  }
  expect(long.height - 180).toBeGreaterThan(3 * (short.height - 180 - 8));
});

test("the strip under a thin image is wider than it", async () => {
  const { width, height, at } = await drawing({}, { title: "cat", width: 2, height: 300 });
  expect(width).toBe(224);
  expect(height).toBeLessThan(340);
  expect([at(1, 299), at(2, 299)]).toEqual([plain, [255, 255, 255]]);
});
