// Operations on bytes: every engine, with every instruction set, against what Pillow makes of the same images.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine, Gather } from "../../src/engine/engine.js";
import { nativeEngine } from "../../src/engine/native/index.js";
import { type PixelStep, pixelOperationNames, writeOperations } from "../../src/engine/pixels.js";
import { gather } from "../../src/engine/reference/gather.js";
import { changed, type Pixels } from "../../src/engine/reference/pixels.js";
import { Random } from "../../src/tensor/philox.js";
import { scratchFolder } from "../fixtures/data.js";
import { addonIfBuilt } from "../support/addon.js";
import { goldenPixels, type PixelCases, smallCases } from "../support/pixels.js";
import { fieldsOf } from "../support/sources.js";

const golden = goldenPixels();
const small = smallCases();
const counted = (all: readonly PixelCases[]) =>
  all.reduce((sum, { cases }) => sum + cases.length, 0);

/** A batch that shows an image as it becomes by each list of steps. */
function batchOf(
  { bytes, height, width, channels }: Pixels,
  lists: readonly PixelStep[][],
): Gather {
  return {
    images: bytes,
    ...{ channels, outHeight: height, outWidth: width },
    sources: Float64Array.from(lists.flatMap(() => [0, height, width, -1, 0, 0])),
    samples: Float32Array.from(lists.flatMap(() => fieldsOf([1, 0, 0, 0, 1, 0]))),
    operations: writeOperations(
      lists.flatMap((steps, at) => steps.map((step) => [2 * at, step] as const)),
    ),
    ...{ mean: new Array(channels).fill(0), std: new Array(channels).fill(1) },
  };
}

/** A batch's image as bytes [height, width, channels]. */
function bytesAt(out: Float32Array, at: number, { bytes, channels }: Pixels): Uint8Array {
  const plane = bytes.length / channels;
  return Uint8Array.from(
    bytes,
    (_, k) => out[at * bytes.length + (k % channels) * plane + Math.floor(k / channels)],
  );
}

/** Cases whose results are other bytes. */
function wrong({ image, cases }: PixelCases, found: (at: number) => Uint8Array) {
  return cases.flatMap(({ step, expected }, at) =>
    Buffer.compare(found(at), expected) === 0 ? [] : [JSON.stringify(step), image.bytes.length],
  );
}

const reference = (image: Pixels, steps: readonly PixelStep[]) =>
  changed(image, writeOperations(steps.map((step) => [0, step]))).bytes;

const stepsOf = ({ step }: PixelCases["cases"][number]): PixelStep[] => (step ? [step] : []);

const sets: readonly (readonly [string, readonly PixelCases[]])[] = [
  ["small images (test/fixtures/pixels.json)", small],
  ["the golden figures (../shared/golden/pixels.npz)", golden],
];

for (const [title, set] of sets) {
  test.skipIf(set.length === 0)(`${counted(set)} results of ${title}: reference`, () => {
    for (const one of set) {
      expect(wrong(one, (at) => reference(one.image, stepsOf(one.cases[at])))).toEqual([]);
    }
  });
}

const addon = addonIfBuilt();
const best = addon?.describe().isa ?? "";

/** Any operation with any argument that it has a use for. */
function anyStep(random: Random): PixelStep {
  const operation = pixelOperationNames[random.integer(pixelOperationNames.length)];
  const factor = () => 4 * random.uniform() - 1;
  const args: Partial<Record<typeof operation, () => number[]>> = {
    affine: () => Array.from({ length: 6 }, factor),
    solarise: () => [300 * random.uniform() - 20],
    posterise: () => [random.integer(11) - 1],
    cutout: () => [...Array.from({ length: 4 }, () => random.integer(12) - 2), 100],
    layer: () => [random.uniform()],
  };
  const plain = ["autoContrast", "equalise", "invert"].includes(operation) ? () => [] : undefined;
  return [operation, ...(plain ?? args[operation] ?? (() => [factor()]))()];
}

describe.skipIf(!addon)("native operations", () => {
  let engine: Engine;
  beforeAll(() => {
    engine = nativeEngine({ threads: 2 });
  });
  afterAll(async () => {
    addon?.chooseIsa(best);
    await engine?.close();
  });

  async function made(image: Pixels, lists: readonly PixelStep[][]): Promise<Uint8Array[]> {
    const out = engine.buffer(lists.length * image.bytes.length);
    await engine.gather(batchOf(image, lists), out);
    return lists.map((_, at) => bytesAt(out, at, image));
  }

  for (const isa of ["baseline", "avx2", "avx512"]) {
    for (const [title, set] of sets) {
      test.skipIf(set.length === 0)(`${counted(set)} results of ${title}: ${isa}`, async () => {
        // A machine that lacks the set has nothing to compare.
        if (!addon?.chooseIsa(isa)) return expect(addon?.describe().isa).not.toBe(isa);
        for (const one of set) {
          const found = await made(one.image, one.cases.map(stepsOf));
          expect(wrong(one, (at) => found[at])).toEqual([]);
        }
      });
    }

    test(`any operations behind each other are those of the reference: ${isa}`, async () => {
      if (!addon?.chooseIsa(isa)) return expect(addon?.describe().isa).not.toBe(isa);
      const random = new Random({ seed: 4, purpose: "augment" });
      for (const channels of [1, 2, 3, 4]) {
        for (const [height, width] of [
          [1, 1],
          [2, 9],
          [13, 8],
        ]) {
          const bytes = Uint8Array.from({ length: height * width * channels }, () =>
            random.integer(256),
          );
          const image = { bytes, height, width, channels };
          const lists = Array.from({ length: 40 }, () =>
            Array.from({ length: random.integer(5) }, () => anyStep(random)),
          );
          const found = await made(image, lists);
          for (const [at, steps] of lists.entries()) {
            expect(found[at], JSON.stringify(steps)).toEqual(
              new Uint8Array(reference(image, steps)),
            );
          }
        }
      }
    });
  }

  test("change partners by themselves, and images in files", async () => {
    const images = Uint8Array.of(10, 20, 30, 40);
    const batch: Gather = {
      ...{ images, channels: 1, outHeight: 1, outWidth: 2, mean: [0], std: [1] },
      sources: Float64Array.of(0, 1, 2, 2, 1, 2, 2, 1, 2, -1, 0, 0),
      samples: Float32Array.from([
        ...fieldsOf([1, 0, 0, 0, 1, 0], undefined, 0.5),
        ...fieldsOf([1, 0, 0, 0, 1, 0]),
      ]),
      operations: writeOperations([
        [1, ["brightness", 2]],
        [2, ["invert"]],
        [2, ["affine", 1, 0, 1, 0, 1, 0]],
      ]),
    };
    const [found, slow] = [engine.buffer(4), new Float32Array(4)];
    await engine.gather(batch, found);
    gather(batch, slow);
    expect([...slow]).toEqual([35, 50, 215, 0]);
    expect([...found]).toEqual([...slow]);
    const path = join(await scratchFolder(), "images.bin");
    await writeFile(path, images);
    const elsewhere = { ...batch, images: { path, bytes: images.length } };
    await engine.gather(elsewhere, found.fill(0));
    gather(elsewhere, slow.fill(0));
    expect([...slow]).toEqual([35, 50, 215, 0]);
    expect([...found]).toEqual([...slow]);
    expect(new Uint8Array(await readFile(path))).toEqual(images);
  });

  test.each<[string, Partial<Gather>]>([
    ["half an operation", { operations: new Float64Array(4) }],
    ["a list", { operations: [0, 3, 0, 0, 0, 0, 0, 0] as never }],
    ["an operation that is none", { operations: Float64Array.of(0, 99, 0, 0, 0, 0, 0, 0) }],
    ["an operation on no image", { operations: Float64Array.of(1, 3, 0, 0, 0, 0, 0, 0) }],
    ["an argument beyond", { operations: Float64Array.of(0, 0, 1e9, 0, 0, 0, 0, 0) }],
    [
      "operations out of order",
      {
        operations: writeOperations([
          [2, ["invert"]],
          [0, ["invert"]],
        ]),
      },
    ],
  ])("every engine refuses %s", async (_, change) => {
    const image = { bytes: new Uint8Array(4), height: 2, width: 2, channels: 1 };
    const batch = { ...batchOf(image, [[], []]), ...change };
    await expect(engine.gather(batch, engine.buffer(8))).rejects.toThrow(/^gather: /);
    expect(() => gather(batch, new Float32Array(8))).toThrow(/^gather: /);
  });
});
