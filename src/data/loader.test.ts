import { expect, test } from "vitest";
import { bytesOf, tinyDataset } from "../../test/fixtures/data.js";
import { referenceEngine } from "../engine/reference/index.js";
import { classTargets } from "../tasks/classification/targets.js";
import type { Augmentation } from "./augment/augmentation.js";
import { plainIntake } from "./intake.js";
import { Loader, type LoaderOptions } from "./loader.js";

const dataset = tinyDataset(); // 20 images of 6x5x2, 3 classes
const open = (options: Partial<LoaderOptions> = {}, data = dataset) =>
  new Loader(referenceEngine(), data, {
    ...{ batch: 8, seed: 1, shuffle: true, targets: classTargets(data.labels) },
    ...options,
  });

/** Copies of a batch's parts, for its buffers are used again. */
async function take(loader: Loader, epoch: number, step: number) {
  const { images, targets, indices, size } = await loader.batch(epoch, step);
  return { images: [...images], targets: [...targets.targets], indices: [...indices], size };
}

/** Moves by a random whole number of pixels. */
const jiggle: Augmentation = {
  name: "jiggle",
  strength: 1,
  apply: (sample, random, size) => sample.warp([1, 0, random.integer(3), 0, 1, 0], size),
};

test("evaluation goes through the set in order and fills up the last batch", async () => {
  const loader = open({ shuffle: false });
  expect(loader.stepsPerEpoch).toBe(3);
  const last = await take(loader, 0, 2);
  expect(last.size).toBe(4);
  expect(last.indices).toEqual([16, 17, 18, 19, 19, 19, 19, 19]);
  const parts = [await take(loader, 0, 0), await take(loader, 0, 1), last];
  expect(parts.slice(0, 2).flatMap(({ indices }) => indices)).toEqual(
    Array.from({ length: 16 }, (_, at) => at),
  );
  for (const { indices, targets } of parts) {
    const own = indices.map((index) => dataset.labels.of[index]);
    expect(targets).toEqual(own.flatMap((label) => [0, 1, 2].map((one) => Number(one === label))));
  }
});

test("images become channels-first numbers, normalised per channel", async () => {
  const { images } = await take(
    open({ shuffle: false, intake: { ...plainIntake(dataset), mean: [10, 20], std: [2, 4] } }),
    0,
    0,
  );
  const [n, channel, y, x] = [3, 1, 4, 2];
  const byte = bytesOf(dataset)[((n * 6 + y) * 5 + x) * 2 + channel];
  expect(images[((n * 2 + channel) * 6 + y) * 5 + x]).toBe((byte - 20) / 4);
});

test("training shows every image at most once an epoch, in an order of its own", async () => {
  const loader = open({ batch: 5 });
  expect(loader.stepsPerEpoch).toBe(4);
  const epochs = [];
  for (const epoch of [0, 1]) {
    const seen = [];
    for (let step = 0; step < 4; step++) {
      const { images } = await take(loader, epoch, step);
      for (let at = 0; at < 5; at++) seen.push(images.slice(at * 60, at * 60 + 60).join());
    }
    expect(new Set(seen).size).toBe(20);
    epochs.push(seen);
  }
  expect(epochs[0]).not.toEqual(epochs[1]);
  expect([...epochs[0]].sort()).toEqual([...epochs[1]].sort());
});

test("training leaves out the incomplete batch, but never all of a small set", () => {
  expect(open().stepsPerEpoch).toBe(2);
  expect(open({ batch: 64 })).toMatchObject({ stepsPerEpoch: 1, batchSize: 20 });
});

test("a batch depends on seed, particle, epoch and step only", async () => {
  const augment = [jiggle];
  const through = open({ augment });
  for (let step = 0; step < 2; step++) await through.batch(6, step);
  const expected = await take(through, 7, 1);
  expect(await take(open({ augment }), 7, 1)).toEqual(expected);
  for (const other of [
    take(open({ augment, seed: 2 }), 7, 1),
    take(open({ augment, particle: 1 }), 7, 1),
    take(open({ augment }), 8, 1),
    take(open({ augment }), 7, 0),
  ]) {
    expect((await other).images).not.toEqual(expected.images);
  }
});

test("augmentation draws other numbers in every epoch, step and place", async () => {
  const images = new Uint8Array(20 * 60).map((_, at) => at % 60);
  const same = tinyDataset({ images });
  const loader = open({ augment: [jiggle], shuffle: false, batch: 4 }, same);
  const views = [];
  for (const [epoch, step] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [2, 0],
  ]) {
    const batch = await take(loader, epoch, step);
    views.push([0, 1, 2, 3].map((at) => batch.images.slice(60 * at, 60 * at + 60).join()));
  }
  expect(new Set(views.map((view) => view.join(";"))).size).toBe(4);
  expect(new Set(views.flat()).size).toBe(3);
});

test("mixing shares targets with the partner in the batch", async () => {
  const mix: Augmentation = {
    name: "mix",
    strength: 1,
    apply(sample) {
      sample.partner = 1;
      sample.weight = 0.75;
    },
  };
  const options = { shuffle: false, augment: [mix] };
  const { images, targets } = await take(open(options), 0, 0);
  expect(targets.slice(0, 6)).toEqual([0.75, 0.25, 0, 0, 1, 0]);
  const bytes = bytesOf(dataset);
  expect(images[0]).toBeCloseTo((0.75 * bytes[0] + 0.25 * bytes[60]) / 255, 6);
});

test("resizing fills the new size from edge to edge", async () => {
  const images = Uint8Array.of(0, 100, 200, 50);
  const data = tinyDataset({ length: 1, height: 2, width: 2, channels: 1, images });
  const loader = open(
    { shuffle: false, batch: 1, intake: { ...plainIntake(data), input: [1, 4, 4] } },
    data,
  );
  const batch = await take(loader, 0, 0);
  expect(batch.images).toHaveLength(16);
  // Pixel (1, 1) of 4x4 lies at (0.25, 0.25) of 2x2.
  expect(batch.images[5] * 255).toBeCloseTo(
    0.75 * (0.25 * 100) + 0.25 * (0.75 * 200 + 0.25 * 50),
    4,
  );
});

test("batches of different slots do not overwrite each other", async () => {
  const loader = open({ slots: 2 });
  const first = await loader.batch(0, 0);
  const copy = [...first.images];
  const second = await loader.batch(0, 1);
  expect(second.images).not.toBe(first.images);
  expect([...first.images]).toEqual(copy);
  expect((await loader.batch(1, 0)).images).toBe(first.images);
});

test("refuses a batch of nothing and a step outside the epoch", async () => {
  expect(() => open({ batch: 0 })).toThrow(/batch is 0/);
  expect(() => open({}, tinyDataset({ length: 0 }))).toThrow(/no images/);
  await expect(open().batch(0, 2)).rejects.toThrow(/step 2 of an epoch of 2/);
  await expect(open().batch(0, 0.5)).rejects.toThrow(/step 0.5 of an epoch/);
  await expect(open().batch(-1, 0)).rejects.toThrow(/epoch -1; expected a whole number from 0/);
  expect(() => open({ slots: 0 })).toThrow(/slots is 0; expected a whole number from 1/);
  expect(() => open({ strata: new Int32Array(3) })).toThrow(/strata of 3 images; it has 20/);
});

test("with strata an epoch shows as many images of each, and the rare ones in turn", async () => {
  const strata = Int32Array.from({ length: 20 }, (_, at) => (at < 16 ? 0 : at < 19 ? 1 : 2));
  const loader = open({ batch: 20, shuffle: true, strata });
  const orders = [];
  for (const epoch of [0, 1]) orders.push([...(await loader.batch(epoch, 0)).indices]);
  expect(orders[0]).not.toEqual(orders[1]);
  for (const order of orders) {
    const counts = [0, 1, 2].map((one) => order.filter((at) => strata[at] === one).length);
    expect(counts).toEqual([7, 7, 6]);
    const rare = [16, 17, 18].map((image) => order.filter((at) => at === image).length);
    expect(rare.sort()).toEqual([2, 2, 3]);
    expect(new Set(order.filter((at) => strata[at] === 0)).size).toBe(7);
  }
  const again = open({ batch: 20, shuffle: true, strata });
  expect([...(await again.batch(1, 0)).indices]).toEqual(orders[1]);
});
