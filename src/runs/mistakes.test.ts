import { join } from "node:path";
import { expect, test } from "vitest";
import { stripeSplits, stripes, temporaryFolder } from "../../test/support/tinyRun.js";
import { type BoxLabels, type Dataset, decodeImage, type PointLabels } from "../data/index.js";
import { drawMistakes, type Mistake, openTrained, train } from "./index.js";

const collect = async (mistakes: AsyncIterable<Mistake>) => {
  const found: Mistake[] = [];
  for await (const one of mistakes) found.push(one);
  return found;
};

/** A net of a few steps on images of 8x8. */
async function trained(task: string, model: string, data: { train: Dataset }) {
  const out = join(temporaryFolder(), "run");
  const settings = { data: "tiny", task, model, size: 32, epochs: 1, batch: 8 };
  await train({ ...settings, selection: 0.2, threads: 1, steps: 1, out }, { data });
  return openTrained(out, { threads: 1 });
}

test("the worst images come first, each with what is known on its left", async () => {
  const data = stripeSplits();
  const net = await trained("classify", "convnet-gn", data);
  const { losses } = await net.evaluate(data.test);
  const found = await collect(drawMistakes(net, data.test, losses, { count: 3 }));
  await net.close();
  const order = [...losses.keys()].sort((a, b) => losses[b] - losses[a]);
  expect(found.map(({ at }) => at)).toEqual(order.slice(0, 3));
  expect(found.map(({ loss }) => loss)).toEqual(order.slice(0, 3).map((at) => losses[at]));
  const { height, width, data: pixels } = await decodeImage(found[0].drawing);
  // 6x6 pixels, each 38 times as large, and words under them.
  expect(width).toBe(2 * 228 + 8);
  expect(height).toBeGreaterThan(228 + 13);
  const at = (x: number, y: number) => [...pixels.subarray(3 * (y * width + x)).subarray(0, 3)];
  const grey = data.test.images.bytes as Uint8Array;
  const stored = grey[found[0].at * 36 + 5 * 6 + 5];
  expect(at(227, 227)).toEqual([stored, stored, stored]);
  expect(at(231, 100)).toEqual([255, 255, 255]);
  expect(at(2 * 228 + 7, 227)).toEqual([stored, stored, stored]);
});

const places = {
  points: (length: number): PointLabels => ({
    kind: "points",
    of: {
      data: Float32Array.from({ length: 3 * length }, (_, at) => [1.5, 4.5, 0][at % 3]),
      offsets: Float64Array.from({ length: length + 1 }, (_, at) => 3 * at),
    },
    classes: ["thing"],
  }),
  boxes: (length: number): BoxLabels => ({
    kind: "boxes",
    of: {
      data: Float32Array.from({ length: 6 * length }, (_, at) => [1, 1, 4, 5, 0, 0][at % 6]),
      offsets: Float64Array.from({ length: length + 1 }, (_, at) => 6 * at),
    },
    classes: ["thing"],
  }),
};

test.each([
  ["points", "unet-8", { x: [52, 62], y: 171 }],
  ["count", "unet-8", { x: [52, 62], y: 171 }],
  ["detect", "detector-s", { x: [33, 43], y: 114 }],
] as const)("known %s are drawn where they are", async (task, model, { x: [from, to], y }) => {
  const { labels: _, ...bare } = stripes(20, 1);
  const labels = task !== "detect" ? places.points(20) : places.boxes(20);
  const dataset = { ...bare, labels };
  const net = await trained(task, model, { train: dataset });
  const { losses } = await net.evaluate(dataset);
  const [{ drawing }] = await collect(drawMistakes(net, dataset, losses, { count: 1 }));
  await net.close();
  const { width, data } = await decodeImage(drawing);
  // The image is grey: a coloured pixel is a mark, here of the first colour, blue.
  const coloured = Array.from({ length: to - from }, (_, k) => {
    const at = 3 * (y * width + from + k);
    return Math.abs(data[at] - data[at + 2]) > 20;
  });
  expect(coloured.some(Boolean)).toBe(true);
});
