import { join } from "node:path";
import { expect, test } from "vitest";
import { stripeSplits, temporaryFolder } from "../../test/support/tinyRun.js";
import { type Dataset, imagesOf, type Labels, ragged } from "../data/index.js";
import { openTrained, train } from "./index.js";

const SIDE = 6;
const threads = 1;

/** Every image with left and right changed. */
function mirrored(dataset: Dataset): Dataset {
  const from = dataset.images.bytes as Uint8Array;
  const bytes = from.map((_, at) => from[at - (at % SIDE) + SIDE - 1 - (at % SIDE)]);
  return { ...dataset, images: imagesOf(bytes, { height: SIDE, width: SIDE, channels: 1 }) };
}

/** The data of the tests with labels made from the stripes' classes. */
function dataOf(labels: (of: Int32Array) => Labels) {
  const { train: all, test: held } = stripeSplits();
  return {
    train: { ...all, labels: labels(all.labels.of) },
    test: { ...held, labels: labels(held.labels.of) },
  };
}

const kinds: Record<string, (of: Int32Array) => Labels> = {
  classify: (of) => ({ kind: "class", of, classes: ["top", "middle", "bottom"] }),
  tags: (of) => ({
    kind: "tags",
    of: Uint8Array.from([...of].flatMap((k) => [k === 0, k < 2, k === 1, k === 2].map(Number))),
    classes: ["top", "upper", "middle", "bottom"],
    oneOf: [[0, 2, 3]],
  }),
  values: (of) => ({ kind: "values", of: Float32Array.from(of, (k) => 5 * k), names: ["height"] }),
};

/** The numbers in a prediction that an average is taken of. */
function numbersOf(prediction: Readonly<Record<string, unknown>>): Record<string, number> {
  const { classes, probabilities, values } = prediction as {
    classes?: { class: string; probability: number }[];
    probabilities?: Record<string, number>;
    values?: Record<string, number>;
  };
  if (!classes) return (probabilities ?? values)!;
  return Object.fromEntries(classes.map((one) => [one.class, one.probability]));
}

test.each(Object.keys(kinds))("%s: what is said is the mean over the views", async (task) => {
  const data = dataOf(kinds[task]);
  const out = join(temporaryFolder(), "run");
  const settings = { data: "stripes", task, model: "convnet-gn", size: 8, fit: "stretch" } as const;
  await train({ ...settings, epochs: 1, batch: 16, lr: 0.01, threads, out }, { data });
  const plain = await openTrained(out, { threads });
  const twice = await openTrained(out, { threads, views: "flip" });
  const all = await openTrained(out, { threads, views: "dihedral" });
  const [here, there] = [data.test, mirrored(data.test)];
  const [one, other] = [await plain.predict(here), await plain.predict(there)];
  const both = await twice.predict(here);
  for (const [at, prediction] of both.entries()) {
    const [a, b] = [numbersOf(one[at]), numbersOf(other[at])];
    for (const [name, value] of Object.entries(numbersOf(prediction))) {
      expect(value).toBeCloseTo((a[name] + b[name]) / 2, 5);
    }
  }
  // A mirrored image is told the same, and the evaluation is of what is told.
  const again = await twice.predict(there);
  const eight = await all.predict(here);
  const eightAgain = await all.predict(there);
  for (const [found, same] of [
    [both, again],
    [eight, eightAgain],
  ]) {
    for (const [at, prediction] of found.entries()) {
      const wanted = numbersOf(same[at]);
      for (const [name, value] of Object.entries(numbersOf(prediction))) {
        expect(value).toBeCloseTo(wanted[name], 5);
      }
    }
  }
  const [before, seen] = [await plain.evaluate(here), await twice.evaluate(here)];
  expect(seen.loss).not.toBe(before.loss);
  const mirroredLoss = (await plain.evaluate(there)).loss;
  // The losses are convex: the mean of two answers is no worse than two answers on average.
  expect(seen.loss).toBeLessThanOrEqual((before.loss + mirroredLoss) / 2 + 1e-6);
  for (const net of [plain, twice, all]) await net.close();
});

test("views that there cannot be are refused", async () => {
  const folder = temporaryFolder();
  const settings = { data: "stripes", size: 16, steps: 1, batch: 16, threads };
  const points = dataOf((of) => ({
    kind: "points",
    of: ragged(
      new Float32Array(0),
      [...of].map((k) => [3, 2 * k + 1, 0]),
    ),
    classes: ["stripe"],
  }));
  const places = join(folder, "places");
  await train({ ...settings, task: "points", out: places }, { data: points });
  await expect(openTrained(places, { threads, views: "flip" })).rejects.toThrow(
    "views flip: task points has no mean of what it says of several views; leave views out",
  );
  await expect(openTrained(places, { threads, views: "mirror" })).rejects.toThrow("unknown views");
  const wide = join(folder, "wide");
  const { size: _, ...unsized } = settings;
  const strip = dataOf(kinds.classify).train;
  const images = imagesOf(new Uint8Array(strip.length * 8 * 16), {
    ...{ height: 8, width: 16, channels: 1 },
  });
  const data = { train: { ...strip, images } };
  await train({ ...unsized, model: "convnet-gn", out: wide }, { data });
  await expect(openTrained(wide, { threads, views: "dihedral" })).rejects.toThrow(
    "views dihedral: the net's images are 8x16, and must be squares to be turned",
  );
});
